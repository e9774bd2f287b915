# shellcheck shell=bash disable=SC2034,SC2154,SC2310,SC2311,SC2312
# Compiled by Formwork from ../../blueprints/agenthub.yaml.
# Do not edit: change the blueprint, then run `formwork build`.
#
# Lists, reads back and restores backups. It is sourced, after remote.sh.

# What there is, here and in the buckets: all [NAME].
all() {
  local name series entry bucket there unknown=false whole=true
  while read -r name; do
    (
      store "${name}"
      for series in $(printf '%s\n' "${!BACKUP_KEEP[@]}" safety | sort); do
        while read -r entry; do
          [[ -z ${entry} ]] ||
            printf '%s\t%s\there\t%s\n' "${name}" "${entry}" "$(size "$(stat -c %s -- "${BACKUP_ROOT}/${name}/${series}/${entry}")")"
        done < <(names "${series}")
        for bucket in "${BACKUP_BUCKETS[@]}"; do
          if ! there=$(names_in "${bucket}" "${series}"); then
            warn "the bucket ${bucket} cannot be listed: what it has of ${name}, ${series}, is not known"
            unknown=true
            continue
          fi
          while read -r entry; do
            [[ -z ${entry} ]] || printf '%s\t%s\t%s\t-\n' "${name}" "${entry}" "${bucket}"
          done <<<"${there}"
        done
      done
      [[ ${unknown} == false ]]
    ) || whole=false
  done < <(if [[ -n $1 ]]; then printf '%s\n' "$1"; else stores; fi)
  [[ ${whole} == true ]] || die 'a bucket cannot be listed: see above'
}

