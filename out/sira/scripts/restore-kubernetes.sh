#!/usr/bin/env bash
# Compiled by Formwork from ../../blueprints/sira.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

# SC2310: a function here tells by its status whether it worked, and none relies on `set -e` within.
# shellcheck source-path=SCRIPTDIR disable=SC2310

set -euo pipefail
# shellcheck source=shared/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/shared/common.sh"
# shellcheck source=shared/jobs.sh
source "${SCRIPTS}/shared/jobs.sh"

TIMEOUT=600
# The option that says what is restored, and its value.
CHOICE=()
MORE=()
# What the job is made of, and its name.
MANIFEST=''
JOB=''

usage() {
  cat <<'END'
Restores in a cluster what was backed up: makes a Job of the compiled one, and waits until it has ended. What is there is
backed up first.

Usage: restore-kubernetes.sh ENVIRONMENT NAME [CHOICE] [OPTIONS]

  -f, --file FILE     restore this one
  -d, --date DATE     restore the newest that is not younger: 2026-01-31, or 2026-01-31T12:00:00Z
  -t, --time TIME     go back to any moment, where an archive is kept: '2026-01-31 12:00:00+00', or latest. The database and
                      its archive stand still meanwhile

      --without-safety-backup  do not back up first what is there: there is nothing left to save
      --without-buckets  do with what lies here, where no bucket answers
      --context NAME  the cluster, as kubectl names it; the current one when left out
      --timeout N     how many seconds pods may take to stop and to start (600); what starts later is waited for, and
                      that it does not start is said. A restore takes as long as it takes
  -y, --yes           do not ask
  -n, --dry-run       say what would be done, and call nothing
  -h, --help          say this

CHOICE is one of the first three; without it the newest is restored.

Exit status: 0 restored
             1 not restored, or restored and not started: which, is said
             2 wrong arguments, or something is missing on this machine, or the cluster does not answer
             3 the cluster does not tell how the job ended: what stands still stays so, and how to go on is said
             5 restored to a moment, and no backup could be made after it
END
}

