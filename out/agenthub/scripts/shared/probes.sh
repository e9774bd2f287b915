# Compiled by Formwork from ../../blueprints/agenthub.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

# Asks services and routes whether they answer. It is sourced and never run.
#
# SC2310: a function here tells by its status whether it worked, and none relies on `set -e` within.
# SC2034: the scripts that source this read the answer.
# shellcheck shell=bash disable=SC2310,SC2034

# Seconds that an answer may take.
PROBE_TIMEOUT=${PROBE_TIMEOUT:-10}
# What the last question was answered with, for people.
ANSWER=''

# Asks from this machine; succeeds where the status is one of 2xx. ask_url URL
ask_url() {
  local code
  code=$(curl --silent --output /dev/null --max-time "${PROBE_TIMEOUT}" --write-out '%{http_code}' -- "$1") || true
  ANSWER="$1 answers ${code}"
  [[ ${code} != 000 ]] || ANSWER="$1 does not answer"
  [[ ${code} == 2?? ]]
}

# Asks in each container of a service, as its own health check does. ask_inside SERVICE COMMAND...
ask_inside() {
  local service=$1 ids id
  shift
  ids=$(compose ps --quiet "${service}") || ids=''
  if [[ -z ${ids} ]]; then
    ANSWER="${service} does not run"
    return 1
  fi
  while IFS= read -r id; do
    if ! timeout "${PROBE_TIMEOUT}" docker exec "${id}" "$@" </dev/null >/dev/null 2>&1; then
      ANSWER="${id:0:12} does not answer: ${*: -1}"
      return 1
    fi
  done <<<"${ids}"
  ANSWER='answers inside its container'
}

# Asks through the edge. Which certificate it shows is judged elsewhere, where that matters. Any answer that is not the
# server's own failure shows that the route leads somewhere: a path may want a login or another method.
# ask_route SCHEME HOST PORT ADDRESS PATH
ask_route() {
  local scheme=$1 host=$2 port=$3 address=$4 path=$5 code resolve=() url
  url=${scheme}://${host}:${port}${path}
  [[ -z ${address} ]] || resolve=(--resolve "${host}:${port}:${address}")
  code=$(curl --silent --insecure --output /dev/null --max-time "${PROBE_TIMEOUT}" --write-out '%{http_code}' \
    "${resolve[@]}" -- "${url}") || true
  ANSWER="${url} answers ${code}"
  [[ ${code} != 000 ]] || ANSWER="${url} does not answer"
  [[ ${code} == [1-4]?? && ${code} != 000 ]]
}

# Asks for plain HTTP, which must lead to HTTPS. ask_redirect HOST PORT ADDRESS
ask_redirect() {
  local host=$1 port=$2 address=$3 answer resolve=() url
  url=http://${host}:${port}/
  [[ -z ${address} ]] || resolve=(--resolve "${host}:${port}:${address}")
  answer=$(curl --silent --output /dev/null --max-time "${PROBE_TIMEOUT}" --write-out '%{http_code} %{redirect_url}' \
    "${resolve[@]}" -- "${url}") || true
  ANSWER="${url} answers ${answer}"
  [[ ${answer} =~ ^30[1278]\ https:// ]]
}

# What 95 % of the last measured requests took at most, in milliseconds.
P95=0

# p95 TIMES_IN_SECONDS
p95() {
  local sorted
  sorted=$(sort -n <<<"${1%$'\n'}")
  P95=$(awk '{ all[NR] = $1 } END { at = int(NR * 0.95 + 0.999); printf "%d", all[at] * 1000 + 0.5 }' <<<"${sorted}")
}

# Measures how long a route takes through the edge. time_route HOST PORT ADDRESS PATH REQUESTS
time_route() {
  local host=$1 port=$2 address=$3 path=$4 requests=$5 times='' one attempt resolve=()
  [[ -z ${address} ]] || resolve=(--resolve "${host}:${port}:${address}")
  for ((attempt = 0; attempt < requests; attempt++)); do
    one=$(curl --silent --insecure --output /dev/null --max-time "${PROBE_TIMEOUT}" --write-out '%{time_total}' \
      "${resolve[@]}" -- "https://${host}:${port}${path}") || one=${PROBE_TIMEOUT}
    times+="${one}"$'\n'
  done
  p95 "${times}"
}
