# Compiled by Formwork from ../../blueprints/agenthub.yaml.
# Do not edit: change the blueprint, then run `formwork build`.
#
# What the scripts know of staging. It is sourced and never run. Each function calls a command once for each
# thing of a kind; what it is called with first is passed on in front.
#
# SC2034: the scripts that source this read it. SC2016: what runs in a container is expanded there.
# shellcheck shell=bash disable=SC2034,SC2016

SYSTEM=agenthub
ENVIRONMENT=staging
TIER=staging
# The project of Docker Compose, its file, and the file that the operator fills in; empty where nothing is asked.
PROJECT=agenthub-staging
COMPOSE_FILE=docker-compose.staging.yml
ENV_FILE=.env.staging
BLUEPRINT=../../blueprints/agenthub.yaml
# How long the start may take: what waits for each other longest, by their health checks.
START_SECONDS=840
# Whether anything is backed up.
BACKUPS=true
# The service that backs up and restores, and the program in its container.
BACKUP_SERVICE=backup
BACKUP_JOB=/opt/formwork/backup/job.sh
# The namespaces in a cluster, the system's own first.
NAMESPACES=(agenthub-staging agenthub-staging-agents)

# The profiles that run.
each_profile() {
  :
}

# What runs: name, role, how many, whether it has a health check (health or none),
# whether it ends (once or stays).
each_service() {
  "$@" alertmanager alerts 1 health stays
  "$@" frontend application 1 health stays
  "$@" grafana dashboards 1 health stays
  "$@" keycloak platform 1 health stays
  "$@" keycloak-db database 1 health stays
  "$@" mcp-backend application 1 health stays
  "$@" nginx edge 1 health stays
  "$@" postgres database 1 health stays
  "$@" prometheus metrics 1 health stays
  "$@" redis cache 1 health stays
  "$@" backup backup 1 health stays
  "$@" keycloak-db-archive archive 1 health stays
  "$@" postgres-archive archive 1 health stays
  "$@" certbot certificates 1 health stays
  "$@" node-exporter host-agent 1 health stays
  "$@" cadvisor host-agent 1 health stays
  "$@" blackbox-exporter exporter 1 health stays
  "$@" keycloak-db-exporter exporter 1 health stays
  "$@" nginx-exporter exporter 1 none stays
  "$@" postgres-exporter exporter 1 health stays
  "$@" redis-exporter exporter 1 health stays
  "$@" backup-exporter exporter 1 health stays
  "$@" loki logs 1 health stays
  "$@" alloy collector 1 health stays
  "$@" volume-owner preparation 1 none once
}

# What is backed up: name, service that keeps it, service that keeps its archive, its volume, that of the
# archive, the folder on the volume, the user it belongs to; - for what there is not.
each_store() {
  "$@" keycloak-db keycloak-db keycloak-db-archive agenthub-staging_keycloak-db-data agenthub-staging_keycloak-db-archive-data pgdata 999:999
  "$@" postgres postgres postgres-archive agenthub-staging_postgres-data agenthub-staging_postgres-archive-data pgdata 999:999
}

# The compiled files and folders that containers read.
each_file() {
  "$@" alertmanager/staging/alertmanager.yml
  "$@" alloy/staging/docker.alloy
  "$@" backup/staging
  "$@" blackbox-exporter/staging/config.yml
  "$@" certbot/staging/renew.sh
  "$@" grafana/staging/dashboards
  "$@" grafana/staging/datasources
  "$@" grafana/staging/provider.yml
  "$@" loki/staging/loki.yaml
  "$@" nginx/staging/conf.d
  "$@" nginx/staging/hooks/10-certificates.sh
  "$@" nginx/staging/nginx.conf
  "$@" nginx/staging/snippets
  "$@" postgres/staging/pg_hba.conf
  "$@" prometheus/staging/prometheus.yml
  "$@" prometheus/staging/rules
  "$@" scripts/lib
}

# The files that hold what containers read as files.
each_secret() {
  "$@" secrets/staging/backup_passphrase
  "$@" secrets/staging/backup_s3_access_key
  "$@" secrets/staging/backup_s3_copy_access_key
  "$@" secrets/staging/backup_s3_copy_secret_key
  "$@" secrets/staging/backup_s3_secret_key
  "$@" secrets/staging/database_password
  "$@" secrets/staging/grafana_admin_password
  "$@" secrets/staging/grafana_secret_key
  "$@" secrets/staging/keycloak_admin_password
  "$@" secrets/staging/keycloak_db_password
  "$@" secrets/staging/pagerduty_routing_key
  "$@" secrets/staging/redis_password
  "$@" secrets/staging/slack_webhook_url
}