main() {
  local environment='' name=''
  while (($#)); do
    case $1 in
      -f | --file | -d | --date | -t | --time)
        has_value "$1" $#
        ((${#CHOICE[@]} == 0)) || misused "either ${CHOICE[0]} or $1: only one says what is restored"
        CHOICE=("$1" "$2")
        shift
        ;;
      --without-safety-backup | --without-buckets) MORE+=("$1") ;;
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
        if [[ -z ${environment} ]]; then
          environment=$1
        else
          [[ -z ${name} ]] || misused "one thing at a time, not also '$1'"
          name=$1
        fi
        ;;
    esac
    shift
  done
  [[ ${TIMEOUT} =~ ^[1-9][0-9]{0,5}$ ]] || misused '--timeout takes a number from 1 on'
  load "${environment}"
  restore "${name}"
}

# restore NAME
restore() {
  local status=0
  KNOWN=()
  FOUND=()
  WANTED=$1
  WAY=restore
  [[ ${CHOICE[0]:-} != -t && ${CHOICE[0]:-} != --time ]] || WAY=recover
  each_cluster_restore look_for
  if ((${#FOUND[@]} == 0)); then
    ((${#KNOWN[@]} > 0)) || misused "nothing is backed up in ${ENVIRONMENT}"
    [[ " ${KNOWN[*]} " != *" ${WANTED} "* ]] ||
      misused "${WANTED} keeps no archive: only its backups can be restored"
    misused "name what is restored: ${KNOWN[*]}"
  fi
  if [[ ${DRY_RUN} == false ]]; then
    need kubectl awk
    "${KUBECTL[@]}" version --output=json >/dev/null 2>&1 || die 'the cluster does not answer' "${EX_USAGE}"
  fi
  confirm "what ${WANTED} holds in ${ENVIRONMENT} is replaced" "${ENVIRONMENT}"
  # Another name each time: what ran before, and its log, stays.
  JOB=${FOUND[1]}-$(date +%s)
  prepare
  trap 'interrupted 130' INT
  trap 'interrupted 143' TERM
  [[ ${WAY} == restore ]] || scale 0
  make || status=$?
  ((status != 0)) || ended "${FOUND[0]}" "${JOB}" || status=$?
  case ${status} in
    0) ;;
    "${UNKNOWN}")
      go_on
      die "the cluster does not tell how ${JOB} ended: it may still run" "${UNKNOWN}"
      ;;
    *)
      [[ ${WAY} == restore ]] || scale 1 || warn "${WANTED} does not start"
      die "${WANTED} was not restored: see the messages above"
      ;;
  esac
  [[ ${WAY} == restore ]] || again
  if [[ ${DRY_RUN} == true ]]; then
    log 'nothing was called'
  else
    log "${WANTED} is restored"
  fi
}

# What was put together from an archive is backed up at once: from that it can be recovered again.
again() {
  local job
  job=${FOUND[3]}-$(date +%s)
  scale 1 || die "${WANTED} is restored, and does not start"
  trap - INT TERM
  if ! back_up "${job}" || ! ended "${FOUND[0]}" "${job}"; then
    die "${WANTED} is restored, but not backed up: make a backup" 5
  fi
}

# Makes a job of the schedule, which does without buckets where the restore does. back_up JOB
back_up() {
  local manifest word=--without-buckets
  local from=("${KUBECTL[@]}" --namespace "${FOUND[0]}" create job "$1" --from "cronjob/${FOUND[3]}")
  if [[ " ${MORE[*]-} " != *" ${word} "* ]]; then
    run "${from[@]}"
    return
  fi
  if [[ ${DRY_RUN} == true ]]; then
    printf 'would run: %s of cronjob/%s, with the word: %s\n' "$1" "${FOUND[3]}" "${word}"
    return 0
  fi
  manifest=$("${from[@]}" --dry-run=client --output json) || return 1
  manifest=$("${KUBECTL[@]}" patch --local --filename - --type json --output json --patch \
    "[{\"op\":\"add\",\"path\":\"/spec/template/spec/containers/0/args/-\",\"value\":\"${word}\"}]" <<<"${manifest}") || return 1
  "${KUBECTL[@]}" --namespace "${FOUND[0]}" create --filename - <<<"${manifest}"
}

# Says how to go on where the job may still run: what stands still would write the same volumes.
go_on() {
  local command stopped=("${FOUND[@]:4}")
  printf -v command ' %q' "${KUBECTL[@]}" --namespace "${FOUND[0]}" get "job/${JOB}"
  warn "look whether the job has ended:${command}"
  ((${#stopped[@]} > 0)) || return 0
  printf -v command ' %q' "${KUBECTL[@]}" --namespace "${FOUND[0]}" scale "${stopped[@]/#/statefulset/}" --replicas=1
  warn "not started: ${stopped[*]}. Start them once the job is Complete or Failed, or where there is none:${command}"
}

# interrupted STATUS
interrupted() {
  trap - INT TERM
  [[ ${DRY_RUN} == true ]] || go_on
  die 'interrupted' "$1"
}

# look_for NAME WAY NAMESPACE JOB MANIFEST CRONJOB STATEFULSET...
look_for() {
  [[ " ${KNOWN[*]-} " == *" $1 "* ]] || KNOWN+=("$1")
  [[ $1 != "${WANTED}" || $2 != "${WAY}" ]] || FOUND=("${@:3}")
}

# Reads the compiled job, and gives it another name and other words, before anything is stopped.
prepare() {
  local words
  words=$(printf '%s\n' "${CHOICE[@]}" "${MORE[@]}")
  MANIFEST=$(WORDS=${words} JOB=${JOB} OF=${FOUND[1]} awk '
    function quoted(word) { gsub(/\047/, "&&", word); return "\047" word "\047" }
    BEGIN { count = split(ENVIRON["WORDS"], words, "\n") }
    $0 == "  name: " ENVIRON["OF"] { print "  name: " ENVIRON["JOB"]; next }
    # The moment that is compiled is that of the choice.
    /^ *- "?--time"?$/ && words[1] ~ /^(-t|--time)$/ { print; getline; match($0, /^ */); print substr($0, 1, RLENGTH) "- " quoted(words[2]); next }
    /^ *- "--yes"$/ {
      print
      match($0, /^ */)
      for (at = (words[1] ~ /^(-t|--time)$/) ? 3 : 1; at <= count; at++)
        if (words[at] != "") print substr($0, 1, RLENGTH) "- " quoted(words[at])
      next
    }
    { print }' "${ROOT}/${FOUND[2]}") || die "${FOUND[2]} cannot be read: nothing is changed"
}

# Makes the job: 1 where it is not made, UNKNOWN where that cannot be told. It may be there though its answer was lost.
make() {
  local found
  if [[ ${DRY_RUN} == true ]]; then
    printf 'would run: %s of %s, with the words: %s\n' "${JOB}" "${FOUND[2]}" "${CHOICE[*]-} ${MORE[*]-}"
    return 0
  fi
  ! "${KUBECTL[@]}" create --filename - <<<"${MANIFEST}" || return 0
  found=$(retry "${JOB_ATTEMPTS:-60}" "${JOB_PAUSE:-5}" "${KUBECTL[@]}" --namespace "${FOUND[0]}" get job "${JOB}" \
    --request-timeout 30s --ignore-not-found --output name) || return "${UNKNOWN}"
  [[ -z ${found} ]] || return 0
  warn "${JOB} cannot be made"
  return 1
}

# Stops or starts the database and its archive. scale HOW_MANY
scale() {
  local one status=0
  for one in "${FOUND[@]:4}"; do
    run "${KUBECTL[@]}" --namespace "${FOUND[0]}" scale "statefulset/${one}" "--replicas=$1" || status=1
    if [[ $1 == 0 ]]; then
      run "${KUBECTL[@]}" --namespace "${FOUND[0]}" wait --for=delete pods \
        --selector "app.kubernetes.io/name=${one}" --timeout "${TIMEOUT}s" || status=1
    else
      run "${KUBECTL[@]}" --namespace "${FOUND[0]}" rollout status "statefulset/${one}" --timeout "${TIMEOUT}s" || status=1
    fi
    if [[ $1 == 0 && ${status} != 0 ]]; then
      scale 1 || warn "${one} does not start"
      die "${one} cannot be stopped: nothing is restored"
    fi
  done
  return "${status}"
}

main "$@"
