#!/usr/bin/env bash
# Compiled by Formwork from ../../blueprints/vibe-ensemble.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

# SC2310: a function here tells by its status whether it worked, and none relies on `set -e` within.
# shellcheck source-path=SCRIPTDIR disable=SC2310

set -euo pipefail
# shellcheck source=shared/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/shared/common.sh"
# shellcheck source=shared/jobs.sh
source "${SCRIPTS}/shared/jobs.sh"

readonly EX_ROLLED_BACK=3 EX_BROKEN=4
TIMEOUT=600
ROLL_BACK=true
BACK_UP=true
ONLY_BACK=false
FAILED=false
IMAGES=''
MANIFESTS=''
# What pods were made of before, by namespace, kind and name; and what this deployment has changed.
declare -A BEFORE=()
CHANGED=()
MISSING=()
readonly NOTE=formwork-changed

usage() {
  cat <<'END'
Deploys an environment to a cluster: makes the namespaces and the Secret where they are missing, asks the cluster whether
it takes the manifests, backs up, migrates, applies them and waits until every workload is rolled out. What does not
become ready goes back to the version before.

Usage: deploy-kubernetes.sh ENVIRONMENT [OPTIONS]

      --context NAME  the cluster, as kubectl names it; the current one when left out
      --images FILE   run these images by digest: a line for each, the image, a tab, sha256:...
      --timeout N     how many seconds a rollout may take (600)
      --no-rollback   leave what does not work as it is
      --without-backup  make no backup first, such as where the database to be mended cannot be backed up: what the
                      deployment damages is lost then, back to the last backup that there is. That is asked first
      --rollback      only go back: what the last deployment has changed, to the version before
  -y, --yes           ask nothing
  -n, --dry-run       say what would be done, and call nothing
  -h, --help          say this

What goes back is what this deployment has changed, of what a version is about: databases and the like stay. Settings
that pods read as files or variables are not taken back with them: they are in the manifests of the version before, to be
applied from there. Nor are migrations: the older program must understand the newer tables.

Exit status: 0 deployed (or, with --rollback, gone back)
             1 not deployed: what ran before runs on
             2 wrong arguments, or the cluster does not answer
             3 deployed, did not work, and was rolled back
             4 deployed, does not work, and was not rolled back: somebody must look at it
END
}

main() {
  local environment=''
  while (($#)); do
    case $1 in
      --no-rollback) ROLL_BACK=false ;;
      --rollback) ONLY_BACK=true ;;
      --without-backup) BACK_UP=false ;;
      --context)
        has_value "$1" $#
        KUBECTL+=(--context "$2")
        shift
        ;;
      --images)
        has_value "$1" $#
        IMAGES=$2
        shift
        ;;
      --timeout)
        has_value "$1" $#
        TIMEOUT=$2
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
  [[ ${TIMEOUT} =~ ^[1-9][0-9]{0,5}$ ]] || misused '--timeout takes a number from 1 on'
  [[ -z ${IMAGES} || -s ${IMAGES} ]] || misused "there is nothing in '${IMAGES}'"
  load "${environment}"
  if [[ ${DRY_RUN} == false ]]; then
    need kubectl awk
    "${KUBECTL[@]}" version --output=json >/dev/null 2>&1 || die 'the cluster does not answer' "${EX_USAGE}"
  fi
  if [[ ${ONLY_BACK} == true ]]; then
    changed_last
    go_back || die 'not everything could be taken back' "${EX_BROKEN}"
    return 0
  fi
  log "deploying ${SYSTEM} to ${ENVIRONMENT}"
  if [[ ${BACKUPS} == true && ${BACK_UP} == false ]]; then
    confirm "no backup is made: what this deployment damages in ${ENVIRONMENT} is lost, back to its last backup" \
      "${ENVIRONMENT}"
    warn 'no backup is made: what this deployment damages is lost, back to the last backup'
  fi
  prepare
  [[ ${BACK_UP} == false ]] || each_cluster_backup back_up
  migrations
  roll_out
}

# What must be there before the cluster can be asked: it refuses every object of a namespace that it does not have, even
# where nothing is to be done (kubernetes/kubernetes#83562).
prepare() {
  each_cluster_namespace make_namespace
  each_cluster_secret make_secret
  if [[ ${DRY_RUN} == false ]]; then
    MANIFESTS=$("${KUBECTL[@]}" kustomize "${ROOT}/kubernetes/${ENVIRONMENT}" | by_digest) ||
      die 'the manifests cannot be put together: nothing is changed'
  fi
  run "${KUBECTL[@]}" apply --dry-run=server --filename - <<<"${MANIFESTS}" ||
    die 'the cluster does not take the manifests: nothing is changed'
  each_cluster_program remember
}

