#!/usr/bin/env bash
# shellcheck disable=SC2153,SC2154,SC2310,SC2311,SC2312
# Compiled by Formwork from ../../blueprints/vulnzero.yaml.
# Do not edit: change the blueprint, then run `formwork build`.
#
# Backs up and restores where the tools are: in the container `backup`, and in the jobs of a cluster.
set -Eeuo pipefail
shopt -s inherit_errexit
umask 077

: "${BACKUP_LIB:=/opt/formwork/lib}" "${BACKUP_JOBS:=/opt/formwork/backup}"
# shellcheck source=/dev/null
. "${BACKUP_LIB}/messages.sh"
# shellcheck source=/dev/null
. "${BACKUP_LIB}/backup.sh"
# shellcheck source=/dev/null
. "${BACKUP_LIB}/remote.sh"
# shellcheck source=/dev/null
. "${BACKUP_LIB}/restore.sh"
# shellcheck source=/dev/null
. "${BACKUP_LIB}/archive.sh"

usage() {
  cat <<'END'
Usage: job.sh run NAME SERIES [--dry-run] [--without-buckets]
                                         makes one, copies it, removes old ones
       job.sh list [NAME]                      what there is, here and in the buckets
       job.sh status [NAME]                    how old the newest are; 1 where one is too old
       job.sh verify NAME [FILE]               reads one back; the newest of each series, if none
                                         is named
       job.sh restore NAME [CHOICE] [--yes] [--dry-run] [--without-safety-backup] [--without-buckets]
       job.sh recover NAME --time TIME --into FOLDER [--yes] [--dry-run] [--without-buckets]
       job.sh archive NAME                     keeps what the database writes; does not end
       job.sh serve                            runs all of them when they are due; does not end

CHOICE is --file FILE, or --date DATE for the newest that is not younger; left out, the newest of all.
TIME is any moment, such as '2026-01-31 12:00:00+00', or latest.
--without-buckets does with what lies here, where no bucket answers, and copies nothing there.

Ends with 0 when all went well, 1 when something failed, 2 when the words make no sense, 3 when another backup or
restore is under way, 4 when a backup is damaged, 5 when it did not get into a bucket, 6 when nobody said yes.
END
}

# Reads how a store is backed up.
store() {
  local file=${BACKUP_JOBS}/jobs/$1.sh
  if [[ ! $1 =~ ^[a-z][a-z0-9-]*$ || ! -r ${file} ]]; then
    die "nothing is backed up under the name $1: there are $(stores | paste -s -d ' ')" "${BACKUP_USAGE}"
  fi
  # shellcheck source=/dev/null
  . "${file}"
}

# The names of all stores.
stores() {
  find "${BACKUP_JOBS}/jobs" -name '*.sh' -printf '%f\n' | sed 's/\.sh$//' | sort
}

# What an exporter tells of a run: metrics SERIES SUCCESS STARTED SIZE.
metrics() {
  local labels file started=$3
  [[ -d ${BACKUP_METRICS} && -w ${BACKUP_METRICS} ]] || return 0
  labels="{backup=\"${BACKUP_NAME}\",series=\"$1\"}"
  file=${BACKUP_METRICS}/${BACKUP_NAME}-$1
  if [[ $2 == 1 ]]; then
    printf '%s%s %s\n' \
      backup_last_success_timestamp_seconds "${labels}" "$(date +%s)" \
      backup_last_size_bytes "${labels}" "$4" \
      backup_last_duration_seconds "${labels}" "$(($(date +%s) - started))" >"${file}.part"
    chmod 0644 "${file}.part"
    mv -- "${file}.part" "${file}.prom"
  fi
  printf 'backup_last_run_success%s %s\n' "${labels}" "$2" >"${file}.run.part"
  chmod 0644 "${file}.run.part"
  mv -- "${file}.run.part" "${file}.run.prom"
}

