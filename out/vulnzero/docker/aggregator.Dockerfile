# Compiled by Formwork from ../../blueprints/vulnzero.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

FROM docker.io/library/python:3.13.16-slim-bookworm AS builder
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /build
COPY requirements.txt requirements.txt
# The second command fails here, rather than at the start, where the requirements lack uvicorn.
RUN --mount=type=cache,target=/root/.cache/pip \
  pip install --disable-pip-version-check --requirement requirements.txt \
  && uvicorn --version

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
  --start-period=1m --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready')"]
CMD ["uvicorn", "aggregator.main:app", "--host", "0.0.0.0", "--port", "8000", "--proxy-headers", "--forwarded-allow-ips", "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16", "--no-server-header", "--timeout-keep-alive", "75", "--timeout-graceful-shutdown", "25"]
