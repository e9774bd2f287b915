# Compiled by Formwork from ../../blueprints/saas-chat.yaml.
# Do not edit: change the blueprint, then run `formwork build`.
#
# What the scripts know of production. It is sourced and never run. Each function calls a command once for each
# thing of a kind; what it is called with first is passed on in front.
#
# SC2034: the scripts that source this read it. SC2016: what runs in a container is expanded there.
# shellcheck shell=bash disable=SC2034,SC2016

SYSTEM=saas-chat
ENVIRONMENT=production
TIER=production
# The project of Docker Compose, its file, and the file that the operator fills in; empty where nothing is asked.
PROJECT=saas-chat
COMPOSE_FILE=docker-compose.prod.yml
ENV_FILE=.env.production
BLUEPRINT=../../blueprints/saas-chat.yaml
# How long the start may take: what waits for each other longest, by their health checks.
START_SECONDS=1115
# Whether anything is backed up.
BACKUPS=true
# The service that backs up and restores, and the program in its container.
BACKUP_SERVICE=backup
BACKUP_JOB=/opt/formwork/backup/job.sh
# The namespaces in a cluster, the system's own first.
NAMESPACES=(saas-chat-production saas-chat-production-agents)

# The profiles that run.
each_profile() {
  :
}

# What runs: name, role, how many, whether it has a health check (health or none),
# whether it ends (once or stays).
each_service() {
  "$@" alertmanager alerts 1 health stays
  "$@" analytics-service application 1 health stays
  "$@" auth-service application 1 health stays
  "$@" billing-service application 1 health stays
  "$@" blackbox-exporter exporter 1 health stays
  "$@" cadvisor host-agent 1 health stays
  "$@" chat-service application 1 health stays
  "$@" clickhouse database 1 health stays
  "$@" email-worker application 1 health stays
  "$@" grafana dashboards 1 health stays
  "$@" jaeger platform 1 health stays
  "$@" kong platform 2 health stays
  "$@" mongodb database 1 health stays
  "$@" nginx edge 1 health stays
  "$@" node-exporter host-agent 1 health stays
  "$@" orchestrator-service application 1 health stays
  "$@" postgres database 1 health stays
  "$@" prometheus metrics 1 health stays
  "$@" rabbitmq queue 1 health stays
  "$@" redis cache 1 health stays
  "$@" backup backup 1 health stays
  "$@" postgres-archive archive 1 health stays
  "$@" certbot certificates 1 health stays
  "$@" mongodb-exporter exporter 1 none stays
  "$@" nginx-exporter exporter 1 none stays
  "$@" postgres-exporter exporter 1 health stays
  "$@" redis-exporter exporter 1 health stays
  "$@" backup-exporter exporter 1 health stays
  "$@" volume-owner preparation 1 none once
}

# What is backed up: name, service that keeps it, service that keeps its archive, its volume, that of the
# archive, the folder on the volume, the user it belongs to; - for what there is not.
each_store() {
  "$@" mongodb mongodb - - - - -
  "$@" postgres postgres postgres-archive saas-chat_postgres-data saas-chat_postgres-archive-data pgdata 999:999
}

# The compiled files and folders that containers read.
each_file() {
  "$@" alertmanager/production/alertmanager.yml
  "$@" backup/production
  "$@" blackbox-exporter/production/config.yml
  "$@" certbot/production/renew.sh
  "$@" clickhouse/production/settings.yaml
  "$@" grafana/production/dashboards
  "$@" grafana/production/datasources
  "$@" grafana/production/provider.yml
  "$@" jaeger/production/config.yaml
  "$@" kong/production/kong.yml
  "$@" nginx/production/conf.d
  "$@" nginx/production/hooks/10-certificates.sh
  "$@" nginx/production/nginx.conf
  "$@" nginx/production/snippets
  "$@" postgres/production/pg_hba.conf
  "$@" prometheus/production/prometheus.yml
  "$@" prometheus/production/rules
  "$@" rabbitmq/production/settings.conf
  "$@" scripts/lib
}

