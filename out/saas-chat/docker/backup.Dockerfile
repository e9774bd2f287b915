# Compiled by Formwork from ../../blueprints/saas-chat.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

FROM docker.io/library/debian:trixie-20261005-slim
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
# Debian's mirrors keep only the newest build of a package: a pinned version would soon be gone.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates curl gnupg rclone \
  && rm -rf /var/lib/apt/lists/*
ARG TARGETARCH=amd64
RUN case "${TARGETARCH}" in \
    amd64) checksum=5bcefed628e32adc08e32634db2d10e9230dbca0 ;; \
    arm64) checksum=639ab81a72771990790df7ee87d9acfe88e5fa83 ;; \
    *) echo "no scheduler for ${TARGETARCH}" >&2; exit 1 ;; \
  esac \
  && curl --fail --silent --show-error --location --output /usr/local/bin/supercronic \
    "https://github.com/aptible/supercronic/releases/download/v0.2.46/supercronic-linux-${TARGETARCH}" \
  && echo "${checksum}  /usr/local/bin/supercronic" | sha1sum --check - \
  && chmod 0755 /usr/local/bin/supercronic
COPY --from=docker.io/library/mongo:8.0.32-noble /usr/bin/mongodump /usr/bin/mongorestore /usr/bin/mongosh /usr/local/bin/
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install --yes --no-install-recommends libgssapi-krb5-2 libssl3t64 \
  && rm -rf /var/lib/apt/lists/*
COPY --from=docker.io/library/postgres:17.11-bookworm /usr/lib/postgresql/ /usr/lib/postgresql/
# What those programs are linked with.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install --yes --no-install-recommends libpq5 libreadline8t64 liblz4-1 libzstd1 zlib1g \
  && rm -rf /var/lib/apt/lists/* \
  && ln -s /usr/lib/postgresql/*/bin/* /usr/local/bin/
USER 999:999
# A scheduler, a receiver of logs and single jobs run this image: each container says itself what tells that it is well.
HEALTHCHECK NONE
CMD ["/opt/formwork/backup/job.sh", "serve"]
