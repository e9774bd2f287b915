#!/usr/bin/env bash
# Compiled by Formwork from ../../blueprints/vibe-ensemble.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

# SC2310: a function here tells by its status whether it worked, and none relies on `set -e` within.
# shellcheck source-path=SCRIPTDIR disable=SC2310

set -euo pipefail
# shellcheck source=shared/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/shared/common.sh"
# shellcheck source=shared/backups.sh
source "${SCRIPTS}/shared/backups.sh"
# shellcheck source=shared/findings.sh
source "${SCRIPTS}/shared/findings.sh"
# shellcheck source=shared/ages.sh
source "${SCRIPTS}/shared/ages.sh"

# SC2034: findings.sh reads it.
# shellcheck disable=SC2034
readonly CATEGORIES=(backups)

usage() {
  cat <<'END'
Makes backups of an environment now, beside those that are made when they are due.

Usage: backup.sh ENVIRONMENT [NAME] [SERIES] [OPTIONS]

  NAME              what is backed up; everything, if nothing is named
  SERIES            daily, which is what is meant if none is named, or weekly; archive starts anew what keeps the
                    archive of a database, which then hands over what it has not yet

      --status      say how old the newest ones are, archives among them, and whether the buckets have them; one that
                    is too old or missing makes the exit status 1
  -l, --list        say what there is, here and in buckets
  -n, --dry-run     say what would be done, and call nothing
  -h, --help        say this

Exit status: 0 all went well
             1 one failed, or could not be made because what keeps the data does not run; the others were made
             2 wrong arguments, or something is missing on this machine
             3 a backup or a restore is under way
             4 a backup cannot be read back
             5 a backup did not get into a bucket
END
}

main() {
  local environment='' name='' series='' action=make
  while (($#)); do
    case $1 in
      --status) action=status ;;
      -l | --list) action=list ;;
      -*) common_option "$1" || misused "there is no option '$1'" ;;
      *)
        if [[ -z ${environment} ]]; then
          environment=$1
        elif [[ -z ${name} ]]; then
          name=$1
        else
          [[ -z ${series} ]] || misused "one series at a time, not also '$1'"
          series=$1
        fi
        ;;
    esac
    shift
  done
  load "${environment}"
  [[ ${action} == make || -z ${series} ]] || misused "--${action} tells of every series, not of '${series}' alone"
  choose_store "${name}"
  [[ ${DRY_RUN} == true ]] || need docker
  case ${action} in
    make) make_all "${series:-daily}" ;;
    status) status ;;
    *) backup_job list ${name:+"${name}"} ;;
  esac
}

# How old the newest are of what was chosen.
status() {
  if [[ ${DRY_RUN} == true ]]; then
    plan
    return 0
  fi
  look
}

# Each is made whatever becomes of the others.
make_all() {
  local line name keeper worst=0 status
  if [[ $1 == archive ]]; then
    start_archives
    return 0
  fi
  for line in "${STORES[@]}"; do
    name=${line%%$'\t'*}
    keeper=$(cut -f 2 <<<"${line}")
    if ! runs "${keeper}"; then
      warn "${keeper} does not run: nothing of ${name} is backed up"
      ((worst != 0)) || worst=${EX_FAILED}
      continue
    fi
    status=0
    backup_job run "${name}" "$1" || status=$?
    ((status == 0)) || worst=${status}
  done
  exit "${worst}"
}

# Starts anew what keeps the archives of what was chosen.
start_archives() {
  local line archive archives=()
  for line in "${STORES[@]}"; do
    archive=$(cut -f 3 <<<"${line}")
    [[ ${archive} == - ]] || archives+=("${archive}")
  done
  ((${#archives[@]})) || misused 'there is no archive: it keeps none'
  run "${COMPOSE[@]}" up --detach --wait --no-build --no-deps --force-recreate "${archives[@]}" ||
    die "an archive does not start: see 'docker compose logs ${archives[*]}'"
}

main "$@"