run() {
  local series=$1 started
  shift
  read_options "$@"
  local_only
  if [[ ${series} == base || -z ${BACKUP_KEEP[${series}]-} ]]; then
    die "${BACKUP_NAME} has no series ${series}: there are daily and, where it is said, weekly" "${BACKUP_USAGE}"
  fi
  if [[ ${DRY} == true ]]; then
    log "would back up ${BACKUP_NAME} to ${BACKUP_ROOT}/${BACKUP_NAME}/${series}, copy it to: ${BACKUP_BUCKETS[*]-}"
    return 0
  fi
  lock
  scratch
  started=$(date +%s)
  trap 'status=$?; ((status == 0)) || metrics "${series}" 0 "${started}" 0; finish' EXIT
  SIZE=0
  one "${series}" store_dump store_verify "${BACKUP_SUFFIX}"
  if [[ ${series} == daily ]] && declare -F store_base >/dev/null; then
    one base store_base store_verify_base tar.gz
  fi
  metrics "${series}" 1 "${started}" "${SIZE}"
}

# Makes one, copies it, and only then removes old ones: one SERIES COMMAND VERIFY SUFFIX.
one() {
  make "$@"
  report "$1"
  upload "$1" "${MADE}"
  prune "$1"
  prune_remote "$1"
  SIZE=$((SIZE + $(stat -c %s -- "${MADE}")))
}

# What an exporter tells before the first run: that there was none.
first() {
  local name series
  while read -r name; do
    store "${name}"
    for series in "${!BACKUP_AGE[@]}"; do
      if [[ ! -e ${BACKUP_METRICS}/${name}-${series}.prom && -w ${BACKUP_METRICS} ]]; then
        printf 'backup_last_success_timestamp_seconds{backup="%s",series="%s"} 0\n' "${name}" "${series}" \
          >"${BACKUP_METRICS}/${name}-${series}.prom"
        chmod 0644 "${BACKUP_METRICS}/${name}-${series}.prom"
      fi
    done
  done < <(stores)
}

# How old the newest of each series is.
status_of() {
  local name series newest made age limit bad=false
  while read -r name; do
    store "${name}"
    for series in "${!BACKUP_AGE[@]}"; do
      newest=$(names "${series}" | tail -n 1)
      if [[ -z ${newest} ]]; then
        printf '%s has no %s backup\n' "${name}" "${series}"
        bad=true
        continue
      fi
      made=$(stamp_of "${newest}")
      made=$(date -u -d "${made:0:8} ${made:9:2}:${made:11:2}:${made:13:2} UTC" +%s)
      age=$(($(date +%s) - made))
      printf 'the %s backup of %s is %s hours old\n' "${series}" "${name}" "$((age / 3600))"
      limit=${BACKUP_AGE[${series}]}
      ((age <= limit)) || bad=true
    done
  done < <(if [[ -n $1 ]]; then printf '%s\n' "$1"; else stores; fi)
  [[ ${bad} == false ]] || exit 1
}

main() {
  local action=${1-} name=${2-}
  case ${action} in
    -h | --help)
      usage
      return 0
      ;;
    serve)
      first
      exec supercronic -passthrough-logs "${BACKUP_JOBS}/crontab"
      ;;
    list)
      all "${name}"
      return 0
      ;;
    status)
      status_of "${name}"
      return 0
      ;;
    run | verify | restore | recover | archive) ;;
    *)
      usage >&2
      exit "${BACKUP_USAGE}"
      ;;
  esac
  if [[ -z ${name} ]]; then
    usage >&2
    exit "${BACKUP_USAGE}"
  fi
  store "${name}"
  shift 2
  case ${action} in
    run)
      [[ $# -gt 0 && $1 != -* ]] || set -- daily "$@"
      run "$@"
      ;;
    verify) verify "$@" ;;
    restore) restore "$@" ;;
    recover) recover "$@" ;;
    *) archive ;;
  esac
}

main "$@"