# The files that hold what containers read as files.
each_secret() {
  "$@" secrets/production/backup_backups_access_key
  "$@" secrets/production/backup_backups_secret_key
  "$@" secrets/production/backup_passphrase
  "$@" secrets/production/clickhouse_password
  "$@" secrets/production/grafana_admin_password
  "$@" secrets/production/grafana_secret_key
  "$@" secrets/production/mongo_initdb_root_password
  "$@" secrets/production/pagerduty_routing_key
  "$@" secrets/production/postgres_password
  "$@" secrets/production/rabbitmq_default_pass
  "$@" secrets/production/redis_password
  "$@" secrets/production/slack_webhook_url
}

# What brings a database up to date: service, step (check, upgrade, downgrade or reset), then the
# command in its container.
each_migration() {
  :
}

# What must run before something is migrated, each once.
each_need() {
  :
}

# What is backed up: store, series (daily or weekly), and the seconds after which a backup is too old.
each_backup() {
  "$@" mongodb daily 19800
  "$@" postgres daily 91800
}

# The buckets that it is copied to: store, bucket.
each_copy() {
  "$@" mongodb backups
  "$@" postgres backups
}

# What keeps what is written between two backups: store, service, the seconds that the newest part is old at
# most where something is written, those after which it is too old, whether buckets have it (copied or here).
each_archive() {
  "$@" postgres postgres-archive 1260 91800 copied
}

# What writes to what is backed up.
each_writer() {
  "$@" auth-service
  "$@" billing-service
  "$@" chat-service
  "$@" orchestrator-service
}

