#!/usr/bin/env bash
# Compiled by Formwork from ../../blueprints/vulnzero.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

# SC2310: a function here tells by its status whether it worked, and none relies on `set -e` within.
# shellcheck source-path=SCRIPTDIR disable=SC2310

set -euo pipefail
# shellcheck source=shared/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/shared/common.sh"
# shellcheck source=shared/probes.sh
source "${SCRIPTS}/shared/probes.sh"
# shellcheck source=shared/findings.sh
source "${SCRIPTS}/shared/findings.sh"

readonly CATEGORIES=(pods connectivity database security monitoring performance)

KUBECTL=(kubectl)
ADDRESS=''
TIMEOUT=300
REQUESTS=20
MAX_P95=2000
RECORD=false
KINDS=''

usage() {
  cat <<'END'
Tells whether an environment runs in a cluster as it was compiled. It only reads, but for asking pods for their health:

  pods          every workload is rolled out, and no container starts over and over
  connectivity  every service has pods behind it, and every route is answered
  database      databases, caches and queues answer in their pods, and claims are bound
  security      namespaces enforce Pod Security, network policies are there, containers gain no privileges, and service
                accounts cannot read secrets
  monitoring    what watches is there and answers, and what scales has its measures
  performance   a baseline of how long routes and databases take: 95 % within a limit, and not twice as long as recorded

Usage: validate-kubernetes.sh ENVIRONMENT [OPTIONS]

      --context NAME   the cluster, as kubectl names it; the current one when left out
      --address IP     where routes are asked for; the gateway's or ingress' own address when left out
      --timeout N      how many seconds a rollout may take (300)
      --requests N     how many requests the baseline is made of (20)
      --max-p95 N      how many milliseconds 95 % of them may take (2000)
      --record         keep this baseline for the next time
      --only A,B       these categories only
      --json           write one JSON object, for programs
  -n, --dry-run        say what would be asked, and call nothing
  -h, --help           say this

Exit status: 0 it runs as it was compiled, perhaps with warnings
             1 something is missing or fails
             2 it cannot be told: wrong arguments, or the cluster does not answer
END
}

main() {
  local environment=''
  while (($#)); do
    case $1 in
      --json) JSON=true ;;
      --record) RECORD=true ;;
      --context | --address | --timeout | --requests | --max-p95 | --only)
        has_value "$1" $#
        option "$1" "$2"
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
  load "${environment}"
  known_categories
  if [[ ${DRY_RUN} == true ]]; then
    plan
    return 0
  fi
  need kubectl curl awk sort timeout
  kube version --output=json >/dev/null 2>&1 || die 'the cluster does not answer' "${EX_USAGE}"
  look
}

# option NAME VALUE
option() {
  case $1 in
    --context) KUBECTL+=(--context "$2") ;;
    --address) ADDRESS=$2 ;;
    --only) ONLY=$2 ;;
    *)
      [[ $2 =~ ^[1-9][0-9]{0,5}$ ]] || misused "$1 takes a number from 1 on"
      case $1 in
        --timeout) TIMEOUT=$2 ;;
        --requests) REQUESTS=$2 ;;
        *) MAX_P95=$2 ;;
      esac
      ;;
  esac
}

kube() {
  "${KUBECTL[@]}" "$@"
}

# Looks at every object of some kinds. objects 'KIND ...' COMMAND
objects() {
  KINDS=" $1 "
  each_object of_kind "$2"
}

# of_kind COMMAND NAMESPACE KIND NAME
of_kind() {
  [[ ${KINDS} != *" $3 "* ]] || "$@"
}

# Reads one field of an object into FIELD. field NAMESPACE KIND NAME JSONPATH
field() {
  FIELD=$(kube --namespace "$1" get "$2" "$3" --output "jsonpath=$4" 2>/dev/null) || {
    FIELD=''
    return 1
  }
}

check_pods() {
  objects 'deployment statefulset daemonset' check_rollout
  local namespace pods name phase states
  for namespace in "${NAMESPACES[@]}"; do
    pods=$(kube --namespace "${namespace}" get pods --output \
      'jsonpath={range .items[*]}{.metadata.name}{"\t"}{.status.phase}{"\t"}{range .status.containerStatuses[*]}{.restartCount}{" "}{.state.waiting.reason}{";"}{end}{"\n"}{end}') || pods=''
    while IFS=$'\t' read -r name phase states; do
      if [[ ${states} == *BackOff* || ${phase} == Failed ]]; then
        found fail "${name}" "is ${phase}: ${states}"
      elif [[ ${states} =~ (^|;)[1-9][0-9]* ]]; then
        found warn "${name}" "its containers were started again: ${states}"
      fi
    done < <(grep . <<<"${pods}" || true)
  done
}

