# Compiled by Formwork from ../../blueprints/vibe-ensemble.yaml.
# Do not edit: change the blueprint, then run `formwork build`.
#
# What the scripts know of development. It is sourced and never run. Each function calls a command once for each
# thing of a kind; what it is called with first is passed on in front.
#
# SC2034: the scripts that source this read it. SC2016: what runs in a container is expanded there.
# shellcheck shell=bash disable=SC2034,SC2016

SYSTEM=vibe-ensemble
ENVIRONMENT=development
TIER=development
# The project of Docker Compose, its file, and the file that the operator fills in; empty where nothing is asked.
PROJECT=vibe-ensemble-dev
COMPOSE_FILE=docker-compose.dev.yml
ENV_FILE=.env.development
BLUEPRINT=../../blueprints/vibe-ensemble.yaml
# How long the start may take: what waits for each other longest, by their health checks.
START_SECONDS=985
# Whether anything is backed up.
BACKUPS=true
# The service that backs up and restores, and the program in its container.
BACKUP_SERVICE=backup
BACKUP_JOB=/opt/formwork/backup/job.sh
# The namespaces in a cluster, the system's own first.
NAMESPACES=(vibe-ensemble-development vibe-ensemble-development-agents)

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
  "$@" db db db-archive vibe-ensemble-dev_db-data vibe-ensemble-dev_db-archive-data pgdata 999:999
}

# The compiled files and folders that containers read.
each_file() {
  "$@" alertmanager/development/alertmanager.yml
  "$@" backup/development
  "$@" blackbox-exporter/development/config.yml
  "$@" grafana/development/dashboards
  "$@" grafana/development/datasources
  "$@" grafana/development/provider.yml
  "$@" nginx/development/conf.d
  "$@" nginx/development/hooks/10-certificates.sh
  "$@" nginx/development/nginx.conf
  "$@" nginx/development/snippets
  "$@" postgres/development/pg_hba.conf
  "$@" prometheus/development/prometheus.yml
  "$@" prometheus/development/rules
  "$@" scripts/lib
}

