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
# shellcheck source=shared/ages.sh
source "${SCRIPTS}/shared/ages.sh"

readonly CATEGORIES=(containers endpoints routes data disk memory certificates monitoring backups)
# Days that a certificate must still last: it is renewed 30 days before its end.
readonly CERTIFICATE_DAYS=14

usage() {
  cat <<'END'
Tells how an environment is that runs with Docker Compose, in nine categories:

  containers    every container runs, is healthy and was not killed for want of memory
  endpoints     the programs answer on their health endpoints
  routes        every route leads to a program that answers
  data          databases, caches and queues answer
  disk          there is room where images and volumes lie (80 % in use is a warning, 90 % a failure)
  memory        no container is near its limit (80 % and 90 %)
  certificates  they are valid and last for two weeks
  monitoring    what watches the system and what keeps logs answers
  backups       the last backup is not too old, an archive goes on, and the buckets have both

Usage: health-check.sh ENVIRONMENT [OPTIONS]

      --only A,B   these categories only
      --json       write one JSON object, for programs
  -n, --dry-run    say what would be asked, and call nothing
  -h, --help       say this

Exit status: 0 healthy, perhaps with warnings
             1 something fails
             2 it cannot be told: wrong arguments, or the container engine does not answer
END
}

main() {
  local environment=''
  while (($#)); do
    case $1 in
      --json) JSON=true ;;
      --only)
        has_value "$1" $#
        ONLY=$2
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
  need docker curl awk df timeout
  docker info >/dev/null 2>&1 || die 'the container engine does not answer' "${EX_USAGE}"
  look
}

check_containers() {
  each_service check_service
}

# check_service NAME ROLE REPLICAS HEALTH ONCE
check_service() {
  local name=$1 role=$2 replicas=$3 once=$5 ids count state health killed restarts line
  ids=$(compose ps --all --quiet "${name}") || ids=''
  count=$(grep -c . <<<"${ids}") || true
  if ((count < replicas)); then
    found fail "${name}" "${count} of ${replicas} containers of this ${role} exist"
  fi
  [[ -n ${ids} ]] || return 0
  while IFS= read -r line; do
    line=$(docker inspect --format \
      '{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}} {{.RestartCount}} {{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}' \
      "${line}") || line='unknown 0 false 0 none'
    read -r state status killed restarts health <<<"${line}"
    if [[ ${once} == once && ${state} == exited && ${status} == 0 ]]; then
      found ok "${name}" 'has done its work'
    elif [[ ${state} != running ]]; then
      found fail "${name}" "is ${state} with exit status ${status}"
    elif [[ ${health} != healthy && ${health} != none ]]; then
      found fail "${name}" "is ${health}"
    elif [[ ${killed} == true ]]; then
      found warn "${name}" 'was killed for want of memory'
    elif ((restarts > 0)); then
      found warn "${name}" "was started again ${restarts} times"
    else
      found ok "${name}" "is ${state}, health: ${health}"
    fi
  done <<<"${ids}"
}

# Asks what is of one kind. check_probes KIND
check_probes() {
  KIND=$1
  each_probe check_probe
}

# check_probe KIND SERVICE ENDPOINT URL COMMAND...
check_probe() {
  local kind=$1 service=$2 endpoint=$3 url=$4
  shift 4
  [[ ${kind} == "${KIND}" ]] || return 0
  if [[ -n ${url} ]]; then
    if ask_url "${url}"; then found ok "${service}" "${ANSWER}"; else found fail "${service}" "${ANSWER}"; fi
  elif (($#)); then
    if ask_inside "${service}" "$@"; then
      found ok "${service}" "${endpoint}: ${ANSWER}"
    else
      found fail "${service}" "${endpoint}: ${ANSWER}"
    fi
  fi
}

check_endpoints() {
  check_probes endpoints
  ! is_silent || does_not_apply 'no program has a health endpoint that can be asked from here'
}

check_data() {
  check_probes data
  ! is_silent || does_not_apply 'no database, cache or queue runs here'
}

check_monitoring() {
  check_probes monitoring
  ! is_silent || does_not_apply 'nothing that watches runs here'
}

check_routes() {
  each_route check_route
  ! is_silent || does_not_apply 'nothing is routed: no server stands in front'
}

# check_route HOST PORT HTTP_PORT ADDRESS PATH SERVICE
check_route() {
  if ask_route https "$1" "$2" "$4" "$5"; then
    found ok "$6" "${ANSWER}"
  else
    found fail "$6" "${ANSWER}"
  fi
}

check_disk() {
  local folder share
  folder=$(docker info --format '{{.DockerRootDir}}') || folder=''
  for folder in "${folder}" "${ROOT}"; do
    [[ -d ${folder} ]] || continue
    share=$(df -Pk -- "${folder}" | awk 'NR == 2 { print $5 }')
    used "${folder}" "${share}" 'its file system'
  done
}

check_memory() {
  local running ids name share
  running=$(compose ps --quiet) || running=''
  if [[ -z ${running} ]]; then
    found fail "${PROJECT}" 'nothing runs'
    return 0
  fi
  mapfile -t ids <<<"${running}"
  while IFS=$'\t' read -r name share; do
    [[ ${share} == [0-9]* ]] || continue
    used "${name}" "${share}" 'its limit'
  done < <(docker stats --no-stream --format '{{.Name}}\t{{.MemPerc}}' "${ids[@]}" || true)
  ! is_silent || does_not_apply 'the container engine tells no figures'
}

check_certificates() {
  if ! command -v openssl >/dev/null; then
    found warn openssl 'is not installed: certificates are left unchecked'
    return 0
  fi
  SEEN_HOSTS=' '
  each_route check_certificate
  ! is_silent || does_not_apply 'nothing is routed: no server stands in front'
}

# check_certificate HOST PORT HTTP_PORT ADDRESS PATH SERVICE
check_certificate() {
  local host=$1 port=$2 address=${4:-$1} shown end
  [[ ${SEEN_HOSTS} != *" ${host} "* ]] || return 0
  SEEN_HOSTS+="${host} "
  shown=$(timeout "${PROBE_TIMEOUT}" openssl s_client -connect "${address}:${port}" -servername "${host}" \
    </dev/null 2>/dev/null | openssl x509 2>/dev/null) || shown=''
  if [[ -z ${shown} ]]; then
    found fail "${host}" "shows no certificate on ${address}:${port}"
    return 0
  fi
  end=$(openssl x509 -noout -enddate <<<"${shown}")
  end=${end#notAfter=}
  if ! openssl x509 -noout -checkhost "${host}" <<<"${shown}" | grep -qF 'does match'; then
    found fail "${host}" 'shows the certificate of another host'
  elif ! openssl x509 -noout -checkend 0 <<<"${shown}" >/dev/null; then
    found fail "${host}" "its certificate ended on ${end}"
  elif ! openssl x509 -noout -checkend $((CERTIFICATE_DAYS * 86400)) <<<"${shown}" >/dev/null; then
    found warn "${host}" "its certificate ends on ${end}: it is not being renewed"
  else
    found ok "${host}" "its certificate lasts until ${end}"
  fi
}

main "$@"