# make_namespace NAME MANIFEST
make_namespace() {
  is_missing namespace "$1" || return 0
  log "making the namespace $1, where it is missing"
  run "${KUBECTL[@]}" apply --filename "${ROOT}/$2" || die "the namespace $1 cannot be made: nothing is changed"
}

# Pods wait for it. make_secret NAMESPACE NAME
make_secret() {
  local command secret
  printf -v command 'formwork env secret %q --env %q | kubectl apply --server-side --filename -' "${BLUEPRINT}" "${ENVIRONMENT}"
  if [[ ${DRY_RUN} == true ]]; then
    printf 'would run, where the Secret %s is missing: %s\n' "$2" "${command}"
    return 0
  fi
  is_missing --namespace "$1" secret "$2" || return 0
  if ! command -v formwork >/dev/null || [[ ! -f ${ROOT}/${ENV_FILE} || ! -f ${ROOT}/${BLUEPRINT} ]]; then
    die "the Secret $2 of $1 is missing, and nothing is deployed yet. Make it where ${ENV_FILE} is filled in: ${command}"
  fi
  log "making the Secret $2 of $1"
  secret=$(formwork env secret "${ROOT}/${BLUEPRINT}" --env "${ENVIRONMENT}") ||
    die "the Secret $2 cannot be made of ${ENV_FILE}: nothing is deployed yet"
  "${KUBECTL[@]}" apply --server-side --filename - <<<"${secret}" >/dev/null ||
    die "the Secret $2 cannot be made: nothing is deployed yet"
}

# Whether the cluster lacks something; with --dry-run it may. is_missing WHAT NAME
is_missing() {
  local found
  [[ ${DRY_RUN} == false ]] || return 0
  found=$("${KUBECTL[@]}" get "$@" --ignore-not-found --output name) || die "it cannot be told whether there is ${*: -1}"
  [[ -z ${found} ]]
}