# The files that hold what containers read as files.
each_secret() {
  "$@" secrets/development/backup_passphrase
  "$@" secrets/development/backup_s3_access_key
  "$@" secrets/development/backup_s3_secret_key
  "$@" secrets/development/database_password
  "$@" secrets/development/grafana_admin_password
  "$@" secrets/development/grafana_secret_key
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
  "$@" api.dev.ensemble.yourdomain.com 443 80 127.0.0.1 / vibe-ensemble
  "$@" dev.ensemble.yourdomain.com 443 80 127.0.0.1 / vibe-ensemble
  "$@" dev.ensemble.yourdomain.com 443 80 127.0.0.1 /ws vibe-ensemble
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
  "$@" vibe-ensemble ghcr.io/example/vibe-ensemble:0.5.0-development built
  "$@" backup ghcr.io/example/vibe-ensemble-backup:0.5.0 built
  "$@" db-archive ghcr.io/example/vibe-ensemble-backup:0.5.0 built
  "$@" nginx docker.io/library/nginx:1.30.5-trixie pulled
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
  "$@" vibe-ensemble-development-agents networkpolicy default-deny
  "$@" vibe-ensemble-development ingress vibe-ensemble
  "$@" vibe-ensemble-development networkpolicy default-deny
  "$@" vibe-ensemble-development networkpolicy alertmanager
  "$@" vibe-ensemble-development service alertmanager-replicas
  "$@" vibe-ensemble-development service alertmanager
  "$@" vibe-ensemble-development serviceaccount alertmanager
  "$@" vibe-ensemble-development statefulset alertmanager
  "$@" vibe-ensemble-development networkpolicy backup
  "$@" vibe-ensemble-development persistentvolumeclaim backup-data
  "$@" vibe-ensemble-development serviceaccount backup
  "$@" vibe-ensemble-development deployment blackbox-exporter
  "$@" vibe-ensemble-development networkpolicy blackbox-exporter
  "$@" vibe-ensemble-development service blackbox-exporter
  "$@" vibe-ensemble-development serviceaccount blackbox-exporter
  "$@" vibe-ensemble-development networkpolicy db-archive
  "$@" vibe-ensemble-development service db-archive-replicas
  "$@" vibe-ensemble-development serviceaccount db-archive
  "$@" vibe-ensemble-development statefulset db-archive
  "$@" vibe-ensemble-development deployment db-exporter
  "$@" vibe-ensemble-development networkpolicy db-exporter
  "$@" vibe-ensemble-development service db-exporter
  "$@" vibe-ensemble-development serviceaccount db-exporter
  "$@" vibe-ensemble-development networkpolicy db
  "$@" vibe-ensemble-development service db-replicas
  "$@" vibe-ensemble-development service db
  "$@" vibe-ensemble-development serviceaccount db
  "$@" vibe-ensemble-development statefulset db
  "$@" vibe-ensemble-development networkpolicy grafana
  "$@" vibe-ensemble-development service grafana-replicas
  "$@" vibe-ensemble-development service grafana
  "$@" vibe-ensemble-development serviceaccount grafana
  "$@" vibe-ensemble-development statefulset grafana
  "$@" vibe-ensemble-development deployment kube-state-metrics
  "$@" vibe-ensemble-development networkpolicy kube-state-metrics
  "$@" vibe-ensemble-development service kube-state-metrics
  "$@" vibe-ensemble-development serviceaccount kube-state-metrics
  "$@" vibe-ensemble-development-agents daemonset node-exporter
  "$@" vibe-ensemble-development-agents networkpolicy node-exporter
  "$@" vibe-ensemble-development-agents service node-exporter
  "$@" vibe-ensemble-development-agents serviceaccount node-exporter
  "$@" vibe-ensemble-development networkpolicy prometheus
  "$@" vibe-ensemble-development service prometheus-replicas
  "$@" vibe-ensemble-development service prometheus
  "$@" vibe-ensemble-development serviceaccount prometheus
  "$@" vibe-ensemble-development statefulset prometheus
  "$@" vibe-ensemble-development networkpolicy vibe-ensemble
  "$@" vibe-ensemble-development service vibe-ensemble-replicas
  "$@" vibe-ensemble-development service vibe-ensemble
  "$@" vibe-ensemble-development serviceaccount vibe-ensemble
  "$@" vibe-ensemble-development statefulset vibe-ensemble
}

# The namespaces in a cluster: name, manifest.
each_cluster_namespace() {
  "$@" vibe-ensemble-development kubernetes/development/_namespace/namespace-vibe-ensemble-development.yaml
  "$@" vibe-ensemble-development-agents kubernetes/development/_agents/namespace-vibe-ensemble-development-agents.yaml
}

# The Secrets without which pods do not start, and which the operator makes: namespace, name.
each_cluster_secret() {
  "$@" vibe-ensemble-development vibe-ensemble-env
}

# What backs up in a cluster every day: namespace, name of its CronJob.
each_cluster_backup() {
  "$@" vibe-ensemble-development backup-db-daily
}

# What brings back in a cluster what is backed up: its name, restore or recover, namespace, job, manifest, CronJob
# that backs it up, what stands still meanwhile.
each_cluster_restore() {
  "$@" db restore vibe-ensemble-development restore-db kubernetes/development/_restore/job-restore-db.yaml backup-db-daily
  "$@" db recover vibe-ensemble-development recover-db kubernetes/development/_restore/job-recover-db.yaml backup-db-daily db db-archive
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
  "$@" vibe-ensemble-development statefulset vibe-ensemble
  "$@" vibe-ensemble-development-agents daemonset node-exporter
  "$@" vibe-ensemble-development deployment kube-state-metrics
  "$@" vibe-ensemble-development deployment blackbox-exporter
  "$@" vibe-ensemble-development deployment db-exporter
}
