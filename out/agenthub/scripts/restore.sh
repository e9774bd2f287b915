#!/usr/bin/env bash
# Compiled by Formwork from ../../blueprints/agenthub.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

# SC2310: a function here tells by its status whether it worked, and none relies on `set -e` within.
# shellcheck source-path=SCRIPTDIR disable=SC2310

set -euo pipefail
# shellcheck source=shared/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/shared/common.sh"
# shellcheck source=shared/backups.sh
source "${SCRIPTS}/shared/backups.sh"

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

      --without-safety-backup  do not back up first what is there: there is nothing left to save
  -y, --yes         do not ask
  -n, --dry-run     say what would be done, and call nothing
  -h, --help        say this

Without a choice the newest is restored.

Exit status: 0 restored
             1 not restored: what to do is said
             2 wrong arguments, or something is missing on this machine
             3 a backup or a restore is under way
             4 the backup is damaged; nothing was changed
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
        choice=("$1" "$2")
        shift
        ;;
      --before)
        has_value "$1" $#
        choice=(--date "$2")
        all=true
        shift
        ;;
      -t | --time)
        has_value "$1" $#
        moment=$2
        shift
        ;;
      --without-safety-backup) more+=("$1") ;;
      -*) common_option "$1" || misused "there is no option '$1'" ;;
      *)
        if [[ -z ${environment} ]]; then
          environment=$1
        else
          name=$1
        fi
        ;;
    esac
    shift
  done
  load "${environment}"
  choose_store "${name}"
  [[ ${DRY_RUN} == true ]] || need docker
  if [[ ${list} == true ]]; then
    backup_job list ${name:+"${name}"}
    return 0
  fi
  [[ -n ${name} || ${all} == true ]] || misused 'name what is restored, or a date for everything with --before'
  confirm "what ${name:-everything that is backed up} holds in ${ENVIRONMENT} is replaced" "${ENVIRONMENT}"
  local line
  for line in "${STORES[@]}"; do
    if [[ -n ${moment} ]]; then
      recover "${line}" "${moment}"
    else
      put_back "${line}" "${choice[@]}" "${more[@]}" --yes
    fi
  done
}

# Puts back what was backed up. A volume is only read by the service that backs it up: another container writes it,
# while nobody else does. put_back STORE WORD...
put_back() {
  local name keeper archive volume rest key
  IFS=$'\t' read -r name keeper archive volume rest <<<"$1"
  shift
  if [[ ${archive} != - || ${volume} == - ]]; then
    backup_job restore "${name}" "$@"
    return 0
  fi
  key=${name^^}
  run compose stop "${keeper}"
  run compose run --rm --no-deps -T --volume "${volume}:/restore" --env "BACKUP_${key//-/_}_FOLDER=/restore" \
    "${BACKUP_SERVICE}" "${BACKUP_JOB}" restore "${name}" "$@" || {
    run compose up --detach --wait "${keeper}" || warn "${keeper} does not start"
    die "${name} was not restored"
  }
  run compose up --detach --wait "${keeper}"
}

# Puts a database together as it was at a moment. The server and its archive stand still meanwhile.
recover() {
  local name keeper archive volume data folder user
  IFS=$'\t' read -r name keeper archive volume data folder user <<<"$1"
  [[ ${archive} != - ]] || misused "${name} keeps no archive: only its backups can be restored"
  run compose stop "${archive}" "${keeper}"
  if ! run compose run --rm --no-deps -T --user "${user}" --volume "${volume}:/restore" --volume "${data}:/archive" \
    "${BACKUP_SERVICE}" "${BACKUP_JOB}" recover "${name}" --time "$2" --into "/restore/${folder}" --yes; then
    run compose up --detach --wait "${keeper}" "${archive}" ||
      warn "${keeper} does not start: see 'docker compose logs ${keeper}'"
    die "${name} was not recovered"
  fi
  run compose up --detach --wait "${keeper}" "${archive}" ||
    die "${keeper} does not start: see its log; what was there lies beside ${folder} on the volume ${volume}"
  log "${name} is as it was at $2; making a backup from which it can be recovered again"
  backup_job run "${name}" daily
}

main "$@"