# check_rollout NAMESPACE KIND NAME
check_rollout() {
  local namespace=$1 what=$2/$3 told
  if told=$(kube --namespace "${namespace}" rollout status "${what}" --timeout "${TIMEOUT}s" 2>&1); then
    found ok "${what}" 'is rolled out'
  else
    found fail "${what}" "${told}"
  fi
}

check_connectivity() {
  objects service check_endpoints
  objects 'gateway ingress' check_entry
  if [[ -z ${ADDRESS} ]]; then
    found warn routes 'no address is known: they are not asked for (--address)'
    return 0
  fi
  each_route check_route
}

check_endpoints() {
  local namespace=$1 name=$3 addresses
  addresses=$(kube --namespace "${namespace}" get endpointslices --selector "kubernetes.io/service-name=${name}" \
    --output 'jsonpath={.items[*].endpoints[?(@.conditions.ready==true)].addresses[0]}') || addresses=''
  if [[ -n ${addresses} ]]; then
    found ok "service/${name}" "has $(wc -w <<<"${addresses}" || true) addresses behind it"
  else
    found fail "service/${name}" 'has no pod behind it that is ready'
  fi
}

check_entry() {
  local path='{.status.addresses[0].value}'
  [[ $2 != ingress ]] || path='{.status.loadBalancer.ingress[0].ip}{.status.loadBalancer.ingress[0].hostname}'
  if field "$1" "$2" "$3" "${path}" && [[ -n ${FIELD} ]]; then
    found ok "$2/$3" "has the address ${FIELD}"
    [[ -n ${ADDRESS} ]] || resolve_entry
  else
    found fail "$2/$3" 'has no address'
  fi
}

# curl takes an address, and a load balancer may have a name.
resolve_entry() {
  ADDRESS=${FIELD}
  if [[ ! ${FIELD} =~ ^[0-9.]+$ && ${FIELD} != *:* ]]; then
    ADDRESS=$(getent ahostsv4 "${FIELD}" | awk 'NR == 1 { print $1 }') || ADDRESS=''
  fi
}

# check_route HOST PORT HTTP_PORT ADDRESS PATH SERVICE
check_route() {
  if ask_route https "$1" 443 "${ADDRESS}" "$5"; then
    found ok "$6" "${ANSWER}"
  else
    found fail "$6" "${ANSWER}"
  fi
}

check_database() {
  KIND=data
  each_probe check_in_pod
  objects persistentvolumeclaim check_claim
  ! is_silent || does_not_apply 'no database, cache or queue runs here'
}

# check_in_pod KIND SERVICE ENDPOINT URL COMMAND...
check_in_pod() {
  local kind=$1 service=$2
  shift 4
  [[ ${kind} == "${KIND}" ]] && (($#)) || return 0
  WORKLOAD=''
  SERVICE=${service}
  objects 'deployment statefulset daemonset' find_workload
  [[ -n ${WORKLOAD} ]] || return 0
  local before after
  before=$(date +%s%3N)
  if timeout "${PROBE_TIMEOUT}" "${KUBECTL[@]}" --namespace "${WORKLOAD% *}" exec "${WORKLOAD#* }" -- "$@" \
    </dev/null >/dev/null 2>&1; then
    after=$(date +%s%3N)
    found ok "${service}" "answers in its pod within $((after - before)) ms, kubectl included"
  else
    found fail "${service}" "does not answer in its pod: ${*: -1}"
  fi
}

find_workload() {
  [[ $3 != "${SERVICE}" ]] || WORKLOAD="$1 $2/$3"
}

check_claim() {
  if field "$1" "$2" "$3" '{.status.phase}' && [[ ${FIELD} == Bound ]]; then
    found ok "claim/$3" 'is bound'
  else
    found fail "claim/$3" "is ${FIELD:-missing}"
  fi
}

check_security() {
  local namespace level containers name privileges
  for namespace in "${NAMESPACES[@]}"; do
    level=$(kube get namespace "${namespace}" --output \
      'jsonpath={.metadata.labels.pod-security\.kubernetes\.io/enforce}' 2>/dev/null) || level=''
    if [[ -n ${level} && (${level} == restricted || ${namespace} != "${NAMESPACES[0]}") ]]; then
      found ok "namespace/${namespace}" "enforces ${level}"
    else
      found fail "namespace/${namespace}" "enforces ${level:-nothing}, not restricted"
    fi
    containers=$(kube --namespace "${namespace}" get pods --output \
      'jsonpath={range .items[*].spec.containers[*]}{.name}{"\t"}{.securityContext.allowPrivilegeEscalation}{"\n"}{end}') ||
      containers=''
    while IFS=$'\t' read -r name privileges; do
      [[ ${privileges} == false ]] || found fail "${name}" 'may gain privileges'
    done < <(grep . <<<"${containers}" | sort -u || true)
  done
  objects networkpolicy check_exists
  objects serviceaccount check_account
}

check_exists() {
  if field "$1" "$2" "$3" '{.metadata.name}' && [[ ${FIELD} == "$3" ]]; then
    found ok "$2/$3" 'is there'
  else
    found fail "$2/$3" 'is missing'
  fi
}

check_account() {
  local told
  told=$(kube --namespace "$1" auth can-i get secrets --as "system:serviceaccount:$1:$3" 2>&1) || true
  case ${told} in
    *yes) found fail "serviceaccount/$3" 'may read secrets' ;;
    *no | *no' '*) found ok "serviceaccount/$3" 'may not read secrets' ;;
    *) found warn "serviceaccount/$3" "it cannot be told what it may: ${told}" ;;
  esac
}

