# Compiled by Formwork from ../../blueprints/vulnzero.yaml.
# Do not edit: change the blueprint, then run `formwork build`.
#
# What the scripts know of production. It is sourced and never run. Each function calls a command once for each
# thing of a kind; what it is called with first is passed on in front.
#
# SC2034: the scripts that source this read it. SC2016: what runs in a container is expanded there.
# shellcheck shell=bash disable=SC2034,SC2016

SYSTEM=vulnzero
ENVIRONMENT=production
TIER=production
# The project of Docker Compose, its file, and the file that the operator fills in; empty where nothing is asked.
PROJECT=vulnzero
COMPOSE_FILE=docker-compose.prod.yml
ENV_FILE=.env.production
BLUEPRINT=../../blueprints/vulnzero.yaml
# How long the start may take: what waits for each other longest, by their health checks.
START_SECONDS=635
# Whether anything is backed up.
BACKUPS=true
# The service that backs up and restores, and the program in its container.
BACKUP_SERVICE=backup
BACKUP_JOB=/opt/formwork/backup/job.sh
# The namespaces in a cluster, the system's own first.
NAMESPACES=(vulnzero-production vulnzero-production-agents)

# The profiles that run.
each_profile() {
  :
}

# What runs: name, role, how many, whether it has a health check (health or none),
# whether it ends (once or stays).
each_service() {
  "$@" aggregator application 1 health stays
  "$@" alertmanager alerts 1 health stays
  "$@" api application 1 health stays
  "$@" celery-beat application 1 health stays
  "$@" celery-worker application 2 health stays
  "$@" celery-worker-exporter exporter 1 health stays
  "$@" grafana dashboards 1 health stays
  "$@" postgres database 1 health stays
  "$@" prometheus metrics 1 health stays
  "$@" redis cache 1 health stays
  "$@" backup backup 1 health stays
  "$@" node-exporter host-agent 1 health stays
  "$@" postgres-exporter exporter 1 health stays
  "$@" redis-exporter exporter 1 health stays
  "$@" backup-exporter exporter 1 health stays
  "$@" volume-owner preparation 1 none once
}

# What is backed up: name, service that keeps it, service that keeps its archive, its volume, that of the
# archive, the folder on the volume, the user it belongs to; - for what there is not.
each_store() {
  "$@" postgres postgres - - - - -
}

# The compiled files and folders that containers read.
each_file() {
  "$@" alertmanager/production/alertmanager.yml
  "$@" backup/production
  "$@" grafana/production/dashboards
  "$@" grafana/production/datasources
  "$@" grafana/production/provider.yml
  "$@" prometheus/production/prometheus.yml
  "$@" prometheus/production/rules
  "$@" scripts/lib
}

# The files that hold what containers read as files.
each_secret() {
  "$@" secrets/production/alert_mail_password
  "$@" secrets/production/aws_access_key_id
  "$@" secrets/production/aws_secret_access_key
  "$@" secrets/production/backup_passphrase
  "$@" secrets/production/database_password
  "$@" secrets/production/grafana_admin_password
  "$@" secrets/production/grafana_secret_key
  "$@" secrets/production/redis_password
  "$@" secrets/production/ssl_ca_cert
  "$@" secrets/production/ssl_cert
  "$@" secrets/production/ssl_key
}

# What brings a database up to date: service, step (check, upgrade, downgrade or reset), then the
# command in its container.
each_migration() {
  "$@" api check alembic current --check-heads
  "$@" api upgrade alembic upgrade head
  "$@" api downgrade alembic downgrade -1
  "$@" api reset alembic downgrade base
}

# What must run before something is migrated, each once.
each_need() {
  "$@" postgres
  "$@" redis
}

# What is backed up: store, series (daily or weekly), and the seconds after which a backup is too old.
each_backup() {
  "$@" postgres daily 91800
}

# The buckets that it is copied to: store, bucket.
each_copy() {
  "$@" postgres s3
}

# What keeps what is written between two backups: store, service, the seconds that the newest part is old at
# most where something is written, those after which it is too old, whether buckets have it (copied or here).
each_archive() {
  :
}

# What writes to what is backed up.
each_writer() {
  "$@" aggregator
  "$@" api
  "$@" celery-worker
}

