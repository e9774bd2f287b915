# Compiled by Formwork from ../../blueprints/agenthub.yaml.
# Do not edit: change the blueprint, then run `formwork build`.
#
# What the scripts know of production. It is sourced and never run. Each function calls a command once for each
# thing of a kind; what it is called with first is passed on in front.
#
# SC2034: the scripts that source this read it. SC2016: what runs in a container is expanded there.
# shellcheck shell=bash disable=SC2034,SC2016

SYSTEM=agenthub
ENVIRONMENT=production
TIER=production
# The project of Docker Compose, its file, and the file that the operator fills in; empty where nothing is asked.
PROJECT=agenthub
COMPOSE_FILE=docker-compose.prod.yml
ENV_FILE=.env.production
BLUEPRINT=../../blueprints/agenthub.yaml
# How long the start may take: what waits for each other longest, by their health checks.
START_SECONDS=840
# Whether anything is backed up.
BACKUPS=true
# The service that backs up and restores, and the program in its container.
BACKUP_SERVICE=backup
BACKUP_JOB=/opt/formwork/backup/job.sh
# The namespaces in a cluster, the system's own first.
NAMESPACES=(agenthub-production agenthub-production-agents)

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
  "$@" keycloak-db keycloak-db keycloak-db-archive agenthub_keycloak-db-data agenthub_keycloak-db-archive-data pgdata 999:999
  "$@" postgres postgres postgres-archive agenthub_postgres-data agenthub_postgres-archive-data pgdata 999:999
}

# The compiled files and folders that containers read.
each_file() {
  "$@" alertmanager/production/alertmanager.yml
  "$@" alloy/production/docker.alloy
  "$@" backup/production
  "$@" blackbox-exporter/production/config.yml
  "$@" certbot/production/renew.sh
  "$@" grafana/production/dashboards
  "$@" grafana/production/datasources
  "$@" grafana/production/provider.yml
  "$@" loki/production/loki.yaml
  "$@" nginx/production/conf.d
  "$@" nginx/production/hooks/10-certificates.sh
  "$@" nginx/production/nginx.conf
  "$@" nginx/production/snippets
  "$@" postgres/production/pg_hba.conf
  "$@" prometheus/production/prometheus.yml
  "$@" prometheus/production/rules
  "$@" scripts/lib
}

# The files that hold what containers read as files.
each_secret() {
  "$@" secrets/production/backup_passphrase
  "$@" secrets/production/backup_s3_access_key
  "$@" secrets/production/backup_s3_copy_access_key
  "$@" secrets/production/backup_s3_copy_secret_key
  "$@" secrets/production/backup_s3_secret_key
  "$@" secrets/production/database_password
  "$@" secrets/production/grafana_admin_password
  "$@" secrets/production/grafana_secret_key
  "$@" secrets/production/keycloak_admin_password
  "$@" secrets/production/keycloak_db_password
  "$@" secrets/production/pagerduty_routing_key
  "$@" secrets/production/redis_password
  "$@" secrets/production/slack_webhook_url
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
  "$@" agenthub.example.com 443 80 127.0.0.1 / frontend
  "$@" api.agenthub.example.com 443 80 127.0.0.1 / mcp-backend
  "$@" api.agenthub.example.com 443 80 127.0.0.1 /mcp mcp-backend
  "$@" auth.agenthub.example.com 443 80 127.0.0.1 /realms/ keycloak
  "$@" auth.agenthub.example.com 443 80 127.0.0.1 /resources/ keycloak
}

# What can run beside itself, with no port of its own on the machine: service, how many.
each_switch() {
  "$@" frontend 1
  "$@" mcp-backend 1
}