# What brings a database up to date: service, step (check, upgrade, downgrade or reset), then the
# command in its container.
each_migration() {
  "$@" mcp-backend check alembic current --check-heads
  "$@" mcp-backend upgrade alembic upgrade head
  "$@" mcp-backend downgrade alembic downgrade -1
  "$@" mcp-backend reset alembic downgrade base
}

# What must run before something is migrated, each once.
each_need() {
  "$@" keycloak
  "$@" postgres
  "$@" redis
}

# What is backed up: store, series (daily or weekly), and the seconds after which a backup is too old.
each_backup() {
  "$@" keycloak-db daily 91800
  "$@" postgres daily 91800
}

# The buckets that it is copied to: store, bucket.
each_copy() {
  "$@" keycloak-db s3
  "$@" keycloak-db s3-copy
  "$@" postgres s3
  "$@" postgres s3-copy
}

# What keeps what is written between two backups: store, service, the seconds that the newest part is old at
# most where something is written, those after which it is too old, whether buckets have it (copied or here).
each_archive() {
  "$@" keycloak-db keycloak-db-archive 1260 91800 copied
  "$@" postgres postgres-archive 1260 91800 copied
}

# What writes to what is backed up.
each_writer() {
  "$@" keycloak
  "$@" mcp-backend
}

# How health is asked for: endpoints, data or monitoring; service; what is asked; its URL on this
# machine, or empty; then the command inside a container.
each_probe() {
  "$@" monitoring alertmanager live http://127.0.0.1:9093/-/healthy wget -q -O /dev/null http://127.0.0.1:9093/-/healthy
  "$@" monitoring alertmanager ready http://127.0.0.1:9093/-/ready wget -q -O /dev/null http://127.0.0.1:9093/-/ready
  "$@" endpoints frontend ready '' wget -q -O /dev/null http://127.0.0.1:8080/healthz
  "$@" monitoring grafana ready http://127.0.0.1:3000/api/health curl --fail --silent --show-error --output /dev/null http://127.0.0.1:3000/api/health
  "$@" endpoints keycloak live '' wget -q -O /dev/null http://127.0.0.1:9000/health/live
  "$@" endpoints keycloak ready '' wget -q -O /dev/null http://127.0.0.1:9000/health/ready
  "$@" endpoints keycloak check '' bash -ec 'exec 3<>"/dev/tcp/127.0.0.1/$1"
printf '\''HEAD /health/ready HTTP/1.0\r\n\r\n'\'' >&3
read -r _ status _ <&3
[ "$status" = 200 ]
' health 9000
  "$@" data keycloak-db ready '' sh -ec 'PGPASSWORD="$(cat "$POSTGRES_PASSWORD_FILE")" psql -X -q -A -t -w -o /dev/null -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "select 1"'
  "$@" endpoints mcp-backend live '' python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:8000/health/live'\'')'
  "$@" endpoints mcp-backend ready '' python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:8000/health'\'')'
  "$@" endpoints nginx ready '' curl -fsS -o /dev/null http://127.0.0.1:8080/healthz
  "$@" data postgres ready '' sh -ec 'PGPASSWORD="$(cat "$POSTGRES_PASSWORD_FILE")" psql -X -q -A -t -w -o /dev/null -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "select 1"'
  "$@" monitoring prometheus live http://127.0.0.1:9090/-/healthy wget -q -O /dev/null http://127.0.0.1:9090/-/healthy
  "$@" monitoring prometheus ready http://127.0.0.1:9090/-/ready wget -q -O /dev/null http://127.0.0.1:9090/-/ready
  "$@" data redis ready '' sh -ec 'REDISCLI_AUTH="$(cat "$1")" redis-cli -h 127.0.0.1 -p "$2" ping | grep -qx PONG' health /run/secrets/redis_password 6379
  "$@" data backup live '' sh -ec 'grep -qs supercronic /proc/[0-9]*/comm'
  "$@" data keycloak-db-archive live '' sh -ec 'test -n "$(find /tmp/archive.alive -mmin -5)"'
  "$@" data postgres-archive live '' sh -ec 'test -n "$(find /tmp/archive.alive -mmin -5)"'
  "$@" monitoring node-exporter live '' wget -q -O /dev/null http://127.0.0.1:9100/
  "$@" monitoring cadvisor live '' wget -q -O /dev/null http://127.0.0.1:8080/healthz
  "$@" monitoring blackbox-exporter live '' wget -q -O /dev/null http://127.0.0.1:9115/-/healthy
  "$@" monitoring keycloak-db-exporter live '' wget -q -O /dev/null http://127.0.0.1:9187/
  "$@" monitoring postgres-exporter live '' wget -q -O /dev/null http://127.0.0.1:9187/
  "$@" monitoring redis-exporter live '' wget -q -O /dev/null http://127.0.0.1:9121/health
  "$@" monitoring backup-exporter live '' wget -q -O /dev/null http://127.0.0.1:9100/
  "$@" monitoring loki ready '' /usr/bin/loki -health '-health.url=http://127.0.0.1:3100/ready'
  "$@" monitoring alloy live '' wget -q -O /dev/null http://127.0.0.1:12345/-/healthy
  "$@" monitoring alloy ready '' bash -c 'exec 3<>/dev/tcp/127.0.0.1/12345 && printf '\''GET /-/ready HTTP/1.0\r\n\r\n'\'' >&3 && grep -q '\''^HTTP/1.[01] 200'\'' <&3'
}