# How health is asked for: endpoints, data or monitoring; service; what is asked; its URL on this
# machine, or empty; then the command inside a container.
each_probe() {
  "$@" monitoring alertmanager live http://127.0.0.1:9093/-/healthy wget -q -O /dev/null http://127.0.0.1:9093/-/healthy
  "$@" monitoring alertmanager ready http://127.0.0.1:9093/-/ready wget -q -O /dev/null http://127.0.0.1:9093/-/ready
  "$@" endpoints analytics-service live '' wget -q -O /dev/null http://127.0.0.1:3004/health/live
  "$@" endpoints analytics-service ready '' wget -q -O /dev/null http://127.0.0.1:3004/health/ready
  "$@" endpoints analytics-service details '' wget -q -O /dev/null http://127.0.0.1:3004/health/detailed
  "$@" endpoints auth-service live '' wget -q -O /dev/null http://127.0.0.1:3001/health/live
  "$@" endpoints auth-service ready '' wget -q -O /dev/null http://127.0.0.1:3001/health/ready
  "$@" endpoints auth-service details '' wget -q -O /dev/null http://127.0.0.1:3001/health/detailed
  "$@" endpoints billing-service live '' wget -q -O /dev/null http://127.0.0.1:3003/health/live
  "$@" endpoints billing-service ready '' wget -q -O /dev/null http://127.0.0.1:3003/health/ready
  "$@" endpoints billing-service details '' wget -q -O /dev/null http://127.0.0.1:3003/health/detailed
  "$@" monitoring blackbox-exporter live '' wget -q -O /dev/null http://127.0.0.1:9115/-/healthy
  "$@" monitoring cadvisor live '' wget -q -O /dev/null http://127.0.0.1:8080/healthz
  "$@" endpoints chat-service live '' wget -q -O /dev/null http://127.0.0.1:3002/health/live
  "$@" endpoints chat-service ready '' wget -q -O /dev/null http://127.0.0.1:3002/health/ready
  "$@" endpoints chat-service details '' wget -q -O /dev/null http://127.0.0.1:3002/health/detailed
  "$@" data clickhouse ready '' sh -ec 'CLICKHOUSE_PASSWORD="$(cat "$CLICKHOUSE_PASSWORD_FILE")" clickhouse-client --host "$(hostname)" --port "$1" --query "SELECT 1" >/dev/null' health 9000
  "$@" endpoints email-worker live '' node dist/health.js
  "$@" monitoring grafana ready http://127.0.0.1:3100/api/health curl --fail --silent --show-error --output /dev/null http://127.0.0.1:3000/api/health
  "$@" endpoints jaeger live '' wget -q -O /dev/null http://127.0.0.1:13133/status
  "$@" endpoints kong live '' wget -q -O /dev/null http://127.0.0.1:8100/status
  "$@" endpoints kong ready '' wget -q -O /dev/null http://127.0.0.1:8100/status/ready
  "$@" endpoints kong check '' bash -ec 'exec 3<>"/dev/tcp/127.0.0.1/$1"
printf '\''GET /status/ready HTTP/1.0\r\n\r\n'\'' >&3
read -r _ status _ <&3
[ "$status" = 200 ]
' health 8100
  "$@" data mongodb ready '' sh -ec 'HOME=/tmp exec mongosh --quiet --norc --host "$(hostname)" --port "$1" admin --eval "$2"' health 27017 'db.auth(process.env.MONGO_INITDB_ROOT_USERNAME, fs.readFileSync(process.env.MONGO_INITDB_ROOT_PASSWORD_FILE, '\''utf8'\'').trim())'
  "$@" endpoints nginx ready '' curl -fsS -o /dev/null http://127.0.0.1:8080/healthz
  "$@" monitoring node-exporter live '' wget -q -O /dev/null http://127.0.0.1:9100/
  "$@" endpoints orchestrator-service live '' wget -q -O /dev/null http://127.0.0.1:3006/health/live
  "$@" endpoints orchestrator-service ready '' wget -q -O /dev/null http://127.0.0.1:3006/health/ready
  "$@" endpoints orchestrator-service details '' wget -q -O /dev/null http://127.0.0.1:3006/health/detailed
  "$@" data postgres ready '' sh -ec 'PGPASSWORD="$(cat "$POSTGRES_PASSWORD_FILE")" psql -X -q -A -t -w -o /dev/null -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "select 1"'
  "$@" monitoring prometheus live http://127.0.0.1:9090/-/healthy wget -q -O /dev/null http://127.0.0.1:9090/-/healthy
  "$@" monitoring prometheus ready http://127.0.0.1:9090/-/ready wget -q -O /dev/null http://127.0.0.1:9090/-/ready
  "$@" data rabbitmq ready '' rabbitmq-diagnostics --quiet check_port_connectivity
  "$@" data redis ready '' sh -ec 'REDISCLI_AUTH="$(cat "$1")" redis-cli -h 127.0.0.1 -p "$2" ping | grep -qx PONG' health /run/secrets/redis_password 6379
  "$@" data backup live '' sh -ec 'grep -qs supercronic /proc/[0-9]*/comm'
  "$@" data postgres-archive live '' sh -ec 'test -n "$(find /tmp/archive.alive -mmin -5)"'
  "$@" monitoring postgres-exporter live '' wget -q -O /dev/null http://127.0.0.1:9187/
  "$@" monitoring redis-exporter live '' wget -q -O /dev/null http://127.0.0.1:9121/health
  "$@" monitoring backup-exporter live '' wget -q -O /dev/null http://127.0.0.1:9100/
}

# What is routed: host, HTTPS port, HTTP port, address on this machine, path, service that answers.
each_route() {
  "$@" saas-chat.example.com 443 80 127.0.0.1 /api/analytics kong
  "$@" saas-chat.example.com 443 80 127.0.0.1 /api/auth kong
  "$@" saas-chat.example.com 443 80 127.0.0.1 /api/billing kong
  "$@" saas-chat.example.com 443 80 127.0.0.1 /api/chat kong
  "$@" saas-chat.example.com 443 80 127.0.0.1 /api/orchestrator kong
  "$@" saas-chat.example.com 443 80 127.0.0.1 /ws chat-service
}