# The images: service, image, whether it is built or pulled.
each_image() {
  "$@" alertmanager docker.io/prom/alertmanager:v0.34.1 pulled
  "$@" frontend ghcr.io/example/agenthub-frontend:3.1.0 built
  "$@" grafana docker.io/grafana/grafana:13.2.3 pulled
  "$@" keycloak ghcr.io/example/agenthub-keycloak:26.8.0 built
  "$@" keycloak-db docker.io/library/postgres:17.11-bookworm pulled
  "$@" mcp-backend ghcr.io/example/agenthub-backend:3.1.0 built
  "$@" nginx docker.io/library/nginx:1.30.5-trixie pulled
  "$@" postgres docker.io/library/postgres:17.11-bookworm pulled
  "$@" prometheus docker.io/prom/prometheus:v3.13.4 pulled
  "$@" redis docker.io/library/redis:8.10.2-trixie pulled
  "$@" backup ghcr.io/example/agenthub-backup:3.1.0 built
  "$@" keycloak-db-archive ghcr.io/example/agenthub-backup:3.1.0 built
  "$@" postgres-archive ghcr.io/example/agenthub-backup:3.1.0 built
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
  "$@" agenthub-production-agents networkpolicy default-deny
  "$@" agenthub-production gateway agenthub
  "$@" agenthub-production networkpolicy acme-solver
  "$@" agenthub-production networkpolicy default-deny
  "$@" agenthub-production networkpolicy alertmanager
  "$@" agenthub-production service alertmanager-replicas
  "$@" agenthub-production service alertmanager
  "$@" agenthub-production serviceaccount alertmanager
  "$@" agenthub-production statefulset alertmanager
  "$@" agenthub-production networkpolicy alloy
  "$@" agenthub-production service alloy-replicas
  "$@" agenthub-production service alloy
  "$@" agenthub-production serviceaccount alloy
  "$@" agenthub-production statefulset alloy
  "$@" agenthub-production networkpolicy backup
  "$@" agenthub-production persistentvolumeclaim backup-data
  "$@" agenthub-production serviceaccount backup
  "$@" agenthub-production deployment blackbox-exporter
  "$@" agenthub-production networkpolicy blackbox-exporter
  "$@" agenthub-production service blackbox-exporter
  "$@" agenthub-production serviceaccount blackbox-exporter
  "$@" agenthub-production deployment frontend
  "$@" agenthub-production networkpolicy frontend
  "$@" agenthub-production service frontend
  "$@" agenthub-production serviceaccount frontend
  "$@" agenthub-production networkpolicy grafana
  "$@" agenthub-production service grafana-replicas
  "$@" agenthub-production service grafana
  "$@" agenthub-production serviceaccount grafana
  "$@" agenthub-production statefulset grafana
  "$@" agenthub-production networkpolicy keycloak-db-archive
  "$@" agenthub-production service keycloak-db-archive-replicas
  "$@" agenthub-production serviceaccount keycloak-db-archive
  "$@" agenthub-production statefulset keycloak-db-archive
  "$@" agenthub-production deployment keycloak-db-exporter
  "$@" agenthub-production networkpolicy keycloak-db-exporter
  "$@" agenthub-production service keycloak-db-exporter
  "$@" agenthub-production serviceaccount keycloak-db-exporter
  "$@" agenthub-production networkpolicy keycloak-db
  "$@" agenthub-production service keycloak-db-replicas
  "$@" agenthub-production service keycloak-db
  "$@" agenthub-production serviceaccount keycloak-db
  "$@" agenthub-production statefulset keycloak-db
  "$@" agenthub-production deployment keycloak
  "$@" agenthub-production networkpolicy keycloak
  "$@" agenthub-production service keycloak
  "$@" agenthub-production serviceaccount keycloak
  "$@" agenthub-production deployment kube-state-metrics
  "$@" agenthub-production networkpolicy kube-state-metrics
  "$@" agenthub-production service kube-state-metrics
  "$@" agenthub-production serviceaccount kube-state-metrics
  "$@" agenthub-production networkpolicy loki
  "$@" agenthub-production service loki-replicas
  "$@" agenthub-production service loki
  "$@" agenthub-production serviceaccount loki
  "$@" agenthub-production statefulset loki
  "$@" agenthub-production deployment mcp-backend
  "$@" agenthub-production networkpolicy mcp-backend
  "$@" agenthub-production service mcp-backend
  "$@" agenthub-production serviceaccount mcp-backend
  "$@" agenthub-production-agents daemonset node-exporter
  "$@" agenthub-production-agents networkpolicy node-exporter
  "$@" agenthub-production-agents service node-exporter
  "$@" agenthub-production-agents serviceaccount node-exporter
  "$@" agenthub-production networkpolicy postgres-archive
  "$@" agenthub-production service postgres-archive-replicas
  "$@" agenthub-production serviceaccount postgres-archive
  "$@" agenthub-production statefulset postgres-archive
  "$@" agenthub-production deployment postgres-exporter
  "$@" agenthub-production networkpolicy postgres-exporter
  "$@" agenthub-production service postgres-exporter
  "$@" agenthub-production serviceaccount postgres-exporter
  "$@" agenthub-production networkpolicy postgres
  "$@" agenthub-production service postgres-replicas
  "$@" agenthub-production service postgres
  "$@" agenthub-production serviceaccount postgres
  "$@" agenthub-production statefulset postgres
  "$@" agenthub-production networkpolicy prometheus
  "$@" agenthub-production service prometheus-replicas
  "$@" agenthub-production service prometheus
  "$@" agenthub-production serviceaccount prometheus
  "$@" agenthub-production statefulset prometheus
  "$@" agenthub-production deployment redis-exporter
  "$@" agenthub-production networkpolicy redis-exporter
  "$@" agenthub-production service redis-exporter
  "$@" agenthub-production serviceaccount redis-exporter
  "$@" agenthub-production networkpolicy redis
  "$@" agenthub-production service redis-replicas
  "$@" agenthub-production service redis
  "$@" agenthub-production serviceaccount redis
  "$@" agenthub-production statefulset redis
}

