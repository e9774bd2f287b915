# Compiled by Formwork from ../../blueprints/sira.yaml.
# Do not edit: change the blueprint, then run `formwork build`.
#
# What the scripts know of production. It is sourced and never run. Each function calls a command once for each
# thing of a kind; what it is called with first is passed on in front.
#
# SC2034: the scripts that source this read it. SC2016: what runs in a container is expanded there.
# shellcheck shell=bash disable=SC2034,SC2016

SYSTEM=sira
ENVIRONMENT=production
TIER=production
# The project of Docker Compose, its file, and the file that the operator fills in; empty where nothing is asked.
PROJECT=sira
COMPOSE_FILE=docker-compose.prod.yml
ENV_FILE=.env.production
BLUEPRINT=../../blueprints/sira.yaml
# How long the start may take: what waits for each other longest, by their health checks.
START_SECONDS=650
# Whether anything is backed up.
BACKUPS=true
# The service that backs up and restores, and the program in its container.
BACKUP_SERVICE=backup
BACKUP_JOB=/opt/formwork/backup/job.sh
# The namespaces in a cluster, the system's own first.
NAMESPACES=(sira-production sira-production-agents)

# The profiles that run.
each_profile() {
  "$@" monitoring
}

# What runs: name, role, how many, whether it has a health check (health or none),
# whether it ends (once or stays).
each_service() {
  "$@" alertmanager alerts 1 health stays
  "$@" backend application 1 health stays
  "$@" db database 1 health stays
  "$@" frontend application 1 health stays
  "$@" grafana dashboards 1 health stays
  "$@" prometheus metrics 1 health stays
  "$@" backup backup 1 health stays
  "$@" nginx edge 1 health stays
  "$@" certbot certificates 1 health stays
  "$@" node-exporter host-agent 1 health stays
  "$@" db-exporter exporter 1 health stays
  "$@" backup-exporter exporter 1 health stays
  "$@" nginx-exporter exporter 1 none stays
  "$@" volume-owner preparation 1 none once
}

# What is backed up: name, service that keeps it, service that keeps its archive, its volume, that of the
# archive, the folder on the volume, the user it belongs to; - for what there is not.
each_store() {
  "$@" db db - - - - -
}

# The compiled files and folders that containers read.
each_file() {
  "$@" alertmanager/production/alertmanager.yml
  "$@" backup/production
  "$@" certbot/production/renew.sh
  "$@" grafana/production/dashboards
  "$@" grafana/production/datasources
  "$@" grafana/production/provider.yml
  "$@" nginx/production/conf.d
  "$@" nginx/production/hooks/10-certificates.sh
  "$@" nginx/production/nginx.conf
  "$@" nginx/production/snippets
  "$@" prometheus/production/prometheus.yml
  "$@" prometheus/production/rules
  "$@" scripts/lib
}

# The files that hold what containers read as files.
each_secret() {
  "$@" secrets/production/alert_mail_password
  "$@" secrets/production/grafana_admin_password
  "$@" secrets/production/grafana_secret_key
  "$@" secrets/production/pagerduty_routing_key
  "$@" secrets/production/postgres_password
  "$@" secrets/production/redis_password
}

# What brings a database up to date: service, step (check, upgrade, downgrade or reset), then the
# command in its container.
each_migration() {
  "$@" backend check alembic current --check-heads
  "$@" backend upgrade alembic upgrade head
  "$@" backend downgrade alembic downgrade -1
  "$@" backend reset alembic downgrade base
}

# What must run before something is migrated, each once.
each_need() {
  "$@" db
}

# What is backed up: store, series (daily or weekly), and the seconds after which a backup is too old.
each_backup() {
  "$@" db daily 91800
}

# The buckets that it is copied to: store, bucket.
each_copy() {
  :
}

# What keeps what is written between two backups: store, service, the seconds that the newest part is old at
# most where something is written, those after which it is too old, whether buckets have it (copied or here).
each_archive() {
  :
}

# What writes to what is backed up.
each_writer() {
  "$@" backend
}

# How health is asked for: endpoints, data or monitoring; service; what is asked; its URL on this
# machine, or empty; then the command inside a container.
each_probe() {
  "$@" monitoring alertmanager live http://127.0.0.1:9093/-/healthy wget -q -O /dev/null http://127.0.0.1:9093/-/healthy
  "$@" monitoring alertmanager ready http://127.0.0.1:9093/-/ready wget -q -O /dev/null http://127.0.0.1:9093/-/ready
  "$@" endpoints backend live '' curl --fail --silent --show-error --output /dev/null http://127.0.0.1:8000/health/live
  "$@" endpoints backend ready '' curl --fail --silent --show-error --output /dev/null http://127.0.0.1:8000/health/ready
  "$@" data db ready '' sh -ec 'PGPASSWORD="$(cat "$POSTGRES_PASSWORD_FILE")" psql -X -q -A -t -w -o /dev/null -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "select 1"'
  "$@" endpoints frontend ready '' wget -q -O /dev/null http://127.0.0.1:3000/api/health
  "$@" monitoring grafana ready http://127.0.0.1:3001/api/health curl --fail --silent --show-error --output /dev/null http://127.0.0.1:3000/api/health
  "$@" monitoring prometheus live http://127.0.0.1:9090/-/healthy wget -q -O /dev/null http://127.0.0.1:9090/-/healthy
  "$@" monitoring prometheus ready http://127.0.0.1:9090/-/ready wget -q -O /dev/null http://127.0.0.1:9090/-/ready
  "$@" data backup live '' sh -ec 'grep -qs supercronic /proc/[0-9]*/comm'
  "$@" endpoints nginx ready '' curl -fsS -o /dev/null http://127.0.0.1:8080/healthz
  "$@" monitoring node-exporter live '' wget -q -O /dev/null http://127.0.0.1:9100/
  "$@" monitoring db-exporter live '' wget -q -O /dev/null http://127.0.0.1:9187/
  "$@" monitoring backup-exporter live '' wget -q -O /dev/null http://127.0.0.1:9100/
}

