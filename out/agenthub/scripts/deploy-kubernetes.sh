#!/usr/bin/env bash
# Compiled by Formwork from ../../blueprints/agenthub.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

# SC2310: a function here tells by its status whether it worked, and none relies on `set -e` within.
# shellcheck source-path=SCRIPTDIR disable=SC2310

set -euo pipefail
# shellcheck source=shared/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/shared/common.sh"

readonly EX_ROLLED_BACK=3 EX_BROKEN=4
KUBECTL=(kubectl)
TIMEOUT=600
ROLL_BACK=true
ONLY_BACK=false
FAILED=false

usage() {
  cat <<'END'
Deploys an environment to a cluster: applies its manifests and waits until every workload is rolled out. What does not
become ready goes back to the version before.

Usage: deploy-kubernetes.sh ENVIRONMENT [OPTIONS]

      --context NAME  the cluster, as kubectl names it; the current one when left out
      --timeout N     how many seconds a rollout may take (600)
      --no-rollback   leave what does not work as it is
      --rollback      only go back: every workload whose pods differ, to the version before
  -n, --dry-run       say what would be done, and call nothing
  -h, --help          say this

Settings that pods read as files or variables are not taken back with them: they are in the manifests of the version
before, to be applied from there.

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
      --context)
        has_value "$1" $#
        KUBECTL+=(--context "$2")
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
  load "${environment}"
  if [[ ${DRY_RUN} == false ]]; then
    need kubectl
    "${KUBECTL[@]}" version --output=json >/dev/null 2>&1 || die 'the cluster does not answer' "${EX_USAGE}"
  fi
  if [[ ${ONLY_BACK} == true ]]; then
    go_back || die 'not everything could be taken back' "${EX_BROKEN}"
    return 0
  fi
  log "deploying ${SYSTEM} to ${ENVIRONMENT}"
  run "${KUBECTL[@]}" apply --kustomize "${ROOT}/kubernetes/${ENVIRONMENT}" --dry-run=server >/dev/null ||
    die 'the cluster does not take the manifests: nothing is changed'
  run "${KUBECTL[@]}" apply --kustomize "${ROOT}/kubernetes/${ENVIRONMENT}" || die 'not everything could be applied' "${EX_BROKEN}"
  each_object wait_for
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
  FAILED=false
  each_object take_back
  each_object wait_for
  [[ ${FAILED} == false ]]
}

# What keeps data stays: its pods are not what a version is about, and each goes down for it. take_back NAMESPACE KIND NAME
take_back() {
  [[ $2 == deployment ]] || return 0
  # The very first version has none before it.
  run "${KUBECTL[@]}" --namespace "$1" rollout undo "$2/$3" || warn "$2/$3 has no version before"
}

main "$@"
