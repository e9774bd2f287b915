# Compiled by Formwork from ../../blueprints/agenthub.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

FROM docker.io/library/node:24.21.0-alpine3.24 AS deps
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci

FROM deps AS builder
# What of these begins with VITE_ is written into the files, for everybody to read.
ARG VITE_BACKEND_URL
ENV VITE_BACKEND_URL=${VITE_BACKEND_URL}
ARG VITE_KEYCLOAK_URL
ENV VITE_KEYCLOAK_URL=${VITE_KEYCLOAK_URL}
COPY . .
RUN npm run build \
  && test -f dist/index.html

FROM docker.io/nginxinc/nginx-unprivileged:1.30.5-alpine3.24@sha256:15c994d10d6d78658721c3bcafff14cb281fba2a4bdf9d5ba92c416a472516e3 AS runner
COPY --from=builder /app/dist /usr/share/nginx/html
COPY <<'EOF' /etc/nginx/nginx.conf
# As many as small limits can feed; `auto` counts the processors of the host.
worker_processes 2;
worker_rlimit_nofile 4096;
pid /tmp/nginx.pid;
error_log /dev/stderr warn;

events {
  worker_connections 1024;
}

http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log /dev/stdout;
  server_tokens off;
  sendfile on;
  # The files of an image never change.
  open_file_cache max=1000 inactive=1h;
  open_file_cache_errors on;
  # Longer than the server in front keeps its idle connections, or it would send requests into closed ones.
  keepalive_timeout 75s;
  client_body_temp_path /tmp/client_temp;
  proxy_temp_path /tmp/proxy_temp;
  fastcgi_temp_path /tmp/fastcgi_temp;
  uwsgi_temp_path /tmp/uwsgi_temp;
  scgi_temp_path /tmp/scgi_temp;
  gzip on;
  gzip_vary on;
  gzip_proxied any;
  gzip_types application/javascript application/json application/manifest+json image/svg+xml text/css text/javascript;

  server {
    listen 8080;
    root /usr/share/nginx/html;

    location = /healthz {
      access_log off;
      default_type text/plain;
      return 200 "ok\n";
    }

    # Another content has another name here.
    location /assets/ {
      add_header Cache-Control "public, max-age=31536000, immutable";
      try_files $uri =404;
    }

    # The program routes by itself in the browser.
    location / {
      add_header Cache-Control no-cache;
      try_files $uri /index.html;
    }
  }
}
EOF

USER 101:101
EXPOSE 8080
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=15s --timeout=5s \
  --start-period=10s --retries=3 \
  CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/healthz"]
CMD ["nginx", "-g", "daemon off;"]
