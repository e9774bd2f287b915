# Compiled by Formwork from ../../blueprints/vulnzero.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

FROM docker.io/library/python:3.13.16-slim-bookworm AS builder
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /build
COPY requirements.txt requirements.txt
# The second command fails here, rather than at the start, where the requirements lack celery.
RUN --mount=type=cache,target=/root/.cache/pip \
  pip install --disable-pip-version-check --requirement requirements.txt \
  && celery --version

FROM docker.io/library/python:3.13.16-slim-bookworm AS runtime
RUN getent passwd 10001 \
  || { groupadd --gid 10001 app \
  && useradd --uid 10001 --gid app --home-dir /app --no-create-home --shell /usr/sbin/nologin \
  app; }
ENV PATH=/opt/venv/bin:$PATH \
  PYTHONDONTWRITEBYTECODE=1 \
  PYTHONUNBUFFERED=1
COPY --from=builder /opt/venv /opt/venv
# A new volume takes its owner from here.
RUN install -d -m 0700 -o 10001 -g 10001 /var/lib/celery
WORKDIR /app
COPY --chown=0:10001 . .
USER 10001:10001
HEALTHCHECK --interval=1m --timeout=10s \
  --start-period=1m --retries=3 \
  CMD ["python", "-c", "import os, sys, time; sys.exit(time.time() - max(file.stat().st_mtime for file in os.scandir(\"/var/lib/celery\")) > 300)"]
CMD ["celery", "--app", "tasks.app", "beat", "--schedule", "/var/lib/celery/beat-schedule", "--max-interval", "60", "--pidfile="]
