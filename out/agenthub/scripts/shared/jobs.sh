# Compiled by Formwork from ../../blueprints/agenthub.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

# What scripts that work in a cluster share: how it is called, and how the end of a job is awaited. It is sourced and never
# run.
#
# SC2310: a function here tells by its status whether it worked, and none relies on `set -e` within.
# SC2154: common.sh sets what is read here.
# shellcheck shell=bash disable=SC2310,SC2154

KUBECTL=(kubectl)

# The status where the cluster does not tell whether a job is there, or how it ended.
readonly UNKNOWN=3

# Waits until a job has ended: 1 where it failed, and its log is shown; UNKNOWN where the cluster does not tell for long.
# What backs up or migrates has a deadline of its own. What puts data back has none: that its pods do not start is told
# after TIMEOUT seconds, and it is waited for. ended NAMESPACE JOB
ended() {
  local conditions unanswered=0 begin=${SECONDS} told=false
  if [[ ${DRY_RUN} == true ]]; then
    run "${KUBECTL[@]}" --namespace "$1" wait --for=condition=complete "job/$2"
    return 0
  fi
  while true; do
    if conditions=$("${KUBECTL[@]}" --namespace "$1" get "job/$2" --request-timeout 30s \
      --output 'jsonpath={range .status.conditions[?(@.status=="True")]} {.type} {end}'); then
      unanswered=0
    else
      conditions=''
      unanswered=$((unanswered + 1))
      ((unanswered != 1)) || warn "$2 cannot be looked at: trying again"
      ((unanswered < ${JOB_ATTEMPTS:-60})) || return "${UNKNOWN}"
    fi
    case ${conditions} in
      *' Complete '*) return 0 ;;
      *' Failed '*)
        "${KUBECTL[@]}" --namespace "$1" logs "job/$2" --all-containers --tail 200 >&2 ||
          warn "the log of $2 cannot be read"
        return 1
        ;;
      *) ;;
    esac
    if [[ ${told} == false ]] && ((SECONDS - begin >= TIMEOUT)); then
      told=true
      waiting "$1" "$2"
    fi
    sleep "${JOB_PAUSE:-5}"
  done
}

# Says which pods of a job do not start, and why. The label is the one that every version sets
# (kubernetes/kubernetes:pkg/registry/batch/job/strategy.go). waiting NAMESPACE JOB
waiting() {
  local pods name phase why command
  pods=$("${KUBECTL[@]}" --namespace "$1" get pods --selector "job-name=$2" --request-timeout 30s \
    --output 'jsonpath={range .items[*]}{.metadata.name} {.status.phase} {range .status.conditions[?(@.reason=="Unschedulable")]}{.message} {end}{range .status.initContainerStatuses[*]}{.state.waiting.reason} {.state.waiting.message} {end}{range .status.containerStatuses[*]}{.state.waiting.reason} {.state.waiting.message} {end}{"\n"}{end}') || return 0
  printf -v command ' %q' "${KUBECTL[@]}" --namespace "$1" describe "job/$2"
  [[ -n ${pods} ]] || warn "$2 has no pod after ${TIMEOUT} s:${command}"
  printf -v command ' %q' "${KUBECTL[@]}" --namespace "$1" describe pods --selector "job-name=$2"
  while read -r name phase why; do
    [[ ${phase} != Pending ]] ||
      warn "${name} does not start after ${TIMEOUT} s, and is waited for: ${why:-no reason is given}; more is said by${command}"
  done <<<"${pods}"
}

# Ends unless a job ends well. must_end NAMESPACE JOB WHAT_IS_SO_THEN
must_end() {
  local status=0
  ended "$1" "$2" || status=$?
  case ${status} in
    0) ;;
    "${UNKNOWN}") die "the cluster does not tell how $2 ended: $3" ;;
    *) die "$2 failed: $3; see its message above" ;;
  esac
}
