# Compiled by Formwork from ../../blueprints/vibe-ensemble.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

FROM docker.io/library/rust:1.99.0-slim-trixie AS chef
# Tells the dependencies from the program, so that a change of the program builds the program alone.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
  cargo install cargo-chef --locked --version 0.1.78
WORKDIR /app

FROM chef AS planner
COPY . .
RUN cargo chef prepare --recipe-path recipe.json

FROM chef AS development
# Debian's mirrors keep only the newest build of a package: a pinned version would soon be gone.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates wget \
  && rm -rf /var/lib/apt/lists/*
RUN getent passwd 1001 \
  || { groupadd --gid 1001 app \
  && useradd --uid 1001 --gid app --home-dir /home/app --create-home --shell /bin/sh app; } \
  && install -d -o 1001 -g 1001 /home/app \
  && chown 1001:1001 /app
USER 1001:1001
# In the image and outside of /app: cargo needs both when the container runs, with the sources mounted over /app.
ENV CARGO_HOME=/home/app/.cargo \
  CARGO_TARGET_DIR=/home/app/target
COPY --from=planner /app/recipe.json recipe.json
RUN cargo chef cook --locked --all-targets --recipe-path recipe.json
COPY --chown=1001:1001 . .
EXPOSE 8080
CMD ["cargo", "run", "--locked", "--bin", "vibe-ensemble"]
FROM development AS testing
RUN cargo test --locked --no-run
CMD ["cargo", "test", "--locked"]
FROM chef AS builder
ENV CARGO_PROFILE_RELEASE_STRIP=symbols
COPY --from=planner /app/recipe.json recipe.json
RUN --mount=type=cache,target=/usr/local/cargo/registry \
  cargo chef cook --release --locked --bin vibe-ensemble --recipe-path recipe.json
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
  cargo build --release --locked --bin vibe-ensemble \
  && install -D -m 0755 target/release/vibe-ensemble /out/vibe-ensemble

FROM docker.io/library/debian:trixie-20261005-slim AS production
# Debian's mirrors keep only the newest build of a package: a pinned version would soon be gone.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates wget \
  && rm -rf /var/lib/apt/lists/*
RUN getent passwd 1001 \
  || { groupadd --gid 1001 app \
  && useradd --uid 1001 --gid app --home-dir /app --no-create-home --shell /usr/sbin/nologin \
  app; }
ENV PORT=8080
WORKDIR /app
COPY --from=builder /out/vibe-ensemble /usr/local/bin/vibe-ensemble
COPY ["migrations", "./migrations"]
USER 1001:1001
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s \
  --start-period=30s --retries=3 \
  CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/health/ready"]
CMD ["/usr/local/bin/vibe-ensemble"]