# What is routed: host, HTTPS port, HTTP port, address on this machine, path, service that answers.
each_route() {
  "$@" api.staging.agenthub.example.com 443 80 127.0.0.1 / mcp-backend
  "$@" api.staging.agenthub.example.com 443 80 127.0.0.1 /mcp mcp-backend
  "$@" auth.staging.agenthub.example.com 443 80 127.0.0.1 /realms/ keycloak
  "$@" auth.staging.agenthub.example.com 443 80 127.0.0.1 /resources/ keycloak
  "$@" staging.agenthub.example.com 443 80 127.0.0.1 / frontend
}

# What can run beside itself, with no port of its own on the machine: service, how many.
each_switch() {
  "$@" frontend 1
  "$@" mcp-backend 1
}

# The images: service, image, whether it is built or pulled.
each_image() {
  "$@" alertmanager docker.io/prom/alertmanager:v0.34.1 pulled
  "$@" frontend ghcr.io/example/agenthub-frontend:3.1.0-staging built
  "$@" grafana docker.io/grafana/grafana:13.2.3 pulled
  "$@" keycloak ghcr.io/example/agenthub-keycloak:26.8.0-staging built
  "$@" keycloak-db docker.io/library/postgres:17.11-bookworm pulled
  "$@" mcp-backend ghcr.io/example/agenthub-backend:3.1.0-staging built
  "$@" nginx docker.io/library/nginx:1.30.5-trixie pulled
  "$@" postgres docker.io/library/postgres:17.11-bookworm pulled
  "$@" prometheus docker.io/prom/prometheus:v3.13.4 pulled
  "$@" redis docker.io/library/redis:8.10.2-trixie pulled
  "$@" backup ghcr.io/example/agenthub-backup:3.1.0-staging built
  "$@" keycloak-db-archive ghcr.io/example/agenthub-backup:3.1.0-staging built
  "$@" postgres-archive ghcr.io/example/agenthub-backup:3.1.0-staging built
  "$@" certbot docker.io/certbot/certbot:v5.8.0 pulled
  "$@" node-exporter docker.io/prom/node-exporter:v1.12.1 pulled
  "$@" cadvisor ghcr.io/google/cadvisor:v0.60.6 pulled
  "$@" blackbox-exporter docker.io/prom/blackbox-exporter:v0.29.0 pulled
  "$@" keycloak-db-exporter quay.io/prometheuscommunity/postgres-exporter:v0.20.1 pulled
  "$@" nginx-exporter docker.io/nginx/nginx-prometheus-exporter:1.5.1 pulled
  "$@" postgres-exporter quay.io/prometheuscommunity/postgres-exporter:v0.20.1 pulled
  "$@" redis-exporter docker.io/oliver006/redis_exporter:v1.93.0-alpine pulled
  "$@" backup-exporter docker.io/prom/node-exporter:v1.12.1 pulled
  "$@" loki docker.io/grafana/loki:3.7.8 pulled
  "$@" alloy docker.io/grafana/alloy:v1.20.1 pulled
  "$@" volume-owner docker.io/library/busybox:1.37.0 pulled
}