# How health is asked for: endpoints, data or monitoring; service; what is asked; its URL on this
# machine, or empty; then the command inside a container.
each_probe() {
  "$@" endpoints aggregator live http://127.0.0.1:8010/health/live python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:8000/health/live'\'')'
  "$@" endpoints aggregator ready http://127.0.0.1:8010/health/ready python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:8000/health/ready'\'')'
  "$@" endpoints aggregator details http://127.0.0.1:8010/health python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:8000/health'\'')'
  "$@" monitoring alertmanager live http://127.0.0.1:9093/-/healthy wget -q -O /dev/null http://127.0.0.1:9093/-/healthy
  "$@" monitoring alertmanager ready http://127.0.0.1:9093/-/ready wget -q -O /dev/null http://127.0.0.1:9093/-/ready
  "$@" endpoints api live http://127.0.0.1:8000/health/live python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:8000/health/live'\'')'
  "$@" endpoints api ready http://127.0.0.1:8000/health/ready python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:8000/health/ready'\'')'
  "$@" endpoints api details http://127.0.0.1:8000/health python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:8000/health'\'')'
  "$@" endpoints celery-beat live '' python -c 'import os, sys, time; sys.exit(time.time() - max(file.stat().st_mtime for file in os.scandir("/var/lib/celery")) > 300)'
  "$@" endpoints celery-worker ready '' sh -ec 'exec celery --app "$0" inspect ping --timeout 10 --destination "celery@$HOSTNAME"' tasks.app
  "$@" monitoring celery-worker-exporter live '' python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:9808/'\'')'
  "$@" monitoring celery-worker-exporter ready '' python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:9808/health'\'')'
  "$@" monitoring grafana ready http://127.0.0.1:3000/api/health curl --fail --silent --show-error --output /dev/null http://127.0.0.1:3000/api/health
  "$@" data postgres ready '' sh -ec 'PGPASSWORD="$(cat "$POSTGRES_PASSWORD_FILE")" psql -X -q -A -t -w -o /dev/null -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "select 1"'
  "$@" monitoring prometheus live http://127.0.0.1:9090/-/healthy wget -q -O /dev/null http://127.0.0.1:9090/-/healthy
  "$@" monitoring prometheus ready http://127.0.0.1:9090/-/ready wget -q -O /dev/null http://127.0.0.1:9090/-/ready
  "$@" data redis ready '' sh -ec 'REDISCLI_AUTH="$(cat "$1")" redis-cli -h 127.0.0.1 -p "$2" ping | grep -qx PONG' health /run/secrets/redis_password 6379
  "$@" data backup live '' sh -ec 'grep -qs supercronic /proc/[0-9]*/comm'
  "$@" monitoring node-exporter live '' wget -q -O /dev/null http://127.0.0.1:9100/
  "$@" monitoring postgres-exporter live '' wget -q -O /dev/null http://127.0.0.1:9187/
  "$@" monitoring redis-exporter live '' wget -q -O /dev/null http://127.0.0.1:9121/health
  "$@" monitoring backup-exporter live '' wget -q -O /dev/null http://127.0.0.1:9100/
}

# What is routed: host, HTTPS port, HTTP port, address on this machine, path, service that answers.
each_route() {
  :
}

# What can run beside itself, with no port of its own on the machine: service, how many.
each_switch() {
  "$@" celery-worker 2
}

# The images: service, image, whether it is built or pulled.
each_image() {
  "$@" aggregator ghcr.io/example/vulnzero-aggregator:2.4.0 built
  "$@" alertmanager docker.io/prom/alertmanager:v0.34.1 pulled
  "$@" api ghcr.io/example/vulnzero-api:2.4.0 built
  "$@" celery-beat ghcr.io/example/vulnzero-beat:2.4.0 built
  "$@" celery-worker ghcr.io/example/vulnzero-tasks:2.4.0 built
  "$@" celery-worker-exporter ghcr.io/danihodovic/celery-exporter:0.12.2 pulled
  "$@" grafana docker.io/grafana/grafana:13.2.3 pulled
  "$@" postgres docker.io/library/postgres:17.11-bookworm pulled
  "$@" prometheus docker.io/prom/prometheus:v3.13.4 pulled
  "$@" redis docker.io/library/redis:8.10.2-trixie pulled
  "$@" backup ghcr.io/example/vulnzero-backup:2.4.0 built
  "$@" node-exporter docker.io/prom/node-exporter:v1.12.1 pulled
  "$@" postgres-exporter quay.io/prometheuscommunity/postgres-exporter:v0.20.1 pulled
  "$@" redis-exporter docker.io/oliver006/redis_exporter:v1.93.0-alpine pulled
  "$@" backup-exporter docker.io/prom/node-exporter:v1.12.1 pulled
  "$@" volume-owner docker.io/library/busybox:1.37.0 pulled
}