# The namespaces in a cluster: name, manifest.
each_cluster_namespace() {
  "$@" agenthub-production kubernetes/production/_namespace/namespace-agenthub-production.yaml
  "$@" agenthub-production-agents kubernetes/production/_agents/namespace-agenthub-production-agents.yaml
}

# The Secrets without which pods do not start, and which the operator makes: namespace, name.
each_cluster_secret() {
  "$@" agenthub-production agenthub-env
}

# What backs up in a cluster every day: namespace, name of its CronJob.
each_cluster_backup() {
  "$@" agenthub-production backup-keycloak-db-daily
  "$@" agenthub-production backup-postgres-daily
}

# What brings back in a cluster what is backed up: its name, restore or recover, namespace, job, manifest, CronJob
# that backs it up, what stands still meanwhile.
each_cluster_restore() {
  "$@" keycloak-db restore agenthub-production restore-keycloak-db kubernetes/production/_restore/job-restore-keycloak-db.yaml backup-keycloak-db-daily
  "$@" keycloak-db recover agenthub-production recover-keycloak-db kubernetes/production/_restore/job-recover-keycloak-db.yaml backup-keycloak-db-daily keycloak-db keycloak-db-archive
  "$@" postgres restore agenthub-production restore-postgres kubernetes/production/_restore/job-restore-postgres.yaml backup-postgres-daily
  "$@" postgres recover agenthub-production recover-postgres kubernetes/production/_restore/job-recover-postgres.yaml backup-postgres-daily postgres postgres-archive
}

# The manifests of what migrations read and may do.
each_cluster_setting() {
  "$@" kubernetes/production/_namespace/configmap-agenthub-config.yaml
  "$@" kubernetes/production/_namespace/networkpolicy-acme-solver.yaml
  "$@" kubernetes/production/_namespace/networkpolicy-default-deny.yaml
  "$@" kubernetes/production/mcp-backend/networkpolicy-mcp-backend.yaml
  "$@" kubernetes/production/mcp-backend/serviceaccount-mcp-backend.yaml
}

# What must run in a cluster before something is migrated: namespace, kind, name.
each_cluster_need() {
  "$@" agenthub-production deployment keycloak
  "$@" agenthub-production statefulset postgres
  "$@" agenthub-production statefulset redis
}

# What migrates in a cluster: namespace, job, manifest.
each_cluster_migration() {
  "$@" agenthub-production migrate-mcp-backend kubernetes/production/_migrate/job-migrate-mcp-backend.yaml
}

# What goes back in a cluster where a deployment has changed it: namespace, kind, name.
each_cluster_program() {
  "$@" agenthub-production deployment frontend
  "$@" agenthub-production deployment keycloak
  "$@" agenthub-production deployment mcp-backend
  "$@" agenthub-production-agents daemonset node-exporter
  "$@" agenthub-production deployment kube-state-metrics
  "$@" agenthub-production deployment blackbox-exporter
  "$@" agenthub-production deployment keycloak-db-exporter
  "$@" agenthub-production deployment postgres-exporter
  "$@" agenthub-production deployment redis-exporter
}