# What can run beside itself, with no port of its own on the machine: service, how many.
each_switch() {
  "$@" analytics-service 1
  "$@" auth-service 1
  "$@" billing-service 1
  "$@" chat-service 1
  "$@" email-worker 1
  "$@" orchestrator-service 1
}

# The images: service, image, whether it is built or pulled.
each_image() {
  "$@" alertmanager docker.io/prom/alertmanager:v0.34.1 pulled
  "$@" analytics-service ghcr.io/example/saas-chat-analytics:3.2.0 built
  "$@" auth-service ghcr.io/example/saas-chat-auth:3.2.0 built
  "$@" billing-service ghcr.io/example/saas-chat-billing:3.2.0 built
  "$@" blackbox-exporter docker.io/prom/blackbox-exporter:v0.29.0 pulled
  "$@" cadvisor ghcr.io/google/cadvisor:v0.60.6 pulled
  "$@" chat-service ghcr.io/example/saas-chat-chat:3.2.0 built
  "$@" clickhouse docker.io/library/clickhouse:26.3.33.24-jammy pulled
  "$@" email-worker ghcr.io/example/saas-chat-email:3.2.0 built
  "$@" grafana docker.io/grafana/grafana:13.2.3 pulled
  "$@" jaeger docker.io/jaegertracing/jaeger:2.22.0 pulled
  "$@" kong docker.io/library/kong:3.9.3 pulled
  "$@" mongodb docker.io/library/mongo:8.0.32-noble pulled
  "$@" nginx docker.io/library/nginx:1.30.5-trixie pulled
  "$@" node-exporter docker.io/prom/node-exporter:v1.12.1 pulled
  "$@" orchestrator-service ghcr.io/example/saas-chat-orchestrator:3.2.0 built
  "$@" postgres docker.io/library/postgres:17.11-bookworm pulled
  "$@" prometheus docker.io/prom/prometheus:v3.13.4 pulled
  "$@" rabbitmq docker.io/library/rabbitmq:4.3.6-management pulled
  "$@" redis docker.io/library/redis:8.10.2-trixie pulled
  "$@" backup ghcr.io/example/saas-chat-backup:1.0.0 built
  "$@" postgres-archive ghcr.io/example/saas-chat-backup:1.0.0 built
  "$@" certbot docker.io/certbot/certbot:v5.8.0 pulled
  "$@" mongodb-exporter docker.io/percona/mongodb_exporter:0.53.0 pulled
  "$@" nginx-exporter docker.io/nginx/nginx-prometheus-exporter:1.5.1 pulled
  "$@" postgres-exporter quay.io/prometheuscommunity/postgres-exporter:v0.20.1 pulled
  "$@" redis-exporter docker.io/oliver006/redis_exporter:v1.93.0-alpine pulled
  "$@" backup-exporter docker.io/prom/node-exporter:v1.12.1 pulled
  "$@" volume-owner docker.io/library/busybox:1.37.0 pulled
}

