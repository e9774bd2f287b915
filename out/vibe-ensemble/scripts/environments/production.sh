# Compiled by Formwork from ../../blueprints/vibe-ensemble.yaml.
# Do not edit: change the blueprint, then run `formwork build`.
#
# What the scripts know of production. It is sourced and never run. Each function calls a command once for each
# thing of a kind; what it is called with first is passed on in front.
#
# SC2034: the scripts that source this read it. SC2016: what runs in a container is expanded there.
# shellcheck shell=bash disable=SC2034,SC2016

SYSTEM=vibe-ensemble
ENVIRONMENT=production
TIER=production
# The project of Docker Compose, its file, and the file that the operator fills in; empty where nothing is asked.
PROJECT=vibe-ensemble
COMPOSE_FILE=docker-compose.prod.yml
ENV_FILE=.env.production
BLUEPRINT=../../blueprints/vibe-ensemble.yaml
# How long the start may take: what waits for each other longest, by their health checks.
START_SECONDS=550
# Whether anything is backed up.
BACKUPS=true
# The service that backs up and restores, and the program in its container.
BACKUP_SERVICE=backup
BACKUP_JOB=/opt/formwork/backup/job.sh
# The namespaces in a cluster, the system's own first.
NAMESPACES=(vibe-ensemble-production vibe-ensemble-production-agents)

# The profiles that run.
each_profile() {
  :
}

# What runs: name, role, how many, whether it has a health check (health or none),
# whether it ends (once or stays).
each_service() {
  "$@" db database 1 health stays
  "$@" grafana dashboards 1 health stays
  "$@" prometheus metrics 1 health stays
  "$@" vibe-ensemble application 1 health stays
  "$@" backup backup 1 health stays
  "$@" db-archive archive 1 health stays
  "$@" nginx edge 1 health stays
  "$@" certbot certificates 1 health stays
  "$@" alertmanager alerts 1 health stays
  "$@" node-exporter host-agent 1 health stays
  "$@" cadvisor host-agent 1 health stays
  "$@" blackbox-exporter exporter 1 health stays
  "$@" db-exporter exporter 1 health stays
  "$@" backup-exporter exporter 1 health stays
  "$@" nginx-exporter exporter 1 none stays
  "$@" volume-owner preparation 1 none once
}

# What is backed up: name, service that keeps it, service that keeps its archive, its volume, that of the
# archive, the folder on the volume, the user it belongs to; - for what there is not.
each_store() {
  "$@" db db db-archive vibe-ensemble_db-data vibe-ensemble_db-archive-data pgdata 999:999
}

# The compiled files and folders that containers read.
each_file() {
  "$@" alertmanager/production/alertmanager.yml
  "$@" backup/production
  "$@" blackbox-exporter/production/config.yml
  "$@" certbot/production/renew.sh
  "$@" grafana/production/dashboards
  "$@" grafana/production/datasources
  "$@" grafana/production/provider.yml
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
  "$@" secrets/production/alert_mail_password
  "$@" secrets/production/backup_passphrase
  "$@" secrets/production/backup_s3_access_key
  "$@" secrets/production/backup_s3_secret_key
  "$@" secrets/production/database_password
  "$@" secrets/production/grafana_admin_password
  "$@" secrets/production/grafana_secret_key
  "$@" secrets/production/pagerduty_routing_key
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
  "$@" db daily 91800
  "$@" db weekly 610200
}

# The buckets that it is copied to: store, bucket.
each_copy() {
  "$@" db s3
}

# What keeps what is written between two backups: store, service, the seconds that the newest part is old at
# most where something is written, those after which it is too old, whether buckets have it (copied or here).
each_archive() {
  "$@" db db-archive 1260 91800 copied
}

# What writes to what is backed up.
each_writer() {
  "$@" vibe-ensemble
}

