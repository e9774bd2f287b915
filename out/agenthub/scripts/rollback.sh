#!/usr/bin/env bash
# Compiled by Formwork from ../../blueprints/agenthub.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

# SC2310: a function here tells by its status whether it worked, and none relies on `set -e` within.
# shellcheck source-path=SCRIPTDIR disable=SC2310

set -euo pipefail
# shellcheck source=shared/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/shared/common.sh"
# shellcheck source=shared/versions.sh
source "${SCRIPTS}/shared/versions.sh"

MODE=quick
TARGET=''
LIST=false
BEFORE=''

usage() {
  cat <<'END'
Goes back to a version that was deployed before: its images, its compose file and the files that its containers read.

Usage: rollback.sh ENVIRONMENT [OPTIONS]

      --list     list the versions; the one that runs has a star
      --to NAME  go back to this version; to the one before the current when left out
      --quick    containers only; databases stay as they are (the default)
      --full     restore what is backed up too, as it was before the version after this one was deployed; what
                 writes to it is stopped first
  -y, --yes      ask nothing
  -n, --dry-run  say what would be done, and call nothing
  -h, --help     say this

A quick rollback undoes no migration: the older program must understand the newer tables, or the rollback be full.
A full rollback loses what was written since that backup.

Exit status: 0 the older version runs and answers
             1 it could not be brought up, or does not answer
             2 wrong arguments, no such version, or something is missing on this machine
END
}

main() {
  local environment=''
  while (($#)); do
    case $1 in
      --list) LIST=true ;;
      --quick) MODE=quick ;;
      --full) MODE=full ;;
      --to)
        has_value "$1" $#
        TARGET=$2
        shift
        ;;
      -*) common_option "$1" || misused "there is no option '$1'" ;;
      *)
        [[ -z ${environment} ]] || misused "one environment at a time, not also '$1'"
        environment=$1
        ;;
    esac
    shift
  done
  load "${environment}"
  if [[ ${LIST} == true ]]; then
    list
    return 0
  fi
  choose
  roll_back
}

list() {
  local names name current mark commit
  names=$(version_names)
  current=$(current_version)
  [[ -n ${names} ]] || die "no version of ${ENVIRONMENT} was recorded in ${STATE}" "${EX_USAGE}"
  while IFS= read -r name; do
    mark=' '
    [[ ${name} != "${current}" ]] || mark='*'
    commit=$(version_info "${name}" commit)
    printf '%s %s  commit %s\n' "${mark}" "${name}" "${commit}"
    awk -F '\t' '{ printf "    %s: %s\n", $1, $2 }' "${STATE}/versions/${name}/images"
  done <<<"${names}"
}

choose() {
  local names
  if [[ -z ${TARGET} ]]; then
    TARGET=$(previous_version)
    [[ -n ${TARGET} ]] || die "there is no version before the current one in ${STATE}" "${EX_USAGE}"
  fi
  names=$(version_names)
  grep -qxF -e "${TARGET}" <<<"${names}" ||
    die "there is no version '${TARGET}'; --list shows those that there are" "${EX_USAGE}"
  if [[ ${MODE} == full && ${BACKUPS} == false ]]; then
    die "${ENVIRONMENT} has no backups: only a quick rollback is possible" "${EX_USAGE}"
  fi
  [[ ${MODE} == quick ]] || choose_backup
}

# The data as they were when the version was replaced: the backup that was made before the next one.
choose_backup() {
  local next
  next=$(version_names | awk -v target="${TARGET}" '$0 > target' | head -n 1)
  [[ -n ${next} ]] || die "${TARGET} is the newest version: no backup was made after it" "${EX_USAGE}"
  BEFORE=$(version_info "${next}" backup)
  [[ -n ${BEFORE} ]] || die "no backup was made before ${next} was deployed" "${EX_USAGE}"
}

# What writes to what is restored would write the newer version's data into it: it stands still until the older version
# is started.
stop_writers() {
  WRITERS=()
  each_writer add_writer
  ((${#WRITERS[@]})) || return 0
  log 'stopping what writes'
  run "${COMPOSE[@]}" stop "${WRITERS[@]}" || die "${WRITERS[*]} could not be stopped: no data are changed"
}

add_writer() {
  WRITERS+=("$1")
}

# restore_store STORE KEEPER ARCHIVE VOLUME...
restore_store() {
  local line
  printf -v line '%s\t' "$@"
  STAYS_STOPPED=true
  put_back "${line%$'\t'}" --date "${BEFORE}" --yes ||
    die "$1 could not be restored: see above. What writes stands still: a quick rollback, or a deployment, starts it"
}

roll_back() {
  local consequence='the containers are replaced'
  [[ ${MODE} == quick ]] || consequence='the containers are replaced, and what was written since its backup is lost'
  confirm "${ENVIRONMENT} goes back to ${TARGET}: ${consequence}" "${ENVIRONMENT}"
  if [[ ${DRY_RUN} == false ]]; then
    need docker tar awk flock
    lock
    log_to "rollback-${TARGET}"
  fi
  # As long as the files name all that runs.
  [[ ${MODE} == quick ]] || stop_writers
  if [[ ${DRY_RUN} == false ]]; then
    use_version "${TARGET}"
  else
    use_files "${STATE}/versions/${TARGET}/files" "${COMPOSE_FILE}" "${STATE}/versions/${TARGET}/images.json"
  fi
  log "going back to ${TARGET}"
  if [[ ${MODE} == full ]]; then
    log "restoring what was backed up as of ${BEFORE}"
    each_store restore_store
  fi
  run "${COMPOSE[@]}" up --detach --wait --wait-timeout "${START_SECONDS}" --no-build --remove-orphans ||
    die "${TARGET} could not be started: see 'docker compose logs' of ${PROJECT}"
  if [[ ${DRY_RUN} == true ]]; then
    log 'nothing was called'
    return 0
  fi
  mark_current "${TARGET}"
  local attempts=${VERIFY_ATTEMPTS:-3} pause=${VERIFY_PAUSE:-10}
  retry "${attempts}" "${pause}" \
    "${SCRIPTS}/health-check.sh" "${ENVIRONMENT}" --only containers,endpoints,routes,data ||
    die "${TARGET} runs, and does not answer as it should"
  log "${TARGET} runs"
}

main "$@"
