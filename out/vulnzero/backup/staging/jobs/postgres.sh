# shellcheck shell=bash disable=SC2034,SC2154,SC2312
# Compiled by Formwork from ../../blueprints/vulnzero.yaml.
# Do not edit: change the blueprint, then run `formwork build`.
#
# How postgres is backed up: PostgreSQL, a relational database
BACKUP_NAME=postgres
BACKUP_SUFFIX=dump
BACKUP_ENCRYPT=true
BACKUP_RTO=0
BACKUP_BUCKETS=(s3)
# Seconds that one of each series is kept.
declare -gA BACKUP_KEEP=([daily]=604800)
# Seconds after which the newest of each series is too old.
declare -gA BACKUP_AGE=([daily]=91800)
# Where what is written between two backups lies.
: "${BACKUP_ARCHIVE:=/archive}"

store_prepare() {
  PGHOST=${BACKUP_POSTGRES_PGHOST-}
  PGPORT=${BACKUP_POSTGRES_PGPORT-}
  PGUSER=${BACKUP_POSTGRES_PGUSER-}
  PGDATABASE=${BACKUP_POSTGRES_PGDATABASE-}
  PASSWORD_FILE=${BACKUP_POSTGRES_PASSWORD_FILE-}
  PGPASSWORD=$(cat -- "${PASSWORD_FILE}")
  PGCONNECT_TIMEOUT=10
  export PGHOST PGPORT PGUSER PGDATABASE PGPASSWORD PGCONNECT_TIMEOUT
}

# Writes everything to $1.
store_dump() {
  pg_dump --no-password --format=custom --compress=6 --file="$1"
}

# Reads $1 back, without a server.
store_verify() {
  pg_restore --list "$1" >/dev/null
  pg_restore --file=/dev/null "$1"
}

# Puts what $1 holds in the place of what is live.
store_restore() {
  local old
  # Not local: the trap below outlives the function.
  fresh=${PGDATABASE:0:40}_new_$(date -u +%s)
  old=${PGDATABASE:0:40}_old_$(date -u +%s)
  # Whatever happens, what is half done goes, and what is live can be reached again.
  PGOPTIONS=--client-min-messages=warning
  export PGOPTIONS
  trap 'dropdb --no-password --if-exists --force --maintenance-db=template1 "${fresh}"
    psql --no-psqlrc --no-password --quiet --dbname=template1 \
      --command="ALTER DATABASE \"${PGDATABASE}\" ALLOW_CONNECTIONS true"' EXIT
  createdb --no-password --maintenance-db=template1 --template=template0 "${fresh}"
  pg_restore --no-password --exit-on-error --dbname="${fresh}" "$1"
  psql --no-psqlrc --no-password --quiet --dbname=template1 --output=/dev/null \
    --set=ON_ERROR_STOP=1 --set=live="${PGDATABASE}" --set=fresh="${fresh}" --set=old="${old}" <<<"
      SELECT EXISTS (SELECT FROM pg_database WHERE datname = :'live') AS lives \gset
      \if :lives
      ALTER DATABASE :\"live\" ALLOW_CONNECTIONS false;
      SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = :'live';
      \endif
      BEGIN;
      \if :lives
      ALTER DATABASE :\"live\" RENAME TO :\"old\";
      \endif
      ALTER DATABASE :\"fresh\" RENAME TO :\"live\";
      COMMIT;
      DROP DATABASE IF EXISTS :\"old\";"
}

# Says what is there, to whoever is let in.
store_check() {
  psql --no-psqlrc --no-password --tuples-only --no-align --set=ON_ERROR_STOP=1 --command="
    SELECT count(*) || ' tables, ' || pg_size_pretty(pg_database_size(current_database()))
    FROM pg_class WHERE relkind = 'r' AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')"
}