# Chooses one: choose KIND SERIES... for the newest, with FILE or DATE in the variables of those names. Its path is in
# CHOSEN; what is no longer here is fetched.
choose() {
  local series name all best='' best_series='' limit=99999999T999999Z
  if [[ -n ${FILE} ]]; then
    name=${FILE##*/}
    series=${name#"${BACKUP_NAME}-"}
    series=${series%%-*}
    if [[ ${FILE} == */* && -e ${FILE} ]]; then
      CHOSEN=${FILE}
      return 0
    fi
    best=${name} best_series=${series}
  else
    if [[ -n ${DATE} ]]; then
      # A day without a time means all of it.
      [[ ${DATE} =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}$ ]] && DATE+='T23:59:59Z'
      limit=$(stamp "${DATE}") || die "${DATE} is no date" "${BACKUP_USAGE}"
    fi
    for series in "$@"; do
      all=$(everywhere "${series}")
      while read -r name; do
        if [[ -n ${name} && ! $(stamp_of "${name}") > ${limit} && $(stamp_of "${name}") > $(stamp_of "${best:-${BACKUP_NAME}-none-0}") ]]; then
          best=${name} best_series=${series}
        fi
      done <<<"${all}"
    done
  fi
  if [[ -z ${best} ]]; then
    all_listed
    die "there is no backup of ${BACKUP_NAME}${DATE:+ that is not younger than ${DATE}}: look at job.sh list ${BACKUP_NAME}"
  fi
  CHOSEN=${BACKUP_ROOT}/${BACKUP_NAME}/${best_series}/${best}
  if [[ ! -e ${CHOSEN} ]]; then
    fetch "${best_series}" "${best}" || die "${best} is neither here nor in a bucket"
    CHOSEN=${FETCHED}
  fi
}

# The names of a series, here and in the buckets. A bucket that cannot be listed is not one that has nothing: it is noted.
everywhere() {
  local bucket
  names "$1"
  for bucket in "${BACKUP_BUCKETS[@]}"; do
    if ! names_in "${bucket}" "$1"; then
      warn "the bucket ${bucket} cannot be listed: what it has is passed over"
      printf '%s\n' "${bucket}" >>"${WORK}/unlisted"
    fi
  done
}

# Ends where nothing was found and a bucket could not be asked: nobody knows whether there is something.
all_listed() {
  if [[ -e ${WORK}/unlisted ]]; then
    die "there is no backup of ${BACKUP_NAME} here, and what $(sort -u "${WORK}/unlisted" | paste -s -d ' ') has is not known: see the messages above"
  fi
}

# What the words behind a name ask for.
read_options() {
  FILE='' DATE='' TIME='' INTO='' YES=false DRY=false SAFETY=true REMOTE=true
  while (($# > 0)); do
    case $1 in
      -f | --file)
        FILE=${2:?a file}
        shift
        ;;
      -d | --date)
        DATE=${2:?a date}
        shift
        ;;
      -t | --time)
        TIME=${2:?a time}
        shift
        ;;
      --into)
        INTO=${2:?a folder}
        shift
        ;;
      -y | --yes) YES=true ;;
      --dry-run) DRY=true ;;
      --without-safety-backup) SAFETY=false ;;
      --without-buckets) REMOTE=false ;;
      *)
        usage >&2
        die "unknown: $1" "${BACKUP_USAGE}"
        ;;
    esac
    shift
  done
}

# Whether somebody agrees, now or by --yes.
agreed() {
  local answer=0
  [[ ${YES} == false ]] || return 0
  typed "$1" yes || answer=$?
  ((answer != 2)) || log "error: $1 Nobody can be asked here: give --yes."
  return "${answer}"
}

# Where it is said, only what lies here counts.
local_only() {
  [[ ${REMOTE} == true ]] || BACKUP_BUCKETS=()
}

# Reads one back without touching what is live.
verify() {
  local series all
  read_options ${1+--file "$1"}
  scratch
  if [[ -n ${FILE} ]]; then
    verify_one daily
    return 0
  fi
  for series in $(printf '%s\n' "${!BACKUP_KEEP[@]}" | sort); do
    all=$(everywhere "${series}")
    if [[ -n ${all} ]]; then
      verify_one "${series}"
    else
      all_listed
    fi
  done
}

# Reads the chosen one back, or the newest of a series.
verify_one() {
  choose "$1"
  plain "${CHOSEN}"
  case ${CHOSEN##*/} in
    "${BACKUP_NAME}"-base-*) attempt store_verify_base "${PLAIN}" ;;
    *) attempt store_verify "${PLAIN}" ;;
  esac
  ((STATUS == 0)) || die "${CHOSEN##*/} cannot be read back" "${BACKUP_DAMAGED}"
  log "${CHOSEN##*/} is whole"
}

restore() {
  local started safety='' seconds
  read_options "$@"
  local_only
  scratch
  choose daily weekly
  plain "${CHOSEN}"
  attempt store_verify "${PLAIN}"
  ((STATUS == 0)) || die "${CHOSEN##*/} cannot be read back; nothing was changed" "${BACKUP_DAMAGED}"
  log "${CHOSEN##*/} is whole"
  if [[ ${DRY} == true ]]; then
    log "would replace what ${BACKUP_NAME} holds by ${CHOSEN##*/}, after a safety backup"
    return 0
  fi
  if [[ ${SAFETY} == true ]]; then
    log "before: $(before)"
  fi
  agreed "${CHOSEN##*/} will replace everything that ${BACKUP_NAME} holds." || exit "${BACKUP_REFUSED}"
  lock
  if [[ ${SAFETY} == true ]]; then
    make safety store_dump store_verify "${BACKUP_SUFFIX}"
    safety=${MADE}
    log "safety backup: ${safety}"
  fi
  started=$(date +%s)
  attempt store_restore "${PLAIN}"
  if ((STATUS != 0)); then
    advise "${safety}"
    die "${BACKUP_NAME} was not restored: it ended with ${STATUS}; $(free "${BACKUP_ROOT}")"
  fi
  attempt store_check
  if ((STATUS != 0)); then
    advise "${safety}"
    die "${BACKUP_NAME} does not answer after the restore"
  fi
  seconds=$(($(date +%s) - started))
  log "restored ${BACKUP_NAME} from ${CHOSEN##*/} in ${seconds} s"
  if ((BACKUP_RTO > 0 && seconds > BACKUP_RTO)); then
    warn "that took longer than the recovery time objective of ${BACKUP_RTO} s"
  fi
}

# What is there before a restore. A store that does not let us in is told of before anything is done.
before() {
  attempt store_check
  if ((STATUS != 0)); then
    die "${BACKUP_NAME} does not answer, or does not let us in; nothing was changed. Is there nothing left to save? Then give --without-safety-backup."
  fi
}

# What to do when a restore failed half-way.
advise() {
  log "to go back to what was there before:"
  if [[ -n $1 ]]; then
    log "  restore ${BACKUP_NAME} --file ${1##*/}"
  else
    log "  there was no safety backup: restore ${BACKUP_NAME} --date an earlier day"
  fi
  log "look first at the messages above, at the log of ${BACKUP_NAME}, and at the room on its disk"
}
