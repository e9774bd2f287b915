#!/usr/bin/env bash
# Compiled by Formwork from ../../blueprints/saas-chat.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

# SC2310: a function here tells by its status whether it worked, and none relies on `set -e` within.
# shellcheck source-path=SCRIPTDIR disable=SC2310

set -euo pipefail
# shellcheck source=shared/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/shared/common.sh"
# shellcheck source=shared/versions.sh
source "${SCRIPTS}/shared/versions.sh"

readonly EX_ROLLED_BACK=3 EX_BROKEN=4
ROLL_BACK=true
BACK_UP=true
FROM_REGISTRY=false
CHECK_ONLY=false
BLUE_GREEN=false
KEEP=5
MIN_DISK=5

usage() {
  cat <<'END'
Deploys an environment with Docker Compose: checks, backup, images, migrations, start, verification. It stops at the
first error. What does not work once it has been started is rolled back to the version before.

Usage: deploy.sh ENVIRONMENT [OPTIONS]

  -n, --dry-run     say what would be done, and call nothing
      --check       make the checks and end
      --pull        pull the images that are built otherwise, such as those that a pipeline has pushed
      --blue-green  start what has no port of its own beside the old one, which goes when the new one is healthy
      --no-rollback leave what does not work as it is
      --without-backup  make no backup first, such as where the database to be mended cannot be backed up: what the
                    deployment damages is lost then, back to the last backup that there is. That is asked first
  -y, --yes         ask nothing
      --keep N      how many versions are kept for a rollback (5); one that is deployed again counts once
      --min-disk N  how many GiB must be free for images (5)
  -h, --help        say this

Exit status: 0 deployed and verified
             1 not deployed: what ran before runs on
             2 wrong arguments, or something is missing on this machine
             3 deployed, did not work, and was rolled back: the version before runs
             4 deployed, does not work, and was not rolled back: somebody must look at it

The versions and the logs lie in .deploy/ENVIRONMENT beside the compose file; DEPLOY_STATE names another folder for
.deploy, and DEPLOY_COMMIT says the commit where git does not. VERIFY_ATTEMPTS (3) and VERIFY_PAUSE (10 seconds) say
how patient the verification is.
END
}

main() {
  local environment=''
  while (($#)); do
    case $1 in
      --check) CHECK_ONLY=true ;;
      --pull) FROM_REGISTRY=true ;;
      --blue-green) BLUE_GREEN=true ;;
      --no-rollback) ROLL_BACK=false ;;
      --without-backup) BACK_UP=false ;;
      --keep)
        has_value "$1" $#
        KEEP=$2
        shift
        ;;
      --min-disk)
        has_value "$1" $#
        MIN_DISK=$2
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
  [[ ${KEEP} =~ ^[1-9][0-9]{0,3}$ ]] || misused '--keep takes a number from 1 on'
  [[ ${MIN_DISK} =~ ^[0-9]{1,6}$ ]] || misused '--min-disk takes a number'
  load "${environment}"
  deploy
}

deploy() {
  local version='' backup=''
  if [[ ${DRY_RUN} == false ]]; then
    need docker curl tar awk flock df
    lock
    version=$(new_version)
    log_to "deploy-${version}"
  fi
  log "deploying ${SYSTEM} to ${ENVIRONMENT}"
  checks
  if [[ ${CHECK_ONLY} == true ]]; then
    log 'all checks have passed'
    return 0
  fi
  if [[ ${BACKUPS} == true && ${BACK_UP} == false ]]; then
    confirm "no backup is made: what this deployment damages in ${ENVIRONMENT} is lost, back to its last backup" \
      "${ENVIRONMENT}"
    warn 'no backup is made, and no full rollback leads to before this deployment'
  fi
  keep_what_runs
  if [[ ${BACKUPS} == true && ${BACK_UP} == true ]]; then
    back_up
    backup=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  fi
  images
  start_needed || die 'what migrations talk to could not be started'
  each_migration migrate
  [[ ${BLUE_GREEN} == false ]] || each_switch switch_over
  log 'starting'
  if run "${COMPOSE[@]}" up --detach --wait --wait-timeout "${START_SECONDS}" --no-build --remove-orphans && verify; then
    finish "${version}" "${backup}"
    return 0
  fi
  take_back
}

