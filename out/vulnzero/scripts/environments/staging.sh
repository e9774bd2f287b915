# Compiled by Formwork from ../../blueprints/vulnzero.yaml.
# Do not edit: change the blueprint, then run `formwork build`.
#
# What the scripts know of staging. It is sourced and never run. Each function calls a command once for each
# thing of a kind; what it is called with first is passed on in front.
#
# SC2034: the scripts that source this read it. SC2016: what runs in a container is expanded there.
# shellcheck shell=bash disable=SC2034,SC2016

SYSTEM=vulnzero
ENVIRONMENT=staging
TIER=staging
# The project of Docker Compose, its file, and the file that the operator fills in; empty where nothing is asked.
PROJECT=vulnzero-staging
COMPOSE_FILE=docker-compose.staging.yml
ENV_FILE=.env.staging
BLUEPRINT=../../blueprints/vulnzero.yaml
# How long the start may take: what waits for each other longest, by their health checks.
START_SECONDS=635
# Whether anything is backed up.
BACKUPS=true
# The service that backs up and restores, and the program in its container.
BACKUP_SERVICE=backup
BACKUP_JOB=/opt/formwork/backup/job.sh
# The namespaces in a cluster, the system's own first.
NAMESPACES=(vulnzero-staging vulnzero-staging-agents)

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
  "$@" celery-worker application 1 health stays
  "$@" celery-worker-exporter exporter 1 health stays
  "$@" flower platform 1 health stays
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
  "$@" alertmanager/staging/alertmanager.yml
  "$@" backup/staging
  "$@" flower/staging/flowerconfig.py
  "$@" grafana/staging/dashboards
  "$@" grafana/staging/datasources
  "$@" grafana/staging/provider.yml
  "$@" prometheus/staging/prometheus.yml
  "$@" prometheus/staging/rules
  "$@" scripts/lib
}

# The files that hold what containers read as files.
each_secret() {
  "$@" secrets/staging/alert_mail_password
  "$@" secrets/staging/aws_access_key_id
  "$@" secrets/staging/aws_secret_access_key
  "$@" secrets/staging/backup_passphrase
  "$@" secrets/staging/database_password
  "$@" secrets/staging/flower_password
  "$@" secrets/staging/grafana_admin_password
  "$@" secrets/staging/grafana_secret_key
  "$@" secrets/staging/redis_password
  "$@" secrets/staging/ssl_ca_cert
  "$@" secrets/staging/ssl_cert
  "$@" secrets/staging/ssl_key
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
  "$@" endpoints aggregator live http://127.0.0.1:8011/health/live python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:8000/health/live'\'')'
  "$@" endpoints aggregator ready http://127.0.0.1:8011/health/ready python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:8000/health/ready'\'')'
  "$@" endpoints aggregator details http://127.0.0.1:8011/health python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:8000/health'\'')'
  "$@" monitoring alertmanager live http://127.0.0.1:9094/-/healthy wget -q -O /dev/null http://127.0.0.1:9093/-/healthy
  "$@" monitoring alertmanager ready http://127.0.0.1:9094/-/ready wget -q -O /dev/null http://127.0.0.1:9093/-/ready
  "$@" endpoints api live http://127.0.0.1:8001/health/live python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:8000/health/live'\'')'
  "$@" endpoints api ready http://127.0.0.1:8001/health/ready python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:8000/health/ready'\'')'
  "$@" endpoints api details http://127.0.0.1:8001/health python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:8000/health'\'')'
  "$@" endpoints celery-beat live '' python -c 'import os, sys, time; sys.exit(time.time() - max(file.stat().st_mtime for file in os.scandir("/var/lib/celery")) > 300)'
  "$@" endpoints celery-worker ready '' sh -ec 'exec celery --app "$0" inspect ping --timeout 10 --destination "celery@$HOSTNAME"' tasks.app
  "$@" monitoring celery-worker-exporter live '' python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:9808/'\'')'
  "$@" monitoring celery-worker-exporter ready '' python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:9808/health'\'')'
  "$@" endpoints flower live http://127.0.0.1:5556/healthcheck wget -q -O /dev/null http://127.0.0.1:5555/healthcheck
  "$@" monitoring grafana ready http://127.0.0.1:3001/api/health curl --fail --silent --show-error --output /dev/null http://127.0.0.1:3000/api/health
  "$@" data postgres ready '' sh -ec 'PGPASSWORD="$(cat "$POSTGRES_PASSWORD_FILE")" psql -X -q -A -t -w -o /dev/null -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "select 1"'
  "$@" monitoring prometheus live http://127.0.0.1:9091/-/healthy wget -q -O /dev/null http://127.0.0.1:9090/-/healthy
  "$@" monitoring prometheus ready http://127.0.0.1:9091/-/ready wget -q -O /dev/null http://127.0.0.1:9090/-/ready
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
  "$@" celery-worker 1
}

