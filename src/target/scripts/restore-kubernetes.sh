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
      --timeout N     how many seconds pods may take to stop and to start (600); a restore takes as long as it takes
  -y, --yes           do not ask
  -n, --dry-run       say what would be done, and call nothing
  -h, --help          say this

CHOICE is one of the first three; without it the newest is restored.

Exit status: 0 restored
             1 not restored: the log of the job is shown
             2 wrong arguments, or the cluster does not answer
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
  local way=restore job
  KNOWN=()
  FOUND=()
  WANTED=$1
  [[ ${CHOICE[0]:-} != -t && ${CHOICE[0]:-} != --time ]] || way=recover
  WAY=${way}
  each_cluster_restore look_for
  if ((${#FOUND[@]} == 0)); then
    [[ " ${KNOWN[*]-} " != *" ${WANTED} "* ]] ||
      misused "${WANTED} keeps no archive: only its backups can be restored"
    misused "name what is restored: ${KNOWN[*]-nothing is backed up in ${ENVIRONMENT}}"
  fi
  if [[ ${DRY_RUN} == false ]]; then
    need kubectl
    "${KUBECTL[@]}" version --output=json >/dev/null 2>&1 || die 'the cluster does not answer' "${EX_USAGE}"
  fi
  confirm "what ${WANTED} holds in ${ENVIRONMENT} is replaced" "${ENVIRONMENT}"
  # Another name each time: what ran before, and its log, stays.
  job=${FOUND[1]}-$(date +%s)
  [[ ${way} == restore ]] || scale 0
  if make "${job}" && ended "${FOUND[0]}" "${job}"; then
    [[ ${way} == restore ]] || again
    if [[ ${DRY_RUN} == true ]]; then
      log 'nothing was called'
    else
      log "${WANTED} is restored"
    fi
    return 0
  fi
  [[ ${way} == restore ]] || scale 1 || warn "${WANTED} does not start"
  die "${WANTED} was not restored: see the messages of ${job} above"
}

# What was put together from an archive is backed up at once: from that it can be recovered again.
again() {
  local job
  job=${FOUND[3]}-$(date +%s)
  scale 1 || die "${WANTED} is restored, and does not start"
  if ! run "${KUBECTL[@]}" --namespace "${FOUND[0]}" create job "${job}" --from "cronjob/${FOUND[3]}" ||
    ! ended "${FOUND[0]}" "${job}"; then
    die "${WANTED} is restored, but not backed up: make a backup" 5
  fi
}

# look_for NAME WAY NAMESPACE JOB MANIFEST CRONJOB STATEFULSET...
look_for() {
  [[ " ${KNOWN[*]-} " == *" $1 "* ]] || KNOWN+=("$1")
  [[ $1 != "${WANTED}" || $2 != "${WAY}" ]] || FOUND=("${@:3}")
}

# Makes the job of the compiled one, with another name and other words. make JOB
make() {
  local manifest='' words
  if [[ ${DRY_RUN} == true ]]; then
    printf 'would run: %s of %s, with the words: %s\n' "$1" "${FOUND[2]}" "${CHOICE[*]-} ${MORE[*]-}"
    return 0
  fi
  words=$(printf '%s\n' "${CHOICE[@]}" "${MORE[@]}")
  manifest=$(WORDS=${words} JOB=$1 OF=${FOUND[1]} awk '
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
  "${KUBECTL[@]}" create --filename - <<<"${manifest}" || {
    warn "$1 cannot be made"
    return 1
  }
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
