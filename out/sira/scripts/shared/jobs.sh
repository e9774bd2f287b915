# Compiled by Formwork from ../../blueprints/sira.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

# What scripts that work in a cluster share: how it is called, and how the end of a job is awaited. It is sourced and never
# run.
#
# SC2310: a function here tells by its status whether it worked, and none relies on `set -e` within.
# SC2154: common.sh sets what is read here.
# shellcheck shell=bash disable=SC2310,SC2154

KUBECTL=(kubectl)

# Waits until a job has ended, and says what it said where it failed. Its own deadline ends it. ended NAMESPACE JOB
ended() {
  local conditions
  if [[ ${DRY_RUN} == true ]]; then
    run "${KUBECTL[@]}" --namespace "$1" wait --for=condition=complete "job/$2"
    return 0
  fi
  while true; do
    conditions=$("${KUBECTL[@]}" --namespace "$1" get "job/$2" \
      --output 'jsonpath={range .status.conditions[?(@.status=="True")]} {.type} {end}') || return
    case ${conditions} in
      *' Complete '*) return 0 ;;
      *' Failed '*)
        "${KUBECTL[@]}" --namespace "$1" logs "job/$2" --all-containers --tail 200 >&2 || true
        return 1
        ;;
      *) sleep "${JOB_PAUSE:-5}" ;;
    esac
  done
}
