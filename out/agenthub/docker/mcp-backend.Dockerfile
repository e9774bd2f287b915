# Compiled by Formwork from ../../blueprints/agenthub.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

FROM ghcr.io/astral-sh/uv:0.13.0@sha256:cdc6093146eb3ff6a40107b38f008b789e050e77ad87865e381d9917da55a168 AS uv

FROM docker.io/library/python:3.13.16-slim-bookworm AS builder
COPY --from=uv /uv /usr/local/bin/uv
ENV PATH=/opt/venv/bin:$PATH \
  UV_COMPILE_BYTECODE=1 \
  UV_LINK_MODE=copy \
  UV_PROJECT_ENVIRONMENT=/opt/venv \
  UV_PYTHON_DOWNLOADS=never
WORKDIR /build
COPY pyproject.toml uv.lock ./
# Fails where the lock file is older than pyproject.toml. The second command fails here, rather than at the start,
# where the lock file lacks uvicorn.
RUN --mount=type=cache,target=/root/.cache/uv \
  uv sync --locked --no-dev --no-install-project \
  && uvicorn --version
COPY . .
RUN --mount=type=cache,target=/root/.cache/uv \
  uv sync --locked --no-dev --no-editable

FROM docker.io/library/python:3.13.16-slim-bookworm AS runtime
RUN getent passwd 10001 \
  || { groupadd --gid 10001 app \
  && useradd --uid 10001 --gid app --home-dir /app --no-create-home --shell /usr/sbin/nologin \
  app; }
ENV PATH=/opt/venv/bin:$PATH \
  PYTHONDONTWRITEBYTECODE=1 \
  PYTHONUNBUFFERED=1
COPY --from=builder /opt/venv /opt/venv
WORKDIR /app
COPY --chown=0:10001 . .
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s \
  --start-period=40s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health')"]
CMD ["uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8000", "--proxy-headers", "--forwarded-allow-ips", "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16", "--no-server-header", "--timeout-keep-alive", "75", "--timeout-graceful-shutdown", "20"]