check_monitoring() {
  objects 'servicemonitor prometheusrule probe alertmanagerconfig' check_exists
  objects apiservice check_api
  objects horizontalpodautoscaler check_scaler
  KIND=monitoring
  each_probe check_in_pod
  ! is_silent || does_not_apply 'nothing that watches runs here'
}

check_api() {
  if field "$1" "$2" "$3" '{.status.conditions[?(@.type=="Available")].status}' && [[ ${FIELD} == True ]]; then
    found ok "apiservice/$3" 'is available'
  else
    found fail "apiservice/$3" 'is not available'
  fi
}

check_scaler() {
  if field "$1" "$2" "$3" '{.status.conditions[?(@.type=="ScalingActive")].status}' && [[ ${FIELD} == True ]]; then
    found ok "autoscaler/$3" 'has its measures'
  else
    found fail "autoscaler/$3" 'lacks a measure that it scales by'
  fi
}

check_performance() {
  BASELINE=${STATE}/baseline
  NEW_BASELINE=()
  if [[ -z ${ADDRESS} ]]; then
    objects 'gateway ingress' find_entry
  fi
  if [[ -n ${ADDRESS} ]]; then
    each_route measure_route
  else
    found warn routes 'no address is known: they are not measured (--address)'
  fi
  each_probe measure_database
  if [[ ${RECORD} == true ]] && ((${#NEW_BASELINE[@]})); then
    mkdir -p -- "${STATE}"
    printf '%s\n' "${NEW_BASELINE[@]}" >"${BASELINE}"
  fi
}

find_entry() {
  local path='{.status.addresses[0].value}'
  [[ $2 != ingress ]] || path='{.status.loadBalancer.ingress[0].ip}{.status.loadBalancer.ingress[0].hostname}'
  if field "$1" "$2" "$3" "${path}" && [[ -n ${FIELD} && -z ${ADDRESS} ]]; then
    resolve_entry
  fi
}

# measure_route HOST PORT HTTP_PORT ADDRESS PATH SERVICE
measure_route() {
  time_route "$1" 443 "${ADDRESS}" "$5" "${REQUESTS}"
  compare "https://$1$5" "${P95}"
}

# measure_database KIND SERVICE ENDPOINT URL COMMAND...
measure_database() {
  local kind=$1 service=$2 times='' attempt before after
  shift 4
  [[ ${kind} == data ]] && (($#)) || return 0
  WORKLOAD=''
  SERVICE=${service}
  objects 'deployment statefulset daemonset' find_workload
  [[ -n ${WORKLOAD} ]] || return 0
  for ((attempt = 0; attempt < 5; attempt++)); do
    before=$(date +%s%N)
    timeout "${PROBE_TIMEOUT}" "${KUBECTL[@]}" --namespace "${WORKLOAD% *}" exec "${WORKLOAD#* }" -- "$@" \
      </dev/null >/dev/null 2>&1 || true
    after=$(date +%s%N)
    times+=$(awk -v ns=$((after - before)) 'BEGIN { printf "%.6f", ns / 1e9 }')$'\n'
  done
  p95 "${times}"
  compare "${service}" "${P95}"
}

# Judges how long something takes: by the limit, and by what was recorded. compare ABOUT MILLISECONDS
compare() {
  local about=$1 p95=$2 before
  before=$(awk -F '\t' -v about="${about}" '$1 == about { print $2 }' "${BASELINE}" 2>/dev/null) || before=''
  NEW_BASELINE+=("${about}"$'\t'"${p95}")
  if ((p95 > MAX_P95)); then
    found fail "${about}" "95 % take up to ${p95} ms, more than ${MAX_P95} ms"
  elif [[ -n ${before} ]] && ((p95 > 2 * before + 50)); then
    found warn "${about}" "95 % take up to ${p95} ms, more than twice the recorded ${before} ms"
  else
    found ok "${about}" "95 % take up to ${p95} ms"
  fi
}

main "$@"