# What a cluster must have: namespace, kind, name.
each_object() {
  "$@" saas-chat-production-agents networkpolicy default-deny
  "$@" saas-chat-production gateway saas-chat
  "$@" saas-chat-production networkpolicy acme-solver
  "$@" saas-chat-production networkpolicy default-deny
  "$@" saas-chat-production networkpolicy alertmanager
  "$@" saas-chat-production service alertmanager-replicas
  "$@" saas-chat-production service alertmanager
  "$@" saas-chat-production serviceaccount alertmanager
  "$@" saas-chat-production statefulset alertmanager
  "$@" saas-chat-production deployment analytics-service
  "$@" saas-chat-production networkpolicy analytics-service
  "$@" saas-chat-production service analytics-service
  "$@" saas-chat-production serviceaccount analytics-service
  "$@" saas-chat-production deployment auth-service
  "$@" saas-chat-production networkpolicy auth-service
  "$@" saas-chat-production service auth-service
  "$@" saas-chat-production serviceaccount auth-service
  "$@" saas-chat-production networkpolicy backup
  "$@" saas-chat-production persistentvolumeclaim backup-data
  "$@" saas-chat-production serviceaccount backup
  "$@" saas-chat-production deployment billing-service
  "$@" saas-chat-production networkpolicy billing-service
  "$@" saas-chat-production service billing-service
  "$@" saas-chat-production serviceaccount billing-service
  "$@" saas-chat-production deployment blackbox-exporter
  "$@" saas-chat-production networkpolicy blackbox-exporter
  "$@" saas-chat-production service blackbox-exporter
  "$@" saas-chat-production serviceaccount blackbox-exporter
  "$@" saas-chat-production networkpolicy chat-service
  "$@" saas-chat-production service chat-service-replicas
  "$@" saas-chat-production service chat-service
  "$@" saas-chat-production serviceaccount chat-service
  "$@" saas-chat-production statefulset chat-service
  "$@" saas-chat-production networkpolicy clickhouse
  "$@" saas-chat-production service clickhouse-replicas
  "$@" saas-chat-production service clickhouse
  "$@" saas-chat-production serviceaccount clickhouse
  "$@" saas-chat-production statefulset clickhouse
  "$@" saas-chat-production deployment email-worker
  "$@" saas-chat-production networkpolicy email-worker
  "$@" saas-chat-production serviceaccount email-worker
  "$@" saas-chat-production networkpolicy grafana
  "$@" saas-chat-production service grafana-replicas
  "$@" saas-chat-production service grafana
  "$@" saas-chat-production serviceaccount grafana
  "$@" saas-chat-production statefulset grafana
  "$@" saas-chat-production networkpolicy jaeger
  "$@" saas-chat-production service jaeger-replicas
  "$@" saas-chat-production service jaeger
  "$@" saas-chat-production serviceaccount jaeger
  "$@" saas-chat-production statefulset jaeger
  "$@" saas-chat-production deployment kong
  "$@" saas-chat-production networkpolicy kong
  "$@" saas-chat-production service kong-replicas
  "$@" saas-chat-production service kong
  "$@" saas-chat-production serviceaccount kong
  "$@" saas-chat-production deployment kube-state-metrics
  "$@" saas-chat-production networkpolicy kube-state-metrics
  "$@" saas-chat-production service kube-state-metrics
  "$@" saas-chat-production serviceaccount kube-state-metrics
  "$@" saas-chat-production deployment mongodb-exporter
  "$@" saas-chat-production networkpolicy mongodb-exporter
  "$@" saas-chat-production service mongodb-exporter
  "$@" saas-chat-production serviceaccount mongodb-exporter
  "$@" saas-chat-production networkpolicy mongodb
  "$@" saas-chat-production service mongodb-replicas
  "$@" saas-chat-production service mongodb
  "$@" saas-chat-production serviceaccount mongodb
  "$@" saas-chat-production statefulset mongodb
  "$@" saas-chat-production-agents daemonset node-exporter
  "$@" saas-chat-production-agents networkpolicy node-exporter
  "$@" saas-chat-production-agents service node-exporter
  "$@" saas-chat-production-agents serviceaccount node-exporter
  "$@" saas-chat-production deployment orchestrator-service
  "$@" saas-chat-production networkpolicy orchestrator-service
  "$@" saas-chat-production service orchestrator-service
  "$@" saas-chat-production serviceaccount orchestrator-service
  "$@" saas-chat-production networkpolicy postgres-archive
  "$@" saas-chat-production service postgres-archive-replicas
  "$@" saas-chat-production serviceaccount postgres-archive
  "$@" saas-chat-production statefulset postgres-archive
  "$@" saas-chat-production deployment postgres-exporter
  "$@" saas-chat-production networkpolicy postgres-exporter
  "$@" saas-chat-production service postgres-exporter
  "$@" saas-chat-production serviceaccount postgres-exporter
  "$@" saas-chat-production networkpolicy postgres
  "$@" saas-chat-production service postgres-replicas
  "$@" saas-chat-production service postgres
  "$@" saas-chat-production serviceaccount postgres
  "$@" saas-chat-production statefulset postgres
  "$@" saas-chat-production networkpolicy prometheus
  "$@" saas-chat-production service prometheus-replicas
  "$@" saas-chat-production service prometheus
  "$@" saas-chat-production serviceaccount prometheus
  "$@" saas-chat-production statefulset prometheus
  "$@" saas-chat-production networkpolicy rabbitmq
  "$@" saas-chat-production service rabbitmq-replicas
  "$@" saas-chat-production service rabbitmq
  "$@" saas-chat-production serviceaccount rabbitmq
  "$@" saas-chat-production statefulset rabbitmq
  "$@" saas-chat-production deployment redis-exporter
  "$@" saas-chat-production networkpolicy redis-exporter
  "$@" saas-chat-production service redis-exporter
  "$@" saas-chat-production serviceaccount redis-exporter
  "$@" saas-chat-production networkpolicy redis
  "$@" saas-chat-production service redis-replicas
  "$@" saas-chat-production service redis
  "$@" saas-chat-production serviceaccount redis
  "$@" saas-chat-production statefulset redis
}