# The images: service, image, whether it is built or pulled.
each_image() {
  "$@" aggregator ghcr.io/example/vulnzero-aggregator:2.4.0-staging built
  "$@" alertmanager docker.io/prom/alertmanager:v0.34.1 pulled
  "$@" api ghcr.io/example/vulnzero-api:2.4.0-staging built
  "$@" celery-beat ghcr.io/example/vulnzero-beat:2.4.0-staging built
  "$@" celery-worker ghcr.io/example/vulnzero-tasks:2.4.0-staging built
  "$@" celery-worker-exporter ghcr.io/danihodovic/celery-exporter:0.12.2 pulled
  "$@" flower docker.io/mher/flower:2.2.0 pulled
  "$@" grafana docker.io/grafana/grafana:13.2.3 pulled
  "$@" postgres docker.io/library/postgres:17.11-bookworm pulled
  "$@" prometheus docker.io/prom/prometheus:v3.13.4 pulled
  "$@" redis docker.io/library/redis:8.10.2-trixie pulled
  "$@" backup ghcr.io/example/vulnzero-backup:2.4.0-staging built
  "$@" node-exporter docker.io/prom/node-exporter:v1.12.1 pulled
  "$@" postgres-exporter quay.io/prometheuscommunity/postgres-exporter:v0.20.1 pulled
  "$@" redis-exporter docker.io/oliver006/redis_exporter:v1.93.0-alpine pulled
  "$@" backup-exporter docker.io/prom/node-exporter:v1.12.1 pulled
  "$@" volume-owner docker.io/library/busybox:1.37.0 pulled
}

# What a cluster must have: namespace, kind, name.
each_object() {
  "$@" vulnzero-staging-agents networkpolicy default-deny
  "$@" vulnzero-staging networkpolicy default-deny
  "$@" vulnzero-staging deployment aggregator
  "$@" vulnzero-staging networkpolicy aggregator
  "$@" vulnzero-staging service aggregator
  "$@" vulnzero-staging serviceaccount aggregator
  "$@" vulnzero-staging networkpolicy alertmanager
  "$@" vulnzero-staging service alertmanager-replicas
  "$@" vulnzero-staging service alertmanager
  "$@" vulnzero-staging serviceaccount alertmanager
  "$@" vulnzero-staging statefulset alertmanager
  "$@" vulnzero-staging deployment api
  "$@" vulnzero-staging networkpolicy api
  "$@" vulnzero-staging service api
  "$@" vulnzero-staging serviceaccount api
  "$@" vulnzero-staging networkpolicy backup
  "$@" vulnzero-staging persistentvolumeclaim backup-data
  "$@" vulnzero-staging serviceaccount backup
  "$@" vulnzero-staging networkpolicy celery-beat
  "$@" vulnzero-staging service celery-beat-replicas
  "$@" vulnzero-staging serviceaccount celery-beat
  "$@" vulnzero-staging statefulset celery-beat
  "$@" vulnzero-staging deployment celery-worker-exporter
  "$@" vulnzero-staging networkpolicy celery-worker-exporter
  "$@" vulnzero-staging service celery-worker-exporter
  "$@" vulnzero-staging serviceaccount celery-worker-exporter
  "$@" vulnzero-staging deployment celery-worker
  "$@" vulnzero-staging networkpolicy celery-worker
  "$@" vulnzero-staging serviceaccount celery-worker
  "$@" vulnzero-staging deployment flower
  "$@" vulnzero-staging networkpolicy flower
  "$@" vulnzero-staging service flower
  "$@" vulnzero-staging serviceaccount flower
  "$@" vulnzero-staging networkpolicy grafana
  "$@" vulnzero-staging service grafana-replicas
  "$@" vulnzero-staging service grafana
  "$@" vulnzero-staging serviceaccount grafana
  "$@" vulnzero-staging statefulset grafana
  "$@" vulnzero-staging-agents daemonset node-exporter
  "$@" vulnzero-staging-agents networkpolicy node-exporter
  "$@" vulnzero-staging-agents service node-exporter
  "$@" vulnzero-staging-agents serviceaccount node-exporter
  "$@" vulnzero-staging deployment postgres-exporter
  "$@" vulnzero-staging networkpolicy postgres-exporter
  "$@" vulnzero-staging service postgres-exporter
  "$@" vulnzero-staging serviceaccount postgres-exporter
  "$@" vulnzero-staging networkpolicy postgres
  "$@" vulnzero-staging service postgres-replicas
  "$@" vulnzero-staging service postgres
  "$@" vulnzero-staging serviceaccount postgres
  "$@" vulnzero-staging statefulset postgres
  "$@" vulnzero-staging networkpolicy prometheus
  "$@" vulnzero-staging service prometheus-replicas
  "$@" vulnzero-staging service prometheus
  "$@" vulnzero-staging serviceaccount prometheus
  "$@" vulnzero-staging statefulset prometheus
  "$@" vulnzero-staging deployment redis-exporter
  "$@" vulnzero-staging networkpolicy redis-exporter
  "$@" vulnzero-staging service redis-exporter
  "$@" vulnzero-staging serviceaccount redis-exporter
  "$@" vulnzero-staging networkpolicy redis
  "$@" vulnzero-staging service redis-replicas
  "$@" vulnzero-staging service redis
  "$@" vulnzero-staging serviceaccount redis
  "$@" vulnzero-staging statefulset redis
}