# What a cluster must have: namespace, kind, name.
each_object() {
  "$@" agenthub-staging-agents networkpolicy default-deny
  "$@" agenthub-staging gateway agenthub
  "$@" agenthub-staging networkpolicy acme-solver
  "$@" agenthub-staging networkpolicy default-deny
  "$@" agenthub-staging networkpolicy alertmanager
  "$@" agenthub-staging service alertmanager-replicas
  "$@" agenthub-staging service alertmanager
  "$@" agenthub-staging serviceaccount alertmanager
  "$@" agenthub-staging statefulset alertmanager
  "$@" agenthub-staging networkpolicy alloy
  "$@" agenthub-staging service alloy-replicas
  "$@" agenthub-staging service alloy
  "$@" agenthub-staging serviceaccount alloy
  "$@" agenthub-staging statefulset alloy
  "$@" agenthub-staging networkpolicy backup
  "$@" agenthub-staging persistentvolumeclaim backup-data
  "$@" agenthub-staging serviceaccount backup
  "$@" agenthub-staging deployment blackbox-exporter
  "$@" agenthub-staging networkpolicy blackbox-exporter
  "$@" agenthub-staging service blackbox-exporter
  "$@" agenthub-staging serviceaccount blackbox-exporter
  "$@" agenthub-staging deployment frontend
  "$@" agenthub-staging networkpolicy frontend
  "$@" agenthub-staging service frontend
  "$@" agenthub-staging serviceaccount frontend
  "$@" agenthub-staging networkpolicy grafana
  "$@" agenthub-staging service grafana-replicas
  "$@" agenthub-staging service grafana
  "$@" agenthub-staging serviceaccount grafana
  "$@" agenthub-staging statefulset grafana
  "$@" agenthub-staging networkpolicy keycloak-db-archive
  "$@" agenthub-staging service keycloak-db-archive-replicas
  "$@" agenthub-staging serviceaccount keycloak-db-archive
  "$@" agenthub-staging statefulset keycloak-db-archive
  "$@" agenthub-staging deployment keycloak-db-exporter
  "$@" agenthub-staging networkpolicy keycloak-db-exporter
  "$@" agenthub-staging service keycloak-db-exporter
  "$@" agenthub-staging serviceaccount keycloak-db-exporter
  "$@" agenthub-staging networkpolicy keycloak-db
  "$@" agenthub-staging service keycloak-db-replicas
  "$@" agenthub-staging service keycloak-db
  "$@" agenthub-staging serviceaccount keycloak-db
  "$@" agenthub-staging statefulset keycloak-db
  "$@" agenthub-staging deployment keycloak
  "$@" agenthub-staging networkpolicy keycloak
  "$@" agenthub-staging service keycloak
  "$@" agenthub-staging serviceaccount keycloak
  "$@" agenthub-staging deployment kube-state-metrics
  "$@" agenthub-staging networkpolicy kube-state-metrics
  "$@" agenthub-staging service kube-state-metrics
  "$@" agenthub-staging serviceaccount kube-state-metrics
  "$@" agenthub-staging networkpolicy loki
  "$@" agenthub-staging service loki-replicas
  "$@" agenthub-staging service loki
  "$@" agenthub-staging serviceaccount loki
  "$@" agenthub-staging statefulset loki
  "$@" agenthub-staging deployment mcp-backend
  "$@" agenthub-staging networkpolicy mcp-backend
  "$@" agenthub-staging service mcp-backend
  "$@" agenthub-staging serviceaccount mcp-backend
  "$@" agenthub-staging-agents daemonset node-exporter
  "$@" agenthub-staging-agents networkpolicy node-exporter
  "$@" agenthub-staging-agents service node-exporter
  "$@" agenthub-staging-agents serviceaccount node-exporter
  "$@" agenthub-staging networkpolicy postgres-archive
  "$@" agenthub-staging service postgres-archive-replicas
  "$@" agenthub-staging serviceaccount postgres-archive
  "$@" agenthub-staging statefulset postgres-archive
  "$@" agenthub-staging deployment postgres-exporter
  "$@" agenthub-staging networkpolicy postgres-exporter
  "$@" agenthub-staging service postgres-exporter
  "$@" agenthub-staging serviceaccount postgres-exporter
  "$@" agenthub-staging networkpolicy postgres
  "$@" agenthub-staging service postgres-replicas
  "$@" agenthub-staging service postgres
  "$@" agenthub-staging serviceaccount postgres
  "$@" agenthub-staging statefulset postgres
  "$@" agenthub-staging networkpolicy prometheus
  "$@" agenthub-staging service prometheus-replicas
  "$@" agenthub-staging service prometheus
  "$@" agenthub-staging serviceaccount prometheus
  "$@" agenthub-staging statefulset prometheus
  "$@" agenthub-staging deployment redis-exporter
  "$@" agenthub-staging networkpolicy redis-exporter
  "$@" agenthub-staging service redis-exporter
  "$@" agenthub-staging serviceaccount redis-exporter
  "$@" agenthub-staging networkpolicy redis
  "$@" agenthub-staging service redis-replicas
  "$@" agenthub-staging service redis
  "$@" agenthub-staging serviceaccount redis
  "$@" agenthub-staging statefulset redis
}

