# Compiled by Formwork from ../../blueprints/agenthub.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

FROM quay.io/keycloak/keycloak:26.8.0 AS builder
ENV KC_DB=postgres \
  KC_CACHE=local \
  KC_HEALTH_ENABLED=true \
  KC_METRICS_ENABLED=true
RUN /opt/keycloak/bin/kc.sh build

FROM quay.io/keycloak/keycloak:26.8.0
COPY --from=builder /opt/keycloak/ /opt/keycloak/
USER 1000:0
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s \
  --start-period=3m --retries=5 \
  CMD ["bash", "-ec", "exec 3<>\"/dev/tcp/127.0.0.1/$1\"\nprintf 'HEAD /health/ready HTTP/1.0\\r\\n\\r\\n' >&3\nread -r _ status _ <&3\n[ \"$status\" = 200 ]\n", "health", "9000"]
CMD ["start", "--optimized"]
