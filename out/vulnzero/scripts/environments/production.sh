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

# The profiles that run.
each_profile() {
  :
}

# What runs: name, role, how many, whether it has a health check (health or none),
# whether it ends (once or stays).
each_service() {
  "$@" postgres database 1 health stays
  "$@" redis cache 1 health stays
  "$@" api application 1 health stays
  "$@" aggregator application 1 health stays
  "$@" celery-worker application 2 health stays
  "$@" celery-beat application 1 health stays
  "$@" prometheus metrics 1 health stays
  "$@" alertmanager alerts 1 health stays
  "$@" grafana dashboards 1 health stays
  "$@" celery-worker-exporter exporter 1 health stays
  "$@" backup backup 1 health stays
  "$@" node-exporter host-agent 1 health stays
  "$@" postgres-exporter exporter 1 health stays
  "$@" redis-exporter exporter 1 health stays
  "$@" backup-exporter exporter 1 health stays
  "$@" volume-owner preparation 1 none once
}

# What is backed up: name, service that keeps it, service that keeps its archive, its volume, that of the
# archive, the folder on the volume, the user it belongs to; - for what there is not.
each_backup() {
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
  "$@" secrets/production/database_password
  "$@" secrets/production/redis_password
  "$@" secrets/production/grafana_admin_password
  "$@" secrets/production/grafana_secret_key
  "$@" secrets/production/ssl_cert
  "$@" secrets/production/ssl_key
  "$@" secrets/production/ssl_ca_cert
  "$@" secrets/production/aws_access_key_id
  "$@" secrets/production/aws_secret_access_key
  "$@" secrets/production/alert_mail_password
  "$@" secrets/production/backup_passphrase
}

# What brings a database up to date: service, then the command in its container.
each_migration() {
  :
}

# How health is asked for: endpoints, data or monitoring; service; what is asked; its URL on this
# machine, or empty; then the command inside a container.
each_probe() {
  "$@" data postgres ready '' sh -ec 'PGPASSWORD="$(cat "$POSTGRES_PASSWORD_FILE")" psql -X -q -A -t -w -o /dev/null -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "select 1"'
  "$@" data redis ready '' sh -ec 'REDISCLI_AUTH="$(cat "$1")" redis-cli -h 127.0.0.1 -p "$2" ping | grep -qx PONG' health /run/secrets/redis_password 6379
  "$@" endpoints api live http://127.0.0.1:8000/health/live python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:8000/health/live'\'')'
  "$@" endpoints api ready http://127.0.0.1:8000/health/ready python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:8000/health/ready'\'')'
  "$@" endpoints api details http://127.0.0.1:8000/health python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:8000/health'\'')'
  "$@" endpoints aggregator live http://127.0.0.1:8010/health/live python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:8000/health/live'\'')'
  "$@" endpoints aggregator ready http://127.0.0.1:8010/health/ready python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:8000/health/ready'\'')'
  "$@" endpoints aggregator details http://127.0.0.1:8010/health python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:8000/health'\'')'
  "$@" endpoints celery-worker ready '' sh -ec 'exec celery --app "$0" inspect ping --timeout 10 --destination "celery@$HOSTNAME"' tasks.app
  "$@" endpoints celery-beat live '' python -c 'import os, sys, time; sys.exit(time.time() - max(file.stat().st_mtime for file in os.scandir("/var/lib/celery")) > 300)'
  "$@" monitoring prometheus live http://127.0.0.1:9090/-/healthy wget -q -O /dev/null http://127.0.0.1:9090/-/healthy
  "$@" monitoring prometheus ready http://127.0.0.1:9090/-/ready wget -q -O /dev/null http://127.0.0.1:9090/-/ready
  "$@" monitoring alertmanager live http://127.0.0.1:9093/-/healthy wget -q -O /dev/null http://127.0.0.1:9093/-/healthy
  "$@" monitoring alertmanager ready http://127.0.0.1:9093/-/ready wget -q -O /dev/null http://127.0.0.1:9093/-/ready
  "$@" monitoring grafana ready http://127.0.0.1:3000/api/health curl --fail --silent --show-error --output /dev/null http://127.0.0.1:3000/api/health
  "$@" monitoring celery-worker-exporter live '' python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:9808/'\'')'
  "$@" monitoring celery-worker-exporter ready '' python -c 'import urllib.request; urllib.request.urlopen('\''http://127.0.0.1:9808/health'\'')'
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
