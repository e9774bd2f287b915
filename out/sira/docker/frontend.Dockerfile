# Compiled by Formwork from ../../blueprints/sira.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

FROM docker.io/oven/bun:1.4.3-alpine@sha256:629e17411f1f129dbec3af78d5af9c9f2a937435c80349437206c6b0b7422373 AS bun

FROM docker.io/library/node:24.21.0-alpine3.24 AS deps
WORKDIR /app
COPY --from=bun /usr/local/bin/bun /usr/local/bin/bun
COPY package.json bun.lock ./
RUN --mount=type=cache,target=/root/.bun/install/cache bun install --frozen-lockfile

FROM deps AS builder
ENV NEXT_TELEMETRY_DISABLED=1
ARG NEXT_PUBLIC_API_BASE_URL
ENV NEXT_PUBLIC_API_BASE_URL=${NEXT_PUBLIC_API_BASE_URL}
ARG NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY
ENV NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY=${NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY}
COPY . .
# The folder public is optional, but the copy below is not.
RUN bun run build \
  && mkdir -p public \
  && if [ ! -f .next/standalone/server.js ]; then echo 'next.config must set output: "standalone"' >&2; exit 1; fi

FROM docker.io/library/node:24.21.0-alpine3.24 AS runner
RUN getent passwd 1001 \
  || { addgroup -S -g 1001 nextjs && adduser -S -D -H -u 1001 -G nextjs -h /app nextjs; }
ENV NODE_ENV=production \
  NEXT_TELEMETRY_DISABLED=1 \
  HOSTNAME=0.0.0.0 \
  PORT=3000
WORKDIR /app
COPY --from=builder /app/.next/standalone ./
COPY --from=builder /app/.next/static ./.next/static
COPY --from=builder /app/public ./public
RUN mkdir -p .next/cache && chown 1001:1001 .next/cache
USER 1001:1001
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s \
  --start-period=30s --retries=3 \
  CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:3000/api/health"]
CMD ["node", "server.js"]
