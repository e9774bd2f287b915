# shellcheck shell=bash disable=SC2034,SC2154,SC2310,SC2311,SC2312
# Compiled by Formwork from ../../blueprints/agenthub.yaml.
# Do not edit: change the blueprint, then run `formwork build`.
#
# Lists, reads back and restores backups, and keeps what a database writes. It is sourced, after remote.sh.

# What there is, here and in the buckets: all [NAME].
all() {
  local name series entry bucket
  while read -r name; do
    (
      store "${name}"
      for series in $(printf '%s\n' "${!BACKUP_KEEP[@]}" safety | sort); do
        while read -r entry; do
          [[ -z ${entry} ]] ||
            printf '%s\t%s\there\t%s\n' "${name}" "${entry}" "$(size "$(stat -c %s -- "${BACKUP_ROOT}/${name}/${series}/${entry}")")"
        done < <(names "${series}")
        for bucket in "${BACKUP_BUCKETS[@]}"; do
          while read -r entry; do
            [[ -z ${entry} ]] || printf '%s\t%s\t%s\t-\n' "${name}" "${entry}" "${bucket}"
          done < <(names_in "${bucket}" "${series}" 2>/dev/null)
        done
      done
    )
  done < <(if [[ -n $1 ]]; then printf '%s\n' "$1"; else stores; fi)
}

# Chooses one: choose KIND SERIES... for the newest, with FILE or DATE in the variables of those names. Its path is in
# CHOSEN; what is no longer here is fetched.
choose() {
  local series name best='' best_series='' limit=99999999T999999Z
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
      limit=$(stamp "${DATE}") || die "${BACKUP_USAGE}" "${DATE} is no date"
    fi
    for series in "$@"; do
      while read -r name; do
        if [[ -n ${name} && ! $(stamp_of "${name}") > ${limit} && $(stamp_of "${name}") > $(stamp_of "${best:-${BACKUP_NAME}-none-0}") ]]; then
          best=${name} best_series=${series}
        fi
      done < <(everywhere "${series}")
    done
  fi
  if [[ -z ${best} ]]; then
    die 1 "there is no backup of ${BACKUP_NAME}${DATE:+ that is not younger than ${DATE}}: look at job.sh list ${BACKUP_NAME}"
  fi
  CHOSEN=${BACKUP_ROOT}/${BACKUP_NAME}/${best_series}/${best}
  if [[ ! -e ${CHOSEN} ]]; then
    fetch "${best_series}" "${best}" || die 1 "${best} is neither here nor in a bucket"
    CHOSEN=${FETCHED}
  fi
}

# The names of a series, here and in the buckets.
everywhere() {
  local bucket
  names "$1"
  for bucket in "${BACKUP_BUCKETS[@]}"; do
    names_in "${bucket}" "$1" || warn "the bucket ${bucket} cannot be listed"
  done
}

# What the words behind a name ask for.
read_options() {
  FILE='' DATE='' TIME='' INTO='' YES=false DRY=false SAFETY=true
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
      *)
        usage >&2
        die "${BACKUP_USAGE}" "unknown: $1"
        ;;
    esac
    shift
  done
}

# Reads one back without touching what is live.
verify() {
  local series
  read_options ${1+--file "$1"}
  scratch
  if [[ -n ${FILE} ]]; then
    verify_one daily
    return 0
  fi
  for series in $(printf '%s\n' "${!BACKUP_KEEP[@]}" | sort); do
    if [[ -n $(everywhere "${series}") ]]; then
      verify_one "${series}"
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
  ((STATUS == 0)) || die "${BACKUP_DAMAGED}" "${CHOSEN##*/} cannot be read back"
  log "${CHOSEN##*/} is whole"
}

