# SC2310: a function here tells by its status whether it worked, and none relies on `set -e` within.
# shellcheck source-path=SCRIPTDIR disable=SC2310

set -euo pipefail
# shellcheck source=shared/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/shared/common.sh"
# shellcheck source=shared/probes.sh
source "${SCRIPTS}/shared/probes.sh"

PUBLIC=false
ADDRESS=''
MAX_P95=0
REQUESTS=20
PASSED=0
FAILED=0
SEEN_HOSTS=' '

usage() {
  cat <<'END'
Asks for every route and every health endpoint once, as a client would.

Usage: smoke-test.sh ENVIRONMENT [OPTIONS]

      --public        ask the hosts where DNS says they are, on ports 80 and 443, and nothing else
      --address IP    likewise, but at this address, such as that of a gateway
      --max-p95 N     measure each route by 20 requests: 95 % of them must take at most N milliseconds
  -n, --dry-run       say what would be asked, and call nothing
  -h, --help          say this

Without --public and --address the machine itself is asked: routes on the ports that Docker Compose publishes, with the
host's name, and health endpoints on their published ports or inside their containers. A route passes with any status
that is no failure of the server (5xx): a path may want a login or another method. A health endpoint must answer 2xx.

Exit status: 0 all answered
             1 something did not
             2 wrong arguments, or something is missing on this machine
END
}

main() {
  local environment=''
  while (($#)); do
    case $1 in
      --public) PUBLIC=true ;;
      --max-p95)
        has_value "$1" $#
        [[ $2 =~ ^[1-9][0-9]{0,5}$ ]] || misused "$1 takes a number from 1 on"
        MAX_P95=$2
        shift
        ;;
      --address)
        has_value "$1" $#
        ADDRESS=$2
        PUBLIC=true
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
  if [[ ${DRY_RUN} == false ]]; then
    need curl sort awk
    if [[ ${PUBLIC} == false ]]; then
      need docker timeout
    fi
  fi
  each_route smoke_route
  if [[ ${PUBLIC} == false ]]; then
    each_probe smoke_probe
  fi
  [[ ${DRY_RUN} == false ]] || return 0
  printf '%s passed, %s failed\n' "${PASSED}" "${FAILED}"
  ((PASSED + FAILED > 0)) || die 'there is nothing to ask for from here' "${EX_USAGE}"
  ((FAILED == 0)) || exit "${EX_FAILED}"
}

# Notes how a question was answered. count COMMAND...
count() {
  if "$@"; then
    PASSED=$((PASSED + 1))
    printf 'passed  %s\n' "${ANSWER}"
  else
    FAILED=$((FAILED + 1))
    printf 'FAILED  %s\n' "${ANSWER}"
  fi
}

# smoke_route HOST PORT HTTP_PORT ADDRESS PATH SERVICE
smoke_route() {
  local host=$1 https=$2 http=$3 address=$4 path=$5
  if [[ ${PUBLIC} == true ]]; then
    https=443 http=80 address=${ADDRESS}
  fi
  if [[ ${DRY_RUN} == true ]]; then
    printf 'would ask for https://%s:%s%s\n' "${host}" "${https}" "${path}"
    return 0
  fi
  count ask_route https "${host}" "${https}" "${address}" "${path}"
  if ((MAX_P95 > 0)); then
    count is_fast "${host}" "${https}" "${address}" "${path}"
  fi
  if [[ -n ${http} && ${SEEN_HOSTS} != *" ${host} "* ]]; then
    SEEN_HOSTS+="${host} "
    count ask_redirect "${host}" "${http}" "${address}"
  fi
}

# is_fast HOST PORT ADDRESS PATH
is_fast() {
  time_route "$@" "${REQUESTS}"
  ANSWER="https://$1:$2$4: 95 % of ${REQUESTS} requests take up to ${P95} ms"
  ((P95 <= MAX_P95))
}

# smoke_probe KIND SERVICE ENDPOINT URL COMMAND...
smoke_probe() {
  local kind=$1 service=$2 endpoint=$3 url=$4
  shift 4
  [[ ${kind} == endpoints ]] || return 0
  if [[ ${DRY_RUN} == true ]]; then
    printf 'would ask %s for %s\n' "${service}" "${url:-${endpoint}}"
  elif [[ -n ${url} ]]; then
    count ask_url "${url}"
  elif (($#)); then
    count smoke_inside "${service}" "${endpoint}" "$@"
  fi
}

smoke_inside() {
  local service=$1 endpoint=$2 status=0
  shift 2
  ask_inside "${service}" "$@" || status=1
  ANSWER="${service} ${endpoint}: ${ANSWER}"
  return "${status}"
}

main "$@"
