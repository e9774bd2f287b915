# shellcheck shell=bash disable=SC2034,SC2154,SC2312
# Compiled by Formwork from ../../blueprints/saas-chat.yaml.
# Do not edit: change the blueprint, then run `formwork build`.
#
# How postgres (PostgreSQL, a relational database) is backed up, checked and restored.
BACKUP_NAME=postgres
BACKUP_SUFFIX=tar
BACKUP_ENCRYPT=true
BACKUP_RTO=7200
BACKUP_BUCKETS=(backups)
# Seconds that one of each series is kept.
declare -gA BACKUP_KEEP=([daily]=2592000 [base]=2592000)
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
  local list name owner count=0
  list=$(psql --no-psqlrc --no-password --tuples-only --no-align --field-separator=$'\t' --set=ON_ERROR_STOP=1 --command="
    SELECT datname, pg_get_userbyid(datdba) FROM pg_database
    WHERE NOT datistemplate AND (datname <> 'postgres' OR datname = current_database()) ORDER BY datname")
  mkdir -- "$1.parts"
  while IFS=$'\t' read -r name owner; do
    count=$((count + 1))
    PGDATABASE=${name} pg_dump --no-password --format=custom --compress=6 --file="$1.parts/${count}.dump"
    printf '%s\t%s\t%s\n' "${count}" "${name}" "${owner}" >>"$1.parts/list"
  done <<<"${list}"
  tar --create --file="$1" --directory="$1.parts" .
  rm -rf -- "$1.parts"
}

# Reads $1 back, without a server.
store_verify() {
  local list number
  list=$(tar --extract --to-stdout --file="$1" ./list)
  while IFS=$'\t' read -r number _; do
    tar --extract --to-stdout --file="$1" "./${number}.dump" | {
      pg_restore --file=/dev/null
      cat >/dev/null
    }
  done <<<"${list}"
}

# Puts what $1 holds in the place of what is live.
store_restore() {
  local list number name owner new old lives close='' swap='' drop='' now
  now=$(date -u +%s)
  list=$(tar --extract --to-stdout --file="$1" ./list)
  lives=$(psql --no-psqlrc --no-password --tuples-only --no-align --dbname=template1 --command='SELECT datname FROM pg_database')
  # Whatever happens, what is half done goes, and what is live can be reached again. Not local: the trap outlives the function.
  fresh=() closed=''
  PGOPTIONS=--client-min-messages=warning
  export PGOPTIONS
  trap 'for one in "${fresh[@]}"; do dropdb --no-password --if-exists --force --maintenance-db=template1 "${one}"; done
    psql --no-psqlrc --no-password --quiet --dbname=template1 <<<"${closed}"' EXIT
  # shellcheck disable=SC2329
  identifier() {
    printf '"%s"' "${1//\"/\"\"}"
  }
  while IFS=$'\t' read -r number name owner; do
    new=${name:0:36}_new_${number}_${now} old=${name:0:36}_old_${number}_${now}
    fresh+=("${new}")
    createdb --no-password --maintenance-db=template1 --template=template0 --owner="${owner}" "${new}"
    tar --extract --to-stdout --file="$1" "./${number}.dump" | {
      pg_restore --no-password --exit-on-error --dbname="${new}"
      cat >/dev/null
    }
    if [[ ${name} != "${PGDATABASE}" ]]; then
      swap+="REVOKE ALL ON DATABASE $(identifier "${new}") FROM PUBLIC;"
    fi
    if grep -qxF -- "${name}" <<<"${lives}"; then
      close+="ALTER DATABASE $(identifier "${name}") ALLOW_CONNECTIONS false;
        SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '${name//\'/\'\'}';"
      closed+="ALTER DATABASE $(identifier "${name}") ALLOW_CONNECTIONS true;"
      swap+="ALTER DATABASE $(identifier "${name}") RENAME TO $(identifier "${old}");"
      drop+="DROP DATABASE IF EXISTS $(identifier "${old}");"
    fi
    swap+="ALTER DATABASE $(identifier "${new}") RENAME TO $(identifier "${name}");"
  done <<<"${list}"
  psql --no-psqlrc --no-password --quiet --dbname=template1 --output=/dev/null --set=ON_ERROR_STOP=1 \
    <<<"${close} BEGIN; ${swap} COMMIT; ${drop}"
}

