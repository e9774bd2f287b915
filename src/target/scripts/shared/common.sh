# What all scripts share: messages, confirmation, retries, the lock, and what is known of an environment. It is sourced
# and never run.
#
# SC2310: a function here tells by its status whether it worked, and none relies on `set -e` within.
# SC2034: the scripts that source this read what is set here.
# shellcheck shell=bash source-path=SCRIPTDIR disable=SC2310,SC2034

set -euo pipefail
shopt -s inherit_errexit

# Exit statuses that all scripts have in common.
readonly EX_FAILED=1 EX_USAGE=2

SCRIPTS=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
ROOT=$(dirname -- "${SCRIPTS}")
readonly SCRIPTS ROOT
PROGRAM=$(basename -- "$0")
readonly PROGRAM
SPEAKER=${PROGRAM}:
# shellcheck source=messages.sh
source "${SCRIPTS}/shared/messages.sh"

DRY_RUN=false
ASSUME_YES=false
STAYS_STOPPED=false

# Set by the file of the environment.
SYSTEM=''
ENVIRONMENT=''
TIER=''
PROJECT=''
COMPOSE_FILE=''
ENV_FILE=''
BLUEPRINT=''
START_SECONDS=0
BACKUPS=false
BACKUP_SERVICE=''
BACKUP_JOB=''
NAMESPACES=()

# Set once the environment is known.
STATE=''
COMPOSE=()

# Ends for want of an argument that makes sense. misused MESSAGE
misused() {
  die "$1 (see ${PROGRAM} --help)" "${EX_USAGE}"
}

# The value of an option, which must be there. value_of OPTION ARGUMENTS_LEFT
has_value() {
  [[ $2 -gt 1 ]] || misused "$1 takes a value"
}

# Requires programs. need PROGRAM...
need() {
  local program
  for program in "$@"; do
    command -v -- "${program}" >/dev/null || die "${program} is not installed" "${EX_USAGE}"
  done
}

# Runs a command, or only says it where nothing is to be changed. run COMMAND...
run() {
  if [[ ${DRY_RUN} == true ]]; then
    local words
    printf -v words ' %q' "$@"
    printf 'would run:%s\n' "${words}"
    return 0
  fi
  "$@"
}

# Asks before something that cannot be undone. The answer is a word, so that no key pressed by chance is one.
# confirm QUESTION WORD
confirm() {
  if [[ ${ASSUME_YES} == true || ${DRY_RUN} == true ]]; then
    return 0
  fi
  local status=0
  typed "$1." "$2" || status=$?
  case ${status} in
    0) ;;
    2) die "$1: not confirmed; say --yes where nobody can be asked" "${EX_USAGE}" ;;
    *) die 'not confirmed, nothing is changed' ;;
  esac
}

# Tries a command again until it works. retry TIMES SECONDS COMMAND...
retry() {
  local times=$1 pause=$2 attempt
  shift 2
  for ((attempt = 1; attempt <= times; attempt++)); do
    if "$@"; then
      return 0
    fi
    if ((attempt < times)); then
      log "attempt ${attempt} of ${times} failed; the next in ${pause} s"
      sleep "${pause}"
    fi
  done
  return 1
}

# One deployment or rollback at a time; what those call goes on under their lock.
lock() {
  if [[ ${DRY_RUN} == true || ${DEPLOY_LOCKED:-} == "${STATE}" ]]; then
    return 0
  fi
  mkdir -p -- "${STATE}"
  exec {LOCK}>"${STATE}/lock"
  flock -n "${LOCK}" || die "something is being deployed or rolled back: ${STATE}/lock is held"
  export DEPLOY_LOCKED=${STATE}
}

# All that is said from here on also goes to a file. log_to NAME
log_to() {
  if [[ ${DRY_RUN} == true || -n ${DEPLOY_LOGGED:-} ]]; then
    return 0
  fi
  mkdir -p -- "${STATE}/logs"
  local file="${STATE}/logs/$1.log"
  exec > >(tee -a -- "${file}" || true) 2>&1
  export DEPLOY_LOGGED=1
  log "everything is logged to ${file}"
}

# The environments that there are, one a line.
environments() {
  local file
  for file in "${SCRIPTS}"/environments/*.sh; do
    file=${file##*/}
    printf '%s\n' "${file%.sh}"
  done
}