# The namespaces in a cluster: name, manifest.
each_cluster_namespace() {
  "$@" agenthub-staging kubernetes/staging/_namespace/namespace-agenthub-staging.yaml
  "$@" agenthub-staging-agents kubernetes/staging/_agents/namespace-agenthub-staging-agents.yaml
}

# The Secrets without which pods do not start, and which the operator makes: namespace, name.
each_cluster_secret() {
  "$@" agenthub-staging agenthub-env
}

# What backs up in a cluster every day: namespace, name of its CronJob.
each_cluster_backup() {
  "$@" agenthub-staging backup-keycloak-db-daily
  "$@" agenthub-staging backup-postgres-daily
}

# What brings back in a cluster what is backed up: its name, restore or recover, namespace, job, manifest, CronJob
# that backs it up, what stands still meanwhile.
each_cluster_restore() {
  "$@" keycloak-db restore agenthub-staging restore-keycloak-db kubernetes/staging/_restore/job-restore-keycloak-db.yaml backup-keycloak-db-daily
  "$@" keycloak-db recover agenthub-staging recover-keycloak-db kubernetes/staging/_restore/job-recover-keycloak-db.yaml backup-keycloak-db-daily keycloak-db keycloak-db-archive
  "$@" postgres restore agenthub-staging restore-postgres kubernetes/staging/_restore/job-restore-postgres.yaml backup-postgres-daily
  "$@" postgres recover agenthub-staging recover-postgres kubernetes/staging/_restore/job-recover-postgres.yaml backup-postgres-daily postgres postgres-archive
}

# The manifests of what migrations read and may do.
each_cluster_setting() {
  "$@" kubernetes/staging/_namespace/configmap-agenthub-config.yaml
  "$@" kubernetes/staging/_namespace/networkpolicy-acme-solver.yaml
  "$@" kubernetes/staging/_namespace/networkpolicy-default-deny.yaml
  "$@" kubernetes/staging/mcp-backend/networkpolicy-mcp-backend.yaml
  "$@" kubernetes/staging/mcp-backend/serviceaccount-mcp-backend.yaml
}

# What must run in a cluster before something is migrated: namespace, kind, name.
each_cluster_need() {
  "$@" agenthub-staging deployment keycloak
  "$@" agenthub-staging statefulset postgres
  "$@" agenthub-staging statefulset redis
}

# What migrates in a cluster: namespace, job, manifest.
each_cluster_migration() {
  "$@" agenthub-staging migrate-mcp-backend kubernetes/staging/_migrate/job-migrate-mcp-backend.yaml
}

# What goes back in a cluster where a deployment has changed it: namespace, kind, name.
each_cluster_program() {
  "$@" agenthub-staging deployment frontend
  "$@" agenthub-staging deployment keycloak
  "$@" agenthub-staging deployment mcp-backend
  "$@" agenthub-staging-agents daemonset node-exporter
  "$@" agenthub-staging deployment kube-state-metrics
  "$@" agenthub-staging deployment blackbox-exporter
  "$@" agenthub-staging deployment keycloak-db-exporter
  "$@" agenthub-staging deployment postgres-exporter
  "$@" agenthub-staging deployment redis-exporter
}