# What a cluster must have: namespace, kind, name.
each_object() {
  "$@" vulnzero-production-agents networkpolicy default-deny
  "$@" vulnzero-production networkpolicy default-deny
  "$@" vulnzero-production deployment aggregator
  "$@" vulnzero-production networkpolicy aggregator
  "$@" vulnzero-production service aggregator
  "$@" vulnzero-production serviceaccount aggregator
  "$@" vulnzero-production networkpolicy alertmanager
  "$@" vulnzero-production service alertmanager-replicas
  "$@" vulnzero-production service alertmanager
  "$@" vulnzero-production serviceaccount alertmanager
  "$@" vulnzero-production statefulset alertmanager
  "$@" vulnzero-production deployment api
  "$@" vulnzero-production networkpolicy api
  "$@" vulnzero-production service api
  "$@" vulnzero-production serviceaccount api
  "$@" vulnzero-production networkpolicy backup
  "$@" vulnzero-production persistentvolumeclaim backup-data
  "$@" vulnzero-production serviceaccount backup
  "$@" vulnzero-production networkpolicy celery-beat
  "$@" vulnzero-production service celery-beat-replicas
  "$@" vulnzero-production serviceaccount celery-beat
  "$@" vulnzero-production statefulset celery-beat
  "$@" vulnzero-production deployment celery-worker-exporter
  "$@" vulnzero-production networkpolicy celery-worker-exporter
  "$@" vulnzero-production service celery-worker-exporter
  "$@" vulnzero-production serviceaccount celery-worker-exporter
  "$@" vulnzero-production deployment celery-worker
  "$@" vulnzero-production networkpolicy celery-worker
  "$@" vulnzero-production serviceaccount celery-worker
  "$@" vulnzero-production networkpolicy grafana
  "$@" vulnzero-production service grafana-replicas
  "$@" vulnzero-production service grafana
  "$@" vulnzero-production serviceaccount grafana
  "$@" vulnzero-production statefulset grafana
  "$@" vulnzero-production-agents daemonset node-exporter
  "$@" vulnzero-production-agents networkpolicy node-exporter
  "$@" vulnzero-production-agents service node-exporter
  "$@" vulnzero-production-agents serviceaccount node-exporter
  "$@" vulnzero-production deployment postgres-exporter
  "$@" vulnzero-production networkpolicy postgres-exporter
  "$@" vulnzero-production service postgres-exporter
  "$@" vulnzero-production serviceaccount postgres-exporter
  "$@" vulnzero-production networkpolicy postgres
  "$@" vulnzero-production service postgres-replicas
  "$@" vulnzero-production service postgres
  "$@" vulnzero-production serviceaccount postgres
  "$@" vulnzero-production statefulset postgres
  "$@" vulnzero-production networkpolicy prometheus
  "$@" vulnzero-production service prometheus-replicas
  "$@" vulnzero-production service prometheus
  "$@" vulnzero-production serviceaccount prometheus
  "$@" vulnzero-production statefulset prometheus
  "$@" vulnzero-production deployment redis-exporter
  "$@" vulnzero-production networkpolicy redis-exporter
  "$@" vulnzero-production service redis-exporter
  "$@" vulnzero-production serviceaccount redis-exporter
  "$@" vulnzero-production networkpolicy redis
  "$@" vulnzero-production service redis-replicas
  "$@" vulnzero-production service redis
  "$@" vulnzero-production serviceaccount redis
  "$@" vulnzero-production statefulset redis
}

# The namespaces in a cluster: name, manifest.
each_cluster_namespace() {
  "$@" vulnzero-production kubernetes/production/_namespace/namespace-vulnzero-production.yaml
  "$@" vulnzero-production-agents kubernetes/production/_agents/namespace-vulnzero-production-agents.yaml
}

# The Secrets without which pods do not start, and which the operator makes: namespace, name.
each_cluster_secret() {
  "$@" vulnzero-production vulnzero-env
}

# What backs up in a cluster every day: namespace, name of its CronJob.
each_cluster_backup() {
  "$@" vulnzero-production backup-postgres-daily
}

# What brings back in a cluster what is backed up: its name, restore or recover, namespace, job, manifest, CronJob
# that backs it up, what stands still meanwhile.
each_cluster_restore() {
  "$@" postgres restore vulnzero-production restore-postgres kubernetes/production/_restore/job-restore-postgres.yaml backup-postgres-daily
}

# The manifests of what migrations read and may do.
each_cluster_setting() {
  "$@" kubernetes/production/_namespace/configmap-vulnzero-config.yaml
  "$@" kubernetes/production/_namespace/networkpolicy-default-deny.yaml
  "$@" kubernetes/production/api/networkpolicy-api.yaml
  "$@" kubernetes/production/api/serviceaccount-api.yaml
}

# What must run in a cluster before something is migrated: namespace, kind, name.
each_cluster_need() {
  "$@" vulnzero-production statefulset postgres
  "$@" vulnzero-production statefulset redis
}

# What migrates in a cluster: namespace, job, manifest.
each_cluster_migration() {
  "$@" vulnzero-production migrate-api kubernetes/production/_migrate/job-migrate-api.yaml
}

# What goes back in a cluster where a deployment has changed it: namespace, kind, name.
each_cluster_program() {
  "$@" vulnzero-production deployment aggregator
  "$@" vulnzero-production deployment api
  "$@" vulnzero-production statefulset celery-beat
  "$@" vulnzero-production deployment celery-worker
  "$@" vulnzero-production deployment celery-worker-exporter
  "$@" vulnzero-production-agents daemonset node-exporter
  "$@" vulnzero-production deployment postgres-exporter
  "$@" vulnzero-production deployment redis-exporter
}