# The namespaces in a cluster: name, manifest.
each_cluster_namespace() {
  "$@" saas-chat-production kubernetes/production/_namespace/namespace-saas-chat-production.yaml
  "$@" saas-chat-production-agents kubernetes/production/_agents/namespace-saas-chat-production-agents.yaml
}

# The Secrets without which pods do not start, and which the operator makes: namespace, name.
each_cluster_secret() {
  "$@" saas-chat-production saas-chat-env
}

# What backs up in a cluster every day: namespace, name of its CronJob.
each_cluster_backup() {
  "$@" saas-chat-production backup-mongodb-daily
  "$@" saas-chat-production backup-postgres-daily
}

# What brings back in a cluster what is backed up: its name, restore or recover, namespace, job, manifest, CronJob
# that backs it up, what stands still meanwhile.
each_cluster_restore() {
  "$@" mongodb restore saas-chat-production restore-mongodb kubernetes/production/_restore/job-restore-mongodb.yaml backup-mongodb-daily
  "$@" postgres restore saas-chat-production restore-postgres kubernetes/production/_restore/job-restore-postgres.yaml backup-postgres-daily
  "$@" postgres recover saas-chat-production recover-postgres kubernetes/production/_restore/job-recover-postgres.yaml backup-postgres-daily postgres postgres-archive
}

# The manifests of what migrations read and may do.
each_cluster_setting() {
  :
}

# What must run in a cluster before something is migrated: namespace, kind, name.
each_cluster_need() {
  :
}

# What migrates in a cluster: namespace, job, manifest.
each_cluster_migration() {
  :
}

# What goes back in a cluster where a deployment has changed it: namespace, kind, name.
each_cluster_program() {
  "$@" saas-chat-production deployment analytics-service
  "$@" saas-chat-production deployment auth-service
  "$@" saas-chat-production deployment billing-service
  "$@" saas-chat-production deployment blackbox-exporter
  "$@" saas-chat-production statefulset chat-service
  "$@" saas-chat-production deployment email-worker
  "$@" saas-chat-production deployment kong
  "$@" saas-chat-production-agents daemonset node-exporter
  "$@" saas-chat-production deployment orchestrator-service
  "$@" saas-chat-production deployment kube-state-metrics
  "$@" saas-chat-production deployment mongodb-exporter
  "$@" saas-chat-production deployment postgres-exporter
  "$@" saas-chat-production deployment redis-exporter
}
