# Compiled by Formwork from ../../blueprints/sira.yaml.
# Do not edit: change the blueprint, then run `formwork build`.
#
# What the scripts know of staging. It is sourced and never run. Each function calls a command once for each
# thing of a kind; what it is called with first is passed on in front.
#
# SC2034: the scripts that source this read it. SC2016: what runs in a container is expanded there.
# shellcheck shell=bash disable=SC2034,SC2016

SYSTEM=sira
ENVIRONMENT=staging
TIER=staging
# The project of Docker Compose, its file, and the file that the operator fills in; empty where nothing is asked.
PROJECT=sira-staging
COMPOSE_FILE=docker-compose.staging.yml
ENV_FILE=.env.staging
BLUEPRINT=../../blueprints/sira.yaml
# How long the start may take: what waits for each other longest, by their health checks.
START_SECONDS=650
# Whether anything is backed up.
BACKUPS=true
# The service that backs up and restores, and the program in its container.
BACKUP_SERVICE=backup
BACKUP_JOB=/opt/formwork/backup/job.sh
# The namespaces in a cluster, the system's own first.
NAMESPACES=(sira-staging sira-staging-agents)

# The profiles that run.
each_profile() {
  :
}

# What runs: name, role, how many, whether it has a health check (health or none),
# whether it ends (once or stays).
each_service() {
  "$@" backend application 1 health stays
  "$@" db database 1 health stays
  "$@" frontend application 1 health stays
  "$@" backup backup 1 health stays
  "$@" nginx edge 1 health stays
  "$@" certbot certificates 1 health stays
  "$@" volume-owner preparation 1 none once
}

# What is backed up: name, service that keeps it, service that keeps its archive, its volume, that of the
# archive, the folder on the volume, the user it belongs to; - for what there is not.
each_store() {
  "$@" db db - - - - -
}

# The compiled files and folders that containers read.
each_file() {
  "$@" alertmanager/staging/alertmanager.yml
  "$@" backup/staging
  "$@" certbot/staging/renew.sh
  "$@" grafana/staging/dashboards
  "$@" grafana/staging/datasources
  "$@" grafana/staging/provider.yml
  "$@" nginx/staging/conf.d
  "$@" nginx/staging/hooks/10-certificates.sh
  "$@" nginx/staging/nginx.conf
  "$@" nginx/staging/snippets
  "$@" prometheus/staging/prometheus.yml
  "$@" prometheus/staging/rules
  "$@" scripts/lib
}

# The files that hold what containers read as files.
each_secret() {
  "$@" secrets/staging/postgres_password
  "$@" secrets/staging/redis_password
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
  "$@" endpoints backend live '' curl --fail --silent --show-error --output /dev/null http://127.0.0.1:8000/health/live
  "$@" endpoints backend ready '' curl --fail --silent --show-error --output /dev/null http://127.0.0.1:8000/health/ready
  "$@" data db ready '' sh -ec 'PGPASSWORD="$(cat "$POSTGRES_PASSWORD_FILE")" psql -X -q -A -t -w -o /dev/null -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "select 1"'
  "$@" endpoints frontend ready '' wget -q -O /dev/null http://127.0.0.1:3000/api/health
  "$@" data backup live '' sh -ec 'grep -qs supercronic /proc/[0-9]*/comm'
  "$@" endpoints nginx ready '' curl -fsS -o /dev/null http://127.0.0.1:8080/healthz
}

# What is routed: host, HTTPS port, HTTP port, address on this machine, path, service that answers.
each_route() {
  "$@" api.staging.yourdomain.com 443 80 127.0.0.1 / backend
  "$@" api.staging.yourdomain.com 443 80 127.0.0.1 /docs backend
  "$@" staging.yourdomain.com 443 80 127.0.0.1 / frontend
  "$@" staging.yourdomain.com 443 80 127.0.0.1 /_next/static/ frontend
}

# What can run beside itself, with no port of its own on the machine: service, how many.
each_switch() {
  "$@" backend 1
  "$@" frontend 1
}

# The images: service, image, whether it is built or pulled.
each_image() {
  "$@" backend ghcr.io/example/sira-backend:1.4.2-staging built
  "$@" db docker.io/library/postgres:17.11-bookworm pulled
  "$@" frontend ghcr.io/example/sira-frontend:1.4.2-staging built
  "$@" backup ghcr.io/example/sira-backup:1.4.2-staging built
  "$@" nginx docker.io/library/nginx:1.30.5-trixie pulled
  "$@" certbot docker.io/certbot/certbot:v5.8.0 pulled
  "$@" volume-owner docker.io/library/busybox:1.37.0 pulled
}

# What a cluster must have: namespace, kind, name.
each_object() {
  "$@" sira-staging gateway sira
  "$@" sira-staging networkpolicy acme-solver
  "$@" sira-staging networkpolicy default-deny
  "$@" sira-staging deployment backend
  "$@" sira-staging networkpolicy backend
  "$@" sira-staging persistentvolumeclaim logs
  "$@" sira-staging persistentvolumeclaim uploads
  "$@" sira-staging service backend
  "$@" sira-staging serviceaccount backend
  "$@" sira-staging networkpolicy backup
  "$@" sira-staging persistentvolumeclaim backup-data
  "$@" sira-staging serviceaccount backup
  "$@" sira-staging networkpolicy db
  "$@" sira-staging service db-replicas
  "$@" sira-staging service db
  "$@" sira-staging serviceaccount db
  "$@" sira-staging statefulset db
  "$@" sira-staging deployment frontend
  "$@" sira-staging networkpolicy frontend
  "$@" sira-staging service frontend
  "$@" sira-staging serviceaccount frontend
}

# The namespaces in a cluster: name, manifest.
each_cluster_namespace() {
  "$@" sira-staging kubernetes/staging/_namespace/namespace-sira-staging.yaml
  "$@" sira-staging-agents kubernetes/staging/components/monitoring/_agents/namespace-sira-staging-agents.yaml
}

# The Secrets without which pods do not start, and which the operator makes: namespace, name.
each_cluster_secret() {
  "$@" sira-staging sira-env
}

# What backs up in a cluster every day: namespace, name of its CronJob.
each_cluster_backup() {
  "$@" sira-staging backup-db-daily
}

# What brings back in a cluster what is backed up: its name, restore or recover, namespace, job, manifest, CronJob
# that backs it up, what stands still meanwhile.
each_cluster_restore() {
  "$@" db restore sira-staging restore-db kubernetes/staging/_restore/job-restore-db.yaml backup-db-daily
}

# The manifests of what migrations read and may do.
each_cluster_setting() {
  "$@" kubernetes/staging/_namespace/configmap-sira-config.yaml
  "$@" kubernetes/staging/_namespace/networkpolicy-acme-solver.yaml
  "$@" kubernetes/staging/_namespace/networkpolicy-default-deny.yaml
  "$@" kubernetes/staging/backend/networkpolicy-backend.yaml
  "$@" kubernetes/staging/backend/serviceaccount-backend.yaml
}

# What must run in a cluster before something is migrated: namespace, kind, name.
each_cluster_need() {
  "$@" sira-staging statefulset db
}

# What migrates in a cluster: namespace, job, manifest.
each_cluster_migration() {
  "$@" sira-staging migrate-backend kubernetes/staging/_migrate/job-migrate-backend.yaml
}

# What goes back in a cluster where a deployment has changed it: namespace, kind, name.
each_cluster_program() {
  "$@" sira-staging deployment backend
  "$@" sira-staging deployment frontend
}