# What is routed: host, HTTPS port, HTTP port, address on this machine, path, service that answers.
each_route() {
  "$@" api.yourdomain.com 443 80 127.0.0.1 / backend
  "$@" api.yourdomain.com 443 80 127.0.0.1 /docs backend
  "$@" yourdomain.com 443 80 127.0.0.1 / frontend
  "$@" yourdomain.com 443 80 127.0.0.1 /_next/static/ frontend
}

# What can run beside itself, with no port of its own on the machine: service, how many.
each_switch() {
  "$@" backend 1
  "$@" frontend 1
}

# The images: service, image, whether it is built or pulled.
each_image() {
  "$@" alertmanager docker.io/prom/alertmanager:v0.34.1 pulled
  "$@" backend ghcr.io/example/sira-backend:1.4.2 built
  "$@" db docker.io/library/postgres:17.11-bookworm pulled
  "$@" frontend ghcr.io/example/sira-frontend:1.4.2 built
  "$@" grafana docker.io/grafana/grafana:13.2.3 pulled
  "$@" prometheus docker.io/prom/prometheus:v3.13.4 pulled
  "$@" backup ghcr.io/example/sira-backup:1.4.2 built
  "$@" nginx docker.io/library/nginx:1.30.5-trixie pulled
  "$@" certbot docker.io/certbot/certbot:v5.8.0 pulled
  "$@" node-exporter docker.io/prom/node-exporter:v1.12.1 pulled
  "$@" db-exporter quay.io/prometheuscommunity/postgres-exporter:v0.20.1 pulled
  "$@" backup-exporter docker.io/prom/node-exporter:v1.12.1 pulled
  "$@" nginx-exporter docker.io/nginx/nginx-prometheus-exporter:1.5.1 pulled
  "$@" volume-owner docker.io/library/busybox:1.37.0 pulled
}

# What a cluster must have: namespace, kind, name.
each_object() {
  "$@" sira-production gateway sira
  "$@" sira-production networkpolicy acme-solver
  "$@" sira-production networkpolicy default-deny
  "$@" sira-production deployment backend
  "$@" sira-production networkpolicy backend
  "$@" sira-production persistentvolumeclaim logs
  "$@" sira-production persistentvolumeclaim uploads
  "$@" sira-production service backend
  "$@" sira-production serviceaccount backend
  "$@" sira-production networkpolicy backup
  "$@" sira-production persistentvolumeclaim backup-data
  "$@" sira-production serviceaccount backup
  "$@" sira-production networkpolicy db
  "$@" sira-production service db-replicas
  "$@" sira-production service db
  "$@" sira-production serviceaccount db
  "$@" sira-production statefulset db
  "$@" sira-production deployment frontend
  "$@" sira-production networkpolicy frontend
  "$@" sira-production service frontend
  "$@" sira-production serviceaccount frontend
}

# The namespaces in a cluster: name, manifest.
each_cluster_namespace() {
  "$@" sira-production kubernetes/production/_namespace/namespace-sira-production.yaml
  "$@" sira-production-agents kubernetes/production/components/monitoring/_agents/namespace-sira-production-agents.yaml
}

# The Secrets without which pods do not start, and which the operator makes: namespace, name.
each_cluster_secret() {
  "$@" sira-production sira-env
}

# What backs up in a cluster every day: namespace, name of its CronJob.
each_cluster_backup() {
  "$@" sira-production backup-db-daily
}

# What brings back in a cluster what is backed up: its name, restore or recover, namespace, job, manifest, CronJob
# that backs it up, what stands still meanwhile.
each_cluster_restore() {
  "$@" db restore sira-production restore-db kubernetes/production/_restore/job-restore-db.yaml backup-db-daily
}

# The manifests of what migrations read and may do.
each_cluster_setting() {
  "$@" kubernetes/production/_namespace/configmap-sira-config.yaml
  "$@" kubernetes/production/_namespace/networkpolicy-acme-solver.yaml
  "$@" kubernetes/production/_namespace/networkpolicy-default-deny.yaml
  "$@" kubernetes/production/backend/networkpolicy-backend.yaml
  "$@" kubernetes/production/backend/serviceaccount-backend.yaml
}

# What must run in a cluster before something is migrated: namespace, kind, name.
each_cluster_need() {
  "$@" sira-production statefulset db
}

# What migrates in a cluster: namespace, job, manifest.
each_cluster_migration() {
  "$@" sira-production migrate-backend kubernetes/production/_migrate/job-migrate-backend.yaml
}

# What goes back in a cluster where a deployment has changed it: namespace, kind, name.
each_cluster_program() {
  "$@" sira-production deployment backend
  "$@" sira-production deployment frontend
  "$@" sira-production-agents daemonset node-exporter
  "$@" sira-production deployment db-exporter
}