# Whatever is found wrong here stops everything before anything is changed.
checks() {
  log 'checking'
  if [[ ${DRY_RUN} == true ]]; then
    run "${COMPOSE[@]}" config --quiet
    return 0
  fi
  docker info >/dev/null || die 'the container engine does not answer' "${EX_USAGE}"
  docker compose version >/dev/null || die 'the container engine has no Docker Compose' "${EX_USAGE}"
  [[ -z ${ENV_FILE} ]] || check_env
  each_secret check_secret
  compose config --quiet || die "Docker Compose does not take ${COMPOSE_FILE}"
  check_disk
}

check_env() {
  local file=${ROOT}/${ENV_FILE} mode
  [[ -f ${file} ]] || die "${file} is missing: run ${SCRIPTS}/generate-secrets.sh ${ENVIRONMENT}, then set what is empty"
  mode=$(stat -c %a -- "${file}")
  [[ ${mode} == *00 ]] || warn "${file} has mode ${mode}: others can read it; run chmod 600"
  if command -v formwork >/dev/null && [[ -f ${ROOT}/${BLUEPRINT} ]]; then
    formwork env check "${file}" "${ROOT}/${BLUEPRINT}" --env "${ENVIRONMENT}" --out "${ROOT}" ||
      die "${file} is not as the blueprint asks"
  else
    log 'formwork or the blueprint is not here: whether the values make sense is left unchecked'
  fi
}

check_secret() {
  [[ -s ${ROOT}/$1 ]] || die "${ROOT}/$1 is missing or empty: run ${SCRIPTS}/generate-secrets.sh ${ENVIRONMENT}"
}

check_disk() {
  local folder free
  folder=$(docker info --format '{{.DockerRootDir}}') || folder=''
  [[ -d ${folder} ]] || folder=${ROOT}
  free=$(df -Pk -- "${folder}" | awk 'NR == 2 { print int($4 / 1048576) }')
  ((free >= MIN_DISK)) || die "${folder} has ${free} GiB free, and images need ${MIN_DISK} (--min-disk)"
}

# What runs and was never recorded, such as what was started by hand, can be gone back to as well.
keep_what_runs() {
  local current running
  if [[ ${DRY_RUN} == true ]]; then
    return 0
  fi
  current=$(current_version)
  [[ -z ${current} ]] || return 0
  running=$(compose ps --quiet) || die 'it cannot be told what runs'
  [[ -n ${running} ]] || return 0
  log 'recording what runs now'
  local name
  name=$(new_version)
  record_version "${name}" '' || die 'what runs now could not be recorded: nothing is changed'
}

back_up() {
  local running=yes
  if [[ ${DRY_RUN} == false ]]; then
    running=$(compose ps --quiet) || die 'it cannot be told what runs'
  fi
  if [[ -z ${running} ]]; then
    log 'nothing runs yet: there is nothing to back up'
    return 0
  fi
  log 'backing up'
  each_backup back_up_store
}

# back_up_store STORE SERIES SECONDS
back_up_store() {
  [[ $2 == daily ]] || return 0
  backup_job run "$1" daily || die "the backup of $1 failed: nothing is changed"
}

images() {
  log 'getting images'
  if [[ ${FROM_REGISTRY} == true ]]; then
    run "${COMPOSE[@]}" pull || die 'an image could not be pulled: what ran before runs on'
    return 0
  fi
  run "${COMPOSE[@]}" pull --ignore-buildable || die 'an image could not be pulled: what ran before runs on'
  run "${COMPOSE[@]}" build || die 'an image could not be built: what ran before runs on'
}