# How health is asked for: endpoints, data or monitoring; service; what is asked; its URL on this
# machine, or empty; then the command inside a container.
each_probe() {
  "$@" data db ready '' sh -ec 'PGPASSWORD="$(cat "$POSTGRES_PASSWORD_FILE")" psql -X -q -A -t -w -o /dev/null -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "select 1"'
  "$@" monitoring grafana ready http://127.0.0.1:3000/api/health curl --fail --silent --show-error --output /dev/null http://127.0.0.1:3000/api/health
  "$@" monitoring prometheus live http://127.0.0.1:9090/-/healthy wget -q -O /dev/null http://127.0.0.1:9090/-/healthy
  "$@" monitoring prometheus ready http://127.0.0.1:9090/-/ready wget -q -O /dev/null http://127.0.0.1:9090/-/ready
  "$@" endpoints vibe-ensemble live '' wget -q -O /dev/null http://127.0.0.1:8080/health/live
  "$@" endpoints vibe-ensemble ready '' wget -q -O /dev/null http://127.0.0.1:8080/health/ready
  "$@" data backup live '' sh -ec 'grep -qs supercronic /proc/[0-9]*/comm'
  "$@" data db-archive live '' sh -ec 'test -n "$(find /tmp/archive.alive -mmin -5)"'
  "$@" endpoints nginx ready '' curl -fsS -o /dev/null http://127.0.0.1:8080/healthz
  "$@" monitoring alertmanager live '' wget -q -O /dev/null http://127.0.0.1:9093/-/healthy
  "$@" monitoring alertmanager ready '' wget -q -O /dev/null http://127.0.0.1:9093/-/ready
  "$@" monitoring node-exporter live '' wget -q -O /dev/null http://127.0.0.1:9100/
  "$@" monitoring cadvisor live '' wget -q -O /dev/null http://127.0.0.1:8080/healthz
  "$@" monitoring blackbox-exporter live '' wget -q -O /dev/null http://127.0.0.1:9115/-/healthy
  "$@" monitoring db-exporter live '' wget -q -O /dev/null http://127.0.0.1:9187/
  "$@" monitoring backup-exporter live '' wget -q -O /dev/null http://127.0.0.1:9100/
}

# What is routed: host, HTTPS port, HTTP port, address on this machine, path, service that answers.
each_route() {
  "$@" api.ensemble.yourdomain.com 443 80 127.0.0.1 / vibe-ensemble
  "$@" ensemble.yourdomain.com 443 80 127.0.0.1 / vibe-ensemble
  "$@" ensemble.yourdomain.com 443 80 127.0.0.1 /ws vibe-ensemble
}

# What can run beside itself, with no port of its own on the machine: service, how many.
each_switch() {
  "$@" vibe-ensemble 1
}

# The images: service, image, whether it is built or pulled.
each_image() {
  "$@" db docker.io/library/postgres:17.11-bookworm pulled
  "$@" grafana docker.io/grafana/grafana:13.2.3 pulled
  "$@" prometheus docker.io/prom/prometheus:v3.13.4 pulled
  "$@" vibe-ensemble ghcr.io/example/vibe-ensemble:0.5.0 built
  "$@" backup ghcr.io/example/vibe-ensemble-backup:0.5.0 built
  "$@" db-archive ghcr.io/example/vibe-ensemble-backup:0.5.0 built
  "$@" nginx docker.io/library/nginx:1.30.5-trixie pulled
  "$@" certbot docker.io/certbot/certbot:v5.8.0 pulled
  "$@" alertmanager docker.io/prom/alertmanager:v0.34.1 pulled
  "$@" node-exporter docker.io/prom/node-exporter:v1.12.1 pulled
  "$@" cadvisor ghcr.io/google/cadvisor:v0.60.6 pulled
  "$@" blackbox-exporter docker.io/prom/blackbox-exporter:v0.29.0 pulled
  "$@" db-exporter quay.io/prometheuscommunity/postgres-exporter:v0.20.1 pulled
  "$@" backup-exporter docker.io/prom/node-exporter:v1.12.1 pulled
  "$@" nginx-exporter docker.io/nginx/nginx-prometheus-exporter:1.5.1 pulled
  "$@" volume-owner docker.io/library/busybox:1.37.0 pulled
}