# Reads what is known of an environment. load ENVIRONMENT
load() {
  local known
  known=$(environments)
  [[ -n $1 ]] || misused "name an environment: ${known//$'\n'/, }"
  grep -qxF -e "$1" <<<"${known}" || misused "there is no environment '$1', only ${known//$'\n'/, }"
  # shellcheck source=/dev/null
  source "${DEPLOY_FACTS:-${SCRIPTS}/environments}/$1.sh"
  STATE=${DEPLOY_STATE:-${ROOT}/.deploy}/${ENVIRONMENT}
  # They would change what the files say.
  unset COMPOSE_PROJECT_NAME COMPOSE_PROFILES
  use_files "${ROOT}" "${COMPOSE_FILE}"
}

# Chooses the files that Docker Compose reads. use_files FOLDER FILE...
use_files() {
  local folder=$1 file
  shift
  COMPOSE=(docker compose --project-name "${PROJECT}" --project-directory "${folder}")
  if [[ -n ${ENV_FILE} ]]; then
    COMPOSE+=(--env-file "${ROOT}/${ENV_FILE}")
  fi
  for file in "$@"; do
    [[ ${file} == /* ]] || file=${folder}/${file}
    COMPOSE+=(--file "${file}")
  done
  each_profile add_profile
}

add_profile() {
  COMPOSE+=(--profile "$1")
}

# Docker Compose with the files of this environment. compose ARGUMENTS...
compose() {
  "${COMPOSE[@]}" "$@"
}

# Backs up and restores where the tools are: in the container that does so by its schedule. backup_job ARGUMENTS...
backup_job() {
  local running=yes
  if [[ ${DRY_RUN} == false ]]; then
    running=$(compose ps --quiet "${BACKUP_SERVICE}") || return
  fi
  if [[ -n ${running} ]]; then
    run "${COMPOSE[@]}" exec -T "${BACKUP_SERVICE}" "${BACKUP_JOB}" "$@"
  else
    run "${COMPOSE[@]}" run --rm -T "${BACKUP_SERVICE}" "${BACKUP_JOB}" "$@"
  fi
}

# Puts back what was backed up, and gives the status of the job. A volume is only read by the service that backs it up:
# another container writes it, while nobody else does; who uses it starts again unless STAYS_STOPPED is true.
# put_back STORE WORD...
put_back() {
  local name keeper archive volume rest key status=0
  IFS=$'\t' read -r name keeper archive volume rest <<<"$1"
  shift
  if [[ ${archive} != - || ${volume} == - ]]; then
    backup_job restore "${name}" "$@"
    return
  fi
  key=${name^^}
  run "${COMPOSE[@]}" stop "${keeper}" || die "${keeper} could not be stopped: nothing is changed"
  run "${COMPOSE[@]}" run --rm --no-deps -T --volume "${volume}:/restore" --env "BACKUP_${key//-/_}_FOLDER=/restore" \
    "${BACKUP_SERVICE}" "${BACKUP_JOB}" restore "${name}" "$@" || status=$?
  if [[ ${STAYS_STOPPED} == false ]] && ! run "${COMPOSE[@]}" up --detach --wait "${keeper}"; then
    warn "${keeper} does not start: see 'docker compose logs ${keeper}'"
    ((status != 0)) || status=${EX_FAILED}
  fi
  return "${status}"
}

# Starts what migrations talk to, where it does not run, and changes nothing where it does.
start_needed() {
  NEEDED=()
  each_need add_needed
  ((${#NEEDED[@]} == 0)) ||
    run "${COMPOSE[@]}" up --detach --wait --wait-timeout "${START_SECONDS}" --no-build --no-recreate "${NEEDED[@]}"
}

add_needed() {
  NEEDED+=("$1")
}

# Runs a program of a service's image beside what runs. beside SERVICE COMMAND...
beside() {
  run "${COMPOSE[@]}" run --rm -T --no-deps "$@"
}

# Takes what all scripts understand, and fails for any other option. common_option OPTION
common_option() {
  case $1 in
    -n | --dry-run) DRY_RUN=true ;;
    -y | --yes) ASSUME_YES=true ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) return 1 ;;
  esac
}