# The namespaces in a cluster: name, manifest.
each_cluster_namespace() {
  "$@" vulnzero-staging kubernetes/staging/_namespace/namespace-vulnzero-staging.yaml
  "$@" vulnzero-staging-agents kubernetes/staging/_agents/namespace-vulnzero-staging-agents.yaml
}

# The Secrets without which pods do not start, and which the operator makes: namespace, name.
each_cluster_secret() {
  "$@" vulnzero-staging vulnzero-env
}

# What backs up in a cluster every day: namespace, name of its CronJob.
each_cluster_backup() {
  "$@" vulnzero-staging backup-postgres-daily
}

# What brings back in a cluster what is backed up: its name, restore or recover, namespace, job, manifest, CronJob
# that backs it up, what stands still meanwhile.
each_cluster_restore() {
  "$@" postgres restore vulnzero-staging restore-postgres kubernetes/staging/_restore/job-restore-postgres.yaml backup-postgres-daily
}

# The manifests of what migrations read and may do.
each_cluster_setting() {
  "$@" kubernetes/staging/_namespace/configmap-vulnzero-config.yaml
  "$@" kubernetes/staging/_namespace/networkpolicy-default-deny.yaml
  "$@" kubernetes/staging/api/networkpolicy-api.yaml
  "$@" kubernetes/staging/api/serviceaccount-api.yaml
}

# What must run in a cluster before something is migrated: namespace, kind, name.
each_cluster_need() {
  "$@" vulnzero-staging statefulset postgres
  "$@" vulnzero-staging statefulset redis
}

# What migrates in a cluster: namespace, job, manifest.
each_cluster_migration() {
  "$@" vulnzero-staging migrate-api kubernetes/staging/_migrate/job-migrate-api.yaml
}

# What goes back in a cluster where a deployment has changed it: namespace, kind, name.
each_cluster_program() {
  "$@" vulnzero-staging deployment aggregator
  "$@" vulnzero-staging deployment api
  "$@" vulnzero-staging statefulset celery-beat
  "$@" vulnzero-staging deployment celery-worker
  "$@" vulnzero-staging deployment celery-worker-exporter
  "$@" vulnzero-staging deployment flower
  "$@" vulnzero-staging-agents daemonset node-exporter
  "$@" vulnzero-staging deployment postgres-exporter
  "$@" vulnzero-staging deployment redis-exporter
}
