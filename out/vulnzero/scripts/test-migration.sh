#!/usr/bin/env bash
# Compiled by Formwork from ../../blueprints/vulnzero.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

# SC2310: a function here tells by its status whether it worked, and none relies on `set -e` within.
# shellcheck source-path=SCRIPTDIR disable=SC2310

set -euo pipefail
# shellcheck source=shared/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/shared/common.sh"

RESET=false
IN_PRODUCTION=false
STEP=''
WANTED=''
DONE=0

usage() {
  cat <<'END'
Tries the migrations of an environment: the newest step must lead up, down and up again.

Usage: test-migration.sh ENVIRONMENT [OPTIONS]

      --service NAME   the migrations of this service; those of all when left out
      --reset          take every step back and bring all up again: ALL DATA IS LOST, and that is asked first; in
                       production somebody must type it, whatever --yes says
      --in-production  even where the environment is production, whose data a step down may destroy
  -y, --yes            ask nothing
  -n, --dry-run        say what would be done, and call nothing
  -h, --help           say this

Exit status: 0 the migrations lead up and down
             1 one does not
             2 wrong arguments, nothing migrates here, or something is missing
END
}

main() {
  local environment=''
  while (($#)); do
    case $1 in
      --service)
        has_value "$1" $#
        WANTED=$2
        shift
        ;;
      --reset) RESET=true ;;
      --in-production) IN_PRODUCTION=true ;;
      -*) common_option "$1" || misused "there is no option '$1'" ;;
      *)
        [[ -z ${environment} ]] || misused "one environment at a time, not also '$1'"
        environment=$1
        ;;
    esac
    shift
  done
  load "${environment}"
  if [[ ${TIER} == production && ${IN_PRODUCTION} == false ]]; then
    die "${ENVIRONMENT} is production, whose data a step down may destroy: try it elsewhere, or say --in-production" \
      "${EX_USAGE}"
  fi
  [[ ${RESET} == false ]] || confirm_reset
  prerequisites
  confirm "a step down may destroy data of ${ENVIRONMENT}" "${ENVIRONMENT}"
  start_needed || die 'what migrations talk to could not be started' "${EX_USAGE}"
  step upgrade 'bringing the tables up to date'
  ((DONE > 0)) || die "nothing migrates ${WANTED:-in ${ENVIRONMENT}}" "${EX_USAGE}"
  step check 'checking that they are'
  step downgrade 'taking the newest step back'
  step upgrade 'bringing it up again'
  step check 'checking that they are as before'
  if [[ ${RESET} == true ]]; then
    step reset 'taking every step back'
    step upgrade 'bringing all up again'
    step check 'checking that they are'
  fi
  log 'the migrations lead up and down'
}

# Before anything is started: nobody loses the data of production by a word in a script.
confirm_reset() {
  local words="lose all data of ${ENVIRONMENT}" assumed=${ASSUME_YES}
  if [[ ${TIER} == production && ${DRY_RUN} == false ]]; then
    [[ -t 0 ]] || die "--reset in production is asked for at a terminal, whatever --yes says" "${EX_USAGE}"
    assumed=false
  fi
  ASSUME_YES=${assumed} confirm "ALL DATA of ${ENVIRONMENT} that migrations made room for IS LOST" "${words}"
}

prerequisites() {
  if [[ ${DRY_RUN} == true ]]; then
    return 0
  fi
  need docker
  docker info >/dev/null || die 'the container engine does not answer' "${EX_USAGE}"
  [[ -z ${ENV_FILE} || -f ${ROOT}/${ENV_FILE} ]] || die "${ROOT}/${ENV_FILE} is missing" "${EX_USAGE}"
  compose config --quiet || die "Docker Compose does not take ${COMPOSE_FILE}" "${EX_USAGE}"
}

# Makes a step with every service that has it. step STEP WHAT_IT_IS
step() {
  STEP=$1
  log "$2"
  each_migration one_step
}

# one_step SERVICE STEP COMMAND...
one_step() {
  local service=$1 step=$2
  shift 2
  [[ ${step} == "${STEP}" && (-z ${WANTED} || ${WANTED} == "${service}") ]] || return 0
  DONE=$((DONE + 1))
  beside "${service}" "$@" ||
    die "${service}: $* failed; the tables are as this step left them"
}

main "$@"
