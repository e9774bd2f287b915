#!/usr/bin/env bash
# Compiled by Formwork from ../../blueprints/sira.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

# SC2310: a function here tells by its status whether it worked, and none relies on `set -e` within.
# shellcheck source-path=SCRIPTDIR disable=SC2310

set -euo pipefail
# shellcheck source=shared/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/shared/common.sh"
# shellcheck source=shared/backups.sh
source "${SCRIPTS}/shared/backups.sh"

# The option that says what is restored.
CHOICE=''
# The option that says to do without buckets, where it is given.
BUCKETS=()

usage() {
  cat <<'END'
Restores what was backed up. What is there is backed up first, and stays until all of the other is there.

Usage: restore.sh ENVIRONMENT --list
       restore.sh ENVIRONMENT NAME [--file FILE | --date DATE | --time TIME] [OPTIONS]
       restore.sh ENVIRONMENT --before DATE [OPTIONS]

  -l, --list        say what there is, here and in buckets
  -f, --file FILE   restore this one
  -d, --date DATE   restore the newest that is not younger: 2026-01-31, or 2026-01-31T12:00:00Z
  -t, --time TIME   go back to any moment, where an archive is kept: '2026-01-31 12:00:00+00', or latest
      --before DATE as --date, of everything that is backed up

      --without-safety-backup  do not back up first what is there: there is nothing left to save; with --time
                        what is there stays beside what is restored anyway
      --without-buckets  do with what lies here, where no bucket answers; what is backed up stays here too
  -y, --yes         do not ask
  -n, --dry-run     say what would be done, and call nothing
  -h, --help        say this

Without a choice the newest is restored.

Exit status: 0 restored
             1 not restored: what to do is said
             2 wrong arguments, or something is missing on this machine
             3 a backup or a restore is under way
             4 the backup is damaged; nothing was changed
             5 restored to a moment, and no backup could be made after it
             6 not confirmed; nothing was changed
END
}

main() {
  local environment='' name='' choice=() moment='' all=false list=false more=()
  while (($#)); do
    case $1 in
      -l | --list) list=true ;;
      -f | --file | -d | --date)
        has_value "$1" $#
        chosen "$1"
        choice=("$1" "$2")
        shift
        ;;
      --before)
        has_value "$1" $#
        chosen "$1"
        choice=(--date "$2")
        all=true
        shift
        ;;
      -t | --time)
        has_value "$1" $#
        chosen "$1"
        moment=$2
        shift
        ;;
      --without-safety-backup) more+=("$1") ;;
      --without-buckets)
        more+=("$1")
        BUCKETS=("$1")
        ;;
      -*) common_option "$1" || misused "there is no option '$1'" ;;
      *)
        if [[ -z ${environment} ]]; then
          environment=$1
        else
          [[ -z ${name} ]] || misused "one thing at a time, not also '$1'"
          name=$1
        fi
        ;;
    esac
    shift
  done
  load "${environment}"
  [[ ${all} == false || -z ${name} ]] || misused "--before is about everything, not '${name}': say --date"
  [[ ${list} == false || -z ${CHOICE} ]] || misused "--list restores nothing, and takes no ${CHOICE}"
  choose_store "${name}"
  [[ ${DRY_RUN} == true ]] || need docker
  if [[ ${list} == true ]]; then
    backup_job list ${name:+"${name}"}
    return 0
  fi
  if [[ ${all} == false && -z ${name} ]]; then
    misused 'name what is restored, or a date for everything with --before'
  fi
  confirm "what ${name:-everything that is backed up} holds in ${ENVIRONMENT} is replaced" "${ENVIRONMENT}"
  local line status
  for line in "${STORES[@]}"; do
    if [[ -n ${moment} ]]; then
      recover "${line}" "${moment}"
    else
      status=0
      put_back "${line}" "${choice[@]}" "${more[@]}" --yes || status=$?
      ((status == 0)) || not_restored "${line%%$'\t'*} was not restored" "${status}"
    fi
  done
}

# Only one word can say what is restored. chosen OPTION
chosen() {
  [[ -z ${CHOICE} ]] || misused "either ${CHOICE} or $1: only one says what is restored"
  CHOICE=$1
}

# Ends with the status of the job, where that is one of ours: the container engine has others. not_restored MESSAGE STATUS
not_restored() {
  case $2 in
    "${EX_USAGE}" | 3 | 4 | 6) die "$1" "$2" ;;
    *) die "$1" ;;
  esac
}

# Puts a database together as it was at a moment. The server and its archive stand still meanwhile.
recover() {
  local name keeper archive volume data folder user status=0
  IFS=$'\t' read -r name keeper archive volume data folder user <<<"$1"
  [[ ${archive} != - ]] || misused "${name} keeps no archive: only its backups can be restored"
  run "${COMPOSE[@]}" stop "${archive}" "${keeper}" || die "${keeper} could not be stopped: nothing is changed"
  run "${COMPOSE[@]}" run --rm --no-deps -T --user "${user}" --volume "${volume}:/restore" --volume "${data}:/archive" \
    "${BACKUP_SERVICE}" "${BACKUP_JOB}" recover "${name}" --time "$2" --into "/restore/${folder}" --yes "${BUCKETS[@]}" || status=$?
  if ((status != 0)); then
    run "${COMPOSE[@]}" up --detach --wait "${keeper}" "${archive}" ||
      warn "${keeper} does not start: see 'docker compose logs ${keeper}'"
    not_restored "${name} was not recovered" "${status}"
  fi
  run "${COMPOSE[@]}" up --detach --wait "${keeper}" "${archive}" ||
    die "${keeper} does not start: see its log; what was there lies beside ${folder} on the volume ${volume}"
  log "${name} is as it was at $2; making a backup from which it can be recovered again"
  backup_job run "${name}" daily "${BUCKETS[@]}" || die "${name} is restored, but not backed up: make a backup" 5
}

main "$@"
