# Compiled by Formwork from ../../blueprints/saas-chat.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

FROM docker.io/library/node:24.21.0-alpine3.24 AS deps
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci

FROM deps AS builder
COPY . .
# A program in plain JavaScript has no build script, and one without packages no node_modules.
RUN npm run build --if-present \
  && npm prune --omit=dev \
  && mkdir -p node_modules

FROM docker.io/library/node:24.21.0-alpine3.24 AS runner
RUN getent passwd 1001 \
  || { addgroup -S -g 1001 app && adduser -S -D -H -u 1001 -G app -h /app app; }
ENV NODE_ENV=production \
  PORT=3002
WORKDIR /app
COPY --from=builder /app/package.json ./
COPY --from=builder /app/node_modules ./node_modules
COPY --from=builder ["/app/dist", "./dist"]
USER 1001:1001
EXPOSE 3002
HEALTHCHECK --interval=30s --timeout=5s \
  --start-period=40s --retries=3 \
  CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:3002/health/ready"]
CMD ["node", "dist/index.js"]