# Says what is there, to whoever is let in.
store_check() {
  psql --no-psqlrc --no-password --tuples-only --no-align --set=ON_ERROR_STOP=1 --command="
    SELECT count(*) || ' tables, ' || pg_size_pretty(pg_database_size(current_database()))
    FROM pg_class WHERE relkind = 'r' AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')"
}

# Writes a base backup to $1.
store_base() {
  pg_basebackup --no-password --pgdata=- --format=tar --wal-method=none --checkpoint=fast | gzip >"$1"
}

# Reads the base backup $1 back.
store_verify_base() {
  gzip --test "$1"
  tar --list --gzip --file="$1" | grep --line-regexp backup_manifest >/dev/null
}

# Writes to the folder $1 what the server writes.
store_receive() {
  pg_receivewal --no-password --slot=formwork --create-slot --if-not-exists
  exec pg_receivewal --no-password --slot=formwork --directory="$1" --synchronous --no-loop
}

# Of the names that it reads, writes those that the base backup $1 needs.
store_needs() {
  local first name
  first=$(tar --extract --gzip --to-stdout --occurrence=1 --file="$1" backup_label |
    sed -n 's/^START WAL LOCATION: .*(file \([0-9A-F]\{24\}\))$/\1/p')
  [[ -n ${first} ]]
  while read -r name; do
    if [[ ${name} =~ ^[0-9A-F]{8}\.history ]] || [[ ${name} =~ ^[0-9A-F]{24}(\.|$) &&
      ! ${name:0:8} < ${first:0:8} && ! ${name:8:16} < ${first:8:16} ]]; then
      printf '%s\n' "${name}"
    fi
  done
}

# Puts the folder $3 together as it was at the moment $4: base backup $1, archive $2; what was there goes to $5.
store_recover() {
  local name file first
  # Whatever happens, the volume is not left fuller than it was. Not local: the trap outlives the function.
  beside=$3.new packed=$(dirname -- "$3")/recovery-archive
  trap 'rm -rf -- "${beside}" "${packed}"' EXIT
  rm -rf -- "${beside}" "${packed}"
  mkdir -m 0700 -- "${beside}" "${packed}"
  tar --extract --gzip --file="$1" --directory="${beside}"
  pg_verifybackup --no-parse-wal --exit-on-error --quiet "${beside}"
  first=$(sed -n 's/^START WAL LOCATION: .*(file \([0-9A-F]\{24\}\))$/\1/p' "${beside}/backup_label")
  mkdir -p "$2/.before"
  find "$2/.before" "$2" -maxdepth 1 -type f -printf '%f\n' | sort -u | store_needs "$1" >"${WORK}/names"
  while read -r name; do
    file=$2/${name}
    [[ -e ${file} ]] || file=$2/.before/${name}
    case ${name} in
      *.gz) cp -- "${file}" "${packed}/${name}" ;;
      # Not whole yet, so that another of that name goes before it.
      *.partial) [[ -e ${packed}/${name%.partial}.gz ]] || gzip --to-stdout -- "${file}" >"${packed}/${name%.partial}.gz" ;;
      *) gzip --to-stdout -- "${file}" >"${packed}/${name}.gz" ;;
    esac
  done <"${WORK}/names"
  if [[ ! -e ${packed}/${first}.gz ]]; then
    log "the archive does not have ${first}, with which the base backup begins: neither here nor in a bucket"
    return 1
  fi
  touch "${beside}/recovery.signal"
  # An earlier recovery has left its own.
  sed --in-place --regexp-extended '/^(restore_command|recovery_[a-z_]+) *=/d' "${beside}/postgresql.auto.conf"
  printf '%s\n' "restore_command = 'test -f ../recovery-archive/%f.gz || exit 1; gzip -dc ../recovery-archive/%f.gz >%p || exit 255'" \
    "recovery_end_command = 'rm -rf ../recovery-archive'" >>"${beside}/postgresql.auto.conf"
  if [[ $4 != latest ]]; then
    printf "recovery_target_time = '%s'\nrecovery_target_action = 'promote'\n" "$4" >>"${beside}/postgresql.auto.conf"
  fi
  trap - EXIT
  if [[ -e $3 ]]; then
    mv -- "$3" "$5"
  fi
  mv -- "${beside}" "$3"
  find "$2" -maxdepth 1 -type f ! -name '.*' -exec mv -t "$2/.before" -- {} +
}