# migrate SERVICE STEP COMMAND...
migrate() {
  local service=$1 step=$2
  shift 2
  [[ ${step} == upgrade ]] || return 0
  log "migrating the database of ${service}"
  beside "${service}" "$@" ||
    die "the migration of ${service} failed: what ran before runs on, perhaps with a half of it; see its message above"
}

# Starts as many of the new version as there are of the old one, beside them; the old ones go once the new ones are
# healthy. The edge looks names up while it runs, and so finds both (Wowu/docker-rollout:README.md does likewise).
# switch_over SERVICE REPLICAS
switch_over() {
  local service=$1 replicas=$2 before all one
  if [[ ${DRY_RUN} == true ]]; then
    run "${COMPOSE[@]}" up --detach --wait --no-build --no-deps --no-recreate --scale "${service}=$((2 * replicas))" "${service}"
    return 0
  fi
  before=$(compose ps --quiet "${service}") || die 'it cannot be told what runs'
  # What does not run yet has nothing to be put beside.
  [[ -n ${before} ]] || return 0
  log "starting the new ${service} beside the old one"
  mapfile -t before <<<"${before}"
  if compose up --detach --wait --wait-timeout "${START_SECONDS}" --no-build --no-deps --no-recreate \
    --scale "${service}=$((2 * replicas))" "${service}"; then
    docker stop "${before[@]}" >/dev/null || die "the old ${service} could not be stopped" "${EX_BROKEN}"
    docker rm "${before[@]}" >/dev/null || die "the old ${service} could not be removed" "${EX_BROKEN}"
    return 0
  fi
  all=$(compose ps --all --quiet "${service}") || all=''
  while IFS= read -r one; do
    if [[ -n ${one} && " ${before[*]} " != *" ${one} "* ]]; then
      docker rm --force "${one}" >/dev/null || warn "${one} could not be removed"
    fi
  done <<<"${all}"
  die "the new ${service} is not healthy: the old one runs on"
}

# Once it runs, it is asked for everything that a client would ask for.
verify() {
  log 'verifying'
  if [[ ${DRY_RUN} == true ]]; then
    run "${SCRIPTS}/health-check.sh" "${ENVIRONMENT}" --only containers,endpoints,routes,data
    run "${SCRIPTS}/smoke-test.sh" "${ENVIRONMENT}"
    return 0
  fi
  local attempts=${VERIFY_ATTEMPTS:-3} pause=${VERIFY_PAUSE:-10}
  retry "${attempts}" "${pause}" \
    "${SCRIPTS}/health-check.sh" "${ENVIRONMENT}" --only containers,endpoints,routes,data || return
  retry "${attempts}" "${pause}" "${SCRIPTS}/smoke-test.sh" "${ENVIRONMENT}"
}

# finish VERSION BACKUP
finish() {
  if [[ ${DRY_RUN} == true ]]; then
    log 'nothing was called'
    return 0
  fi
  record_version "$1" "$2" || die 'it works, but could not be recorded: it cannot be rolled back to' "${EX_BROKEN}"
  forget_versions "${KEEP}"
  log "version $1 runs"
}

take_back() {
  local before
  before=$(current_version)
  compose ps || true
  if [[ ${ROLL_BACK} == false ]]; then
    die 'it does not work, and is left as it is (--no-rollback)' "${EX_BROKEN}"
  fi
  [[ -n ${before} ]] || die 'it does not work, and there is no version before to go back to' "${EX_BROKEN}"
  warn "it does not work: going back to ${before}"
  if "${SCRIPTS}/rollback.sh" "${ENVIRONMENT}" --to "${before}" --yes; then
    die "it did not work and was rolled back: ${before} runs" "${EX_ROLLED_BACK}"
  fi
  die "it does not work, and neither does ${before}: see the log" "${EX_BROKEN}"
}

main "$@"