restore() {
  local started safety='' seconds
  read_options "$@"
  scratch
  choose daily weekly
  plain "${CHOSEN}"
  attempt store_verify "${PLAIN}"
  ((STATUS == 0)) || die "${BACKUP_DAMAGED}" "${CHOSEN##*/} cannot be read back; nothing was changed"
  log "${CHOSEN##*/} is whole"
  if [[ ${DRY} == true ]]; then
    log "would replace what ${BACKUP_NAME} holds by ${CHOSEN##*/}, after a safety backup"
    return 0
  fi
  if [[ ${SAFETY} == true ]]; then
    log "before: $(before)"
  fi
  confirm "${YES}" "${CHOSEN##*/} will replace everything that ${BACKUP_NAME} holds." || exit "${BACKUP_REFUSED}"
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
    die 1 "${BACKUP_NAME} was not restored: it ended with ${STATUS}; $(free "${BACKUP_ROOT}")"
  fi
  attempt store_check
  if ((STATUS != 0)); then
    advise "${safety}"
    die 1 "${BACKUP_NAME} does not answer after the restore"
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
    die 1 "${BACKUP_NAME} does not answer, or does not let us in; nothing was changed. Is there nothing left to save? Then give --without-safety-backup."
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

# Puts a database folder together as it was at a moment: a base backup, and what was written since. The server is down.
recover() {
  local kept until
  read_options "$@"
  declare -F store_recover >/dev/null || die "${BACKUP_USAGE}" "${BACKUP_NAME} keeps no archive: only its dumps can be restored"
  if [[ -z ${TIME} || -z ${INTO} ]]; then
    die "${BACKUP_USAGE}" "recover takes --time and --into"
  fi
  until=$(stamp "${TIME}") || die "${BACKUP_USAGE}" "${TIME} is no moment"
  scratch
  DATE=${until:0:4}-${until:4:2}-${until:6:2}T${until:9:2}:${until:11:2}:${until:13:2}Z
  choose base
  plain "${CHOSEN}"
  attempt store_verify_base "${PLAIN}"
  ((STATUS == 0)) || die "${BACKUP_DAMAGED}" "${CHOSEN##*/} cannot be read back; nothing was changed"
  log "from ${CHOSEN##*/} on to ${TIME}"
  if [[ ${DRY} == true ]]; then
    log "would put ${INTO} together anew, and keep what is there beside it"
    return 0
  fi
  confirm "${YES}" "${BACKUP_NAME} will go back to ${TIME}." || exit "${BACKUP_REFUSED}"
  lock
  fetch_archive
  kept=${INTO}.before-$(stamp)
  attempt store_recover "${PLAIN}" "${BACKUP_ARCHIVE}" "${INTO}" "${TIME}" "${kept}"
  if ((STATUS != 0)); then
    log "what was there lies in ${INTO}, or in ${kept} if that exists: move it back, and start the server"
    die 1 "${BACKUP_NAME} was not recovered: it ended with ${STATUS}; $(free "${BACKUP_ROOT}")"
  fi
  log "${INTO} is ready; what was there lies in ${kept}: remove it once all is well"
}

# What the archive lacks here and a bucket has.
fetch_archive() {
  local name
  mkdir -p "${BACKUP_ARCHIVE}"
  while read -r name; do
    if [[ -n ${name} && ! -e ${BACKUP_ARCHIVE}/${name%.gpg} && ! -e ${BACKUP_ARCHIVE}/${name%.gz*} ]]; then
      fetch archive "${name}" || die 1 "${name} cannot be fetched from a bucket"
      plain "${FETCHED}"
      mv -- "${PLAIN}" "${BACKUP_ARCHIVE}/$(basename -- "${PLAIN}")"
    fi
  done < <(for bucket in "${BACKUP_BUCKETS[@]}"; do names_in "${bucket}" archive 2>/dev/null || :; done | sort -u)
}

# Keeps what a database writes, for as long as it runs: a receiver writes it down, and what is complete is packed, copied
# to the buckets, and removed when no backup needs it any more.
archive() {
  local receiver started
  declare -F store_receive >/dev/null || die "${BACKUP_USAGE}" "${BACKUP_NAME} keeps no archive"
  mkdir -p "${BACKUP_ARCHIVE}/.copied"
  scratch
  (
    set -e
    store_prepare
    store_receive "${BACKUP_ARCHIVE}"
  ) &
  receiver=$!
  trap 'kill "${receiver}" 2>/dev/null || :; wait "${receiver}" || :; finish' EXIT
  while kill -0 "${receiver}" 2>/dev/null; do
    started=$(date +%s)
    pack
    expire
    metrics archive 1 "${started}" "$(du --bytes --summarize -- "${BACKUP_ARCHIVE}" | cut -f 1)"
    touch "${BACKUP_ALIVE:-/tmp/archive.alive}"
    sleep "${BACKUP_PAUSE:-30}" &
    wait -n "${receiver}" $! || :
  done
  die 1 "the connection to ${BACKUP_NAME} ended"
}

# Packs what is complete, and copies it. A file that is not copied yet is tried again at the next pass.
pack() {
  local file name copy
  while read -r file; do
    name=${file##*/}
    if [[ ${name} != *.gz && ${name} != *.history ]]; then
      gzip --to-stdout -- "${file}" >"${WORK}/${name}.gz"
      sync -- "${WORK}/${name}.gz"
      touch --reference "${file}" -- "${WORK}/${name}.gz"
      mv -- "${WORK}/${name}.gz" "${file}.gz"
      rm -f -- "${file}"
      file+=.gz name+=.gz
    fi
    if ((${#BACKUP_BUCKETS[@]} > 0)) && [[ ! -e ${BACKUP_ARCHIVE}/.copied/${name} ]]; then
      copy=${file}
      if [[ ${BACKUP_ENCRYPT} == true ]]; then
        copy=${WORK}/${name}.gpg
        cipher --symmetric "${file}" "${copy}"
      else
        copy=${WORK}/${name}
        cp -- "${file}" "${copy}"
      fi
      sha256sum <"${copy}" >"${copy}.sha256"
      upload archive "${copy}"
      rm -f -- "${copy}" "${copy}.sha256"
      touch "${BACKUP_ARCHIVE}/.copied/${name}"
    fi
  done < <(find "${BACKUP_ARCHIVE}" -maxdepth 1 -type f ! -name '*.partial' ! -name '.*' | sort)
}

# Removes what is older than the oldest base backup that is kept, with a day to spare.
expire() {
  local keep=${BACKUP_KEEP["base"]}
  find "${BACKUP_ARCHIVE}" -type f -mmin "+$(((keep + 86400) / 60))" ! -name '*.partial' -delete
}