# What a cluster must have: namespace, kind, name.
each_object() {
  "$@" vibe-ensemble-production-agents networkpolicy default-deny
  "$@" vibe-ensemble-production gateway vibe-ensemble
  "$@" vibe-ensemble-production networkpolicy acme-solver
  "$@" vibe-ensemble-production networkpolicy default-deny
  "$@" vibe-ensemble-production alertmanagerconfig vibe-ensemble
  "$@" vibe-ensemble-production networkpolicy backup
  "$@" vibe-ensemble-production persistentvolumeclaim backup-data
  "$@" vibe-ensemble-production serviceaccount backup
  "$@" vibe-ensemble-production deployment blackbox-exporter
  "$@" vibe-ensemble-production networkpolicy blackbox-exporter
  "$@" vibe-ensemble-production service blackbox-exporter
  "$@" vibe-ensemble-production serviceaccount blackbox-exporter
  "$@" vibe-ensemble-production networkpolicy db-archive
  "$@" vibe-ensemble-production service db-archive-replicas
  "$@" vibe-ensemble-production serviceaccount db-archive
  "$@" vibe-ensemble-production statefulset db-archive
  "$@" vibe-ensemble-production deployment db-exporter
  "$@" vibe-ensemble-production networkpolicy db-exporter
  "$@" vibe-ensemble-production service db-exporter
  "$@" vibe-ensemble-production serviceaccount db-exporter
  "$@" vibe-ensemble-production networkpolicy db
  "$@" vibe-ensemble-production service db-replicas
  "$@" vibe-ensemble-production service db
  "$@" vibe-ensemble-production serviceaccount db
  "$@" vibe-ensemble-production statefulset db
  "$@" vibe-ensemble-production networkpolicy grafana
  "$@" vibe-ensemble-production service grafana-replicas
  "$@" vibe-ensemble-production service grafana
  "$@" vibe-ensemble-production serviceaccount grafana
  "$@" vibe-ensemble-production statefulset grafana
  "$@" vibe-ensemble-production deployment kube-state-metrics
  "$@" vibe-ensemble-production networkpolicy kube-state-metrics
  "$@" vibe-ensemble-production service kube-state-metrics
  "$@" vibe-ensemble-production serviceaccount kube-state-metrics
  "$@" vibe-ensemble-production-agents daemonset node-exporter
  "$@" vibe-ensemble-production-agents networkpolicy node-exporter
  "$@" vibe-ensemble-production-agents service node-exporter
  "$@" vibe-ensemble-production-agents serviceaccount node-exporter
  "$@" vibe-ensemble-production apiservice v1beta1.external.metrics.k8s.io
  "$@" vibe-ensemble-production deployment prometheus-adapter
  "$@" vibe-ensemble-production networkpolicy prometheus-adapter
  "$@" vibe-ensemble-production service prometheus-adapter
  "$@" vibe-ensemble-production serviceaccount prometheus-adapter
  "$@" vibe-ensemble-production probe blackbox-exporter-probe
  "$@" vibe-ensemble-production prometheusrule vibe-ensemble
  "$@" vibe-ensemble-production service prometheus
  "$@" vibe-ensemble-production servicemonitor blackbox-exporter
  "$@" vibe-ensemble-production servicemonitor db-exporter
  "$@" vibe-ensemble-production servicemonitor grafana
  "$@" vibe-ensemble-production servicemonitor kube-state-metrics
  "$@" vibe-ensemble-production servicemonitor node-exporter
  "$@" vibe-ensemble-production servicemonitor vibe-ensemble
  "$@" vibe-ensemble-production deployment vibe-ensemble
  "$@" vibe-ensemble-production horizontalpodautoscaler vibe-ensemble
  "$@" vibe-ensemble-production networkpolicy vibe-ensemble
  "$@" vibe-ensemble-production service vibe-ensemble-replicas
  "$@" vibe-ensemble-production service vibe-ensemble
  "$@" vibe-ensemble-production serviceaccount vibe-ensemble
}

# The namespaces in a cluster: name, manifest.
each_cluster_namespace() {
  "$@" vibe-ensemble-production kubernetes/production/_namespace/namespace-vibe-ensemble-production.yaml
  "$@" vibe-ensemble-production-agents kubernetes/production/_agents/namespace-vibe-ensemble-production-agents.yaml
}

# The Secrets without which pods do not start, and which the operator makes: namespace, name.
each_cluster_secret() {
  :
}

# What backs up in a cluster every day: namespace, name of its CronJob.
each_cluster_backup() {
  "$@" vibe-ensemble-production backup-db-daily
}

# What brings back in a cluster what is backed up: its name, restore or recover, namespace, job, manifest, CronJob
# that backs it up, what stands still meanwhile.
each_cluster_restore() {
  "$@" db restore vibe-ensemble-production restore-db kubernetes/production/_restore/job-restore-db.yaml backup-db-daily
  "$@" db recover vibe-ensemble-production recover-db kubernetes/production/_restore/job-recover-db.yaml backup-db-daily db db-archive
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
  "$@" vibe-ensemble-production deployment vibe-ensemble
  "$@" vibe-ensemble-production-agents daemonset node-exporter
  "$@" vibe-ensemble-production deployment kube-state-metrics
  "$@" vibe-ensemble-production deployment blackbox-exporter
  "$@" vibe-ensemble-production deployment prometheus-adapter
  "$@" vibe-ensemble-production deployment db-exporter
}