# Puts digests behind the tags of images: what is rolled out is what was built, what is new is rolled out though its tag is
# not, and what goes back is what ran.
by_digest() {
  if [[ -z ${IMAGES} ]]; then
    cat
    return
  fi
  awk -F '\t' '
    FILENAME != "-" { digest[$1] = $2; next }
    match($0, /^ *(- )?image: /) {
      image = substr($0, RLENGTH + 1)
      gsub(/"/, "", image)
      if (image in digest) { print substr($0, 1, RLENGTH) image "@" digest[image]; next }
    }
    { print }' "${IMAGES}" -
}

template() {
  "${KUBECTL[@]}" --namespace "$1" get "$2/$3" --ignore-not-found --output 'jsonpath={.spec.template}'
}

# remember NAMESPACE KIND NAME
remember() {
  [[ ${DRY_RUN} == false ]] || return 0
  BEFORE["$1 $2 $3"]=$(template "$@") || die "it cannot be told what $2/$3 is: nothing is changed"
}

# A schedule that is not there yet has nothing to back up. back_up NAMESPACE CRONJOB
back_up() {
  local job
  if [[ ${DRY_RUN} == false ]] && is_missing --namespace "$1" cronjob "$2"; then
    log "$2 is not there yet: there is nothing to back up"
    return 0
  fi
  # Together at most 63 characters, as the controller's own names are.
  job=$2-$(date +%s)
  log "backing up: ${job}"
  run "${KUBECTL[@]}" --namespace "$1" create job "${job}" --from "cronjob/$2" ||
    die "$2 could not be started: nothing is changed"
  must_end "$1" "${job}" 'nothing is changed'
}

# Brings databases up to date with the new programs, while the old ones run.
migrations() {
  local settings=() names
  each_cluster_setting add_setting
  ((${#settings[@]})) || return 0
  run "${KUBECTL[@]}" apply "${settings[@]}" || die 'what migrations read cannot be applied: nothing is rolled out'
  each_cluster_need add_missing
  if ((${#MISSING[@]})); then
    log "starting what migrations talk to, where it is missing: ${MISSING[*]}"
    names=${MISSING[*]}
    run "${KUBECTL[@]}" apply --filename - --selector "app.kubernetes.io/name in (${names// /, })" <<<"${MANIFESTS}" ||
      die 'what migrations talk to cannot be started'
    each_cluster_need wait_for
    [[ ${FAILED} == false ]] || die 'what migrations talk to does not run: no program is rolled out'
  fi
  each_cluster_migration migrate
}

add_setting() {
  settings+=(--filename "${ROOT}/$1")
}

# add_missing NAMESPACE KIND NAME
add_missing() {
  ! is_missing --namespace "$1" "$2" "$3" || MISSING+=("$3")
}

# migrate NAMESPACE JOB MANIFEST
migrate() {
  local manifest=''
  log "migrating: $2"
  run "${KUBECTL[@]}" --namespace "$1" delete "job/$2" --ignore-not-found || die "the $2 of before cannot be removed"
  if [[ ${DRY_RUN} == false ]]; then
    manifest=$(by_digest <"${ROOT}/$3") || die "$3 cannot be read"
  fi
  run "${KUBECTL[@]}" create --filename - <<<"${manifest}" || die "$2 could not be started: no program is rolled out"
  must_end "$1" "$2" 'what ran before runs on, perhaps with a half of it'
}

roll_out() {
  run "${KUBECTL[@]}" apply --filename - <<<"${MANIFESTS}" || die 'not everything could be applied' "${EX_BROKEN}"
  each_cluster_program compare
  note "${CHANGED[@]}"
  each_object wait_for
  if [[ ${DRY_RUN} == true ]]; then
    log 'nothing was called'
    return 0
  fi
  if [[ ${FAILED} == false ]]; then
    log 'everything is rolled out'
    return 0
  fi
  if [[ ${ROLL_BACK} == false ]]; then
    die 'it does not work, and is left as it is (--no-rollback)' "${EX_BROKEN}"
  fi
  warn 'it does not work: going back'
  if go_back; then
    die 'it did not work and was rolled back' "${EX_ROLLED_BACK}"
  fi
  die 'it does not work, and could not be taken back' "${EX_BROKEN}"
}

# What is new has no version before. compare NAMESPACE KIND NAME
compare() {
  local now
  [[ ${DRY_RUN} == false && -n ${BEFORE["$1 $2 $3"]} ]] || return 0
  now=$(template "$@") || die "it cannot be told what $2/$3 has become" "${EX_BROKEN}"
  [[ ${now} == "${BEFORE["$1 $2 $3"]}" ]] || CHANGED+=("$1/$2/$3")
}

# Notes in the cluster what was changed last, for whoever goes back from elsewhere. note CHANGED...
note() {
  run "${KUBECTL[@]}" annotate namespace "${NAMESPACES[0]}" --overwrite "${NOTE}=${*:-none}" >/dev/null ||
    warn 'it could not be noted what was changed: --rollback will not know'
}

changed_last() {
  local noted
  if [[ ${DRY_RUN} == true ]]; then
    log 'what the last deployment has changed would go back'
    return 0
  fi
  noted=$("${KUBECTL[@]}" get namespace "${NAMESPACES[0]}" --output "jsonpath={.metadata.annotations.${NOTE}}") || noted=''
  [[ -n ${noted} ]] || die 'it is not known what the last deployment has changed' "${EX_BROKEN}"
  [[ ${noted} != none ]] || die 'the last deployment has changed nothing that goes back, or that is done' "${EX_BROKEN}"
  read -r -a CHANGED <<<"${noted}"
}

# wait_for NAMESPACE KIND NAME
wait_for() {
  case $2 in
    deployment | statefulset | daemonset) ;;
    *) return 0 ;;
  esac
  run "${KUBECTL[@]}" --namespace "$1" rollout status "$2/$3" --timeout "${TIMEOUT}s" || {
    warn "$2/$3 is not rolled out"
    FAILED=true
  }
}

go_back() {
  local one
  FAILED=false
  for one in "${CHANGED[@]}"; do
    take_back "${one%%/*}" "${one#*/}" || FAILED=true
  done
  # Twice would be forward again.
  note
  each_object wait_for
  [[ ${FAILED} == false ]]
}

# take_back NAMESPACE KIND/NAME
take_back() {
  local bad=''
  if [[ $2 == statefulset/* ]]; then
    bad=$("${KUBECTL[@]}" --namespace "$1" get "$2" --output 'jsonpath={.status.updateRevision}') || bad=''
  fi
  run "${KUBECTL[@]}" --namespace "$1" rollout undo "$2" || {
    warn "$2 could not be taken back"
    return 1
  }
  # A pod that never became ready is not replaced by itself (kubernetes.io, "StatefulSets", "Forced rollback").
  [[ -z ${bad} ]] ||
    run "${KUBECTL[@]}" --namespace "$1" delete pods --selector "controller-revision-hash=${bad}" --wait=false
}

main "$@"
