# Gathers what is found, category by category, and tells it to people or programs. It is sourced and never run. A script
# sets CATEGORIES, and has a function check_CATEGORY for each.
#
# SC2310: a function here tells by its status whether it worked, and none relies on `set -e` within.
# SC2034: the scripts that source this read what is set here. SC2154: they and common.sh set what is read here.
# shellcheck shell=bash disable=SC2310,SC2034,SC2154

JSON=false
ONLY=''
CATEGORY=''
# One line for each finding: category, state, what it is about, message.
FINDINGS=()
# Shares in use, in per cent.
readonly WARN_AT=80 FAIL_AT=90

known_categories() {
  local one all=" ${CATEGORIES[*]} "
  for one in ${ONLY//,/ }; do
    [[ ${all} == *" ${one} "* ]] || misused "there is no category '${one}', only ${CATEGORIES[*]}"
  done
}

wanted() {
  [[ -z ${ONLY} || ,${ONLY}, == *",$1,"* ]]
}

plan() {
  local category
  for category in "${CATEGORIES[@]}"; do
    ! wanted "${category}" || printf 'would check: %s\n' "${category}"
  done
}

# Notes a finding of the category that is being looked at. found STATE ABOUT MESSAGE
found() {
  FINDINGS+=("${CATEGORY}"$'\t'"$1"$'\t'"$2"$'\t'"${3//[$'\t\n']/ }")
}

# Says that a category means nothing here. does_not_apply REASON
does_not_apply() {
  found none "${CATEGORY}" "$1"
}

# Whether the category has any finding yet.
is_silent() {
  local finding
  for finding in "${FINDINGS[@]}"; do
    [[ ${finding} != "${CATEGORY}"$'\t'* ]] || return 1
  done
}

# Looks at every category that is wanted, and tells what was found.
look() {
  local category
  for category in "${CATEGORIES[@]}"; do
    wanted "${category}" || continue
    CATEGORY=${category}
    "check_${category}"
  done
  told
}

# Says how full something is. used ABOUT PER_CENT WHERE
used() {
  local about=$1 share=${2%%[.%]*} where=$3
  if ((share >= FAIL_AT)); then
    found fail "${about}" "${share} % of ${where} is in use"
  elif ((share >= WARN_AT)); then
    found warn "${about}" "${share} % of ${where} is in use"
  else
    found ok "${about}" "${share} % of ${where} is in use"
  fi
}

# The worst state of a category, or of all.
worst() {
  local finding worst=none
  for finding in "${FINDINGS[@]}"; do
    [[ -z ${1:-} || ${finding} == "$1"$'\t'* ]] || continue
    finding=${finding#*$'\t'}
    case ${finding%%$'\t'*} in
      fail) worst=fail ;;
      warn) [[ ${worst} == fail ]] || worst=warn ;;
      ok) [[ ${worst} != none ]] || worst=ok ;;
      *) ;;
    esac
  done
  printf '%s\n' "${worst}"
}

told() {
  local all
  all=$(worst)
  if [[ ${JSON} == true ]]; then
    as_json "${all}"
  else
    as_text "${all}"
  fi
  [[ ${all} != fail ]] || exit "${EX_FAILED}"
}

as_text() {
  local category finding state about message worst
  for category in "${CATEGORIES[@]}"; do
    wanted "${category}" || continue
    worst=$(worst "${category}")
    printf '%-13s %s\n' "${category}" "${worst/none/does not apply}"
    for finding in "${FINDINGS[@]}"; do
      [[ ${finding} == "${category}"$'\t'* ]] || continue
      IFS=$'\t' read -r _ state about message <<<"${finding}"
      printf '  %-5s %s: %s\n' "${state/none/-}" "${about}" "${message}"
    done
  done
  case $1 in
    fail) printf '%s in %s is not healthy\n' "${SYSTEM}" "${ENVIRONMENT}" ;;
    warn) printf '%s in %s is healthy, with warnings\n' "${SYSTEM}" "${ENVIRONMENT}" ;;
    *) printf '%s in %s is healthy\n' "${SYSTEM}" "${ENVIRONMENT}" ;;
  esac
}

json_string() {
  local text=$1
  text=${text//\\/\\\\}
  text=${text//\"/\\\"}
  text=${text//[$'\001'-$'\037']/ }
  printf '"%s"' "${text}"
}

# as_json STATE
as_json() {
  local category finding state about message separator='' inner
  printf '{"system":"%s","environment":"%s","tier":"%s","state":"%s","categories":[' \
    "${SYSTEM}" "${ENVIRONMENT}" "${TIER}" "$1"
  for category in "${CATEGORIES[@]}"; do
    wanted "${category}" || continue
    state=$(worst "${category}")
    printf '%s{"name":"%s","state":"%s","findings":[' "${separator}" "${category}" "${state}"
    inner=''
    for finding in "${FINDINGS[@]}"; do
      [[ ${finding} == "${category}"$'\t'* ]] || continue
      IFS=$'\t' read -r _ state about message <<<"${finding}"
      about=$(json_string "${about}")
      message=$(json_string "${message}")
      printf '%s{"state":"%s","about":%s,"message":%s}' "${inner}" "${state}" "${about}" "${message}"
      inner=,
    done
    printf ']}'
    separator=,
  done
  printf ']}\n'
}
