# shellcheck shell=bash disable=SC2034,SC2153,SC2154,SC2310,SC2311,SC2312
# Compiled by Formwork from ../../blueprints/vulnzero.yaml.
# Do not edit: change the blueprint, then run `formwork build`.
#
# Keeps what a database writes between two backups, and goes back to any moment with it. It is sourced, after restore.sh.

# Puts a database folder together as it was at a moment: a base backup, and what was written since. The server is down.
recover() {
  local kept until base
  read_options "$@"
  local_only
  declare -F store_recover >/dev/null || die "${BACKUP_NAME} keeps no archive: only its dumps can be restored" "${BACKUP_USAGE}"
  if [[ -z ${TIME} || -z ${INTO} ]]; then
    die "recover takes --time and --into" "${BACKUP_USAGE}"
  fi
  # The newest base backup leads to the newest moment.
  if [[ ${TIME} != latest ]]; then
    until=$(stamp "${TIME}") || die "${TIME} is no moment" "${BACKUP_USAGE}"
    DATE=${until:0:4}-${until:4:2}-${until:6:2}T${until:9:2}:${until:11:2}:${until:13:2}Z
  fi
  scratch
  choose base
  plain "${CHOSEN}"
  base=${PLAIN}
  attempt store_verify_base "${base}"
  ((STATUS == 0)) || die "${CHOSEN##*/} cannot be read back; nothing was changed" "${BACKUP_DAMAGED}"
  log "from ${CHOSEN##*/} on to ${TIME}"
  room "${base}"
  if [[ ${DRY} == true ]]; then
    log "would put ${INTO} together anew, and keep what is there beside it"
    return 0
  fi
  agreed "${BACKUP_NAME} will go back to ${TIME}." || exit "${BACKUP_REFUSED}"
  lock
  fetch_archive "${base}"
  kept=${INTO}.before-$(stamp)
  attempt store_recover "${base}" "${BACKUP_ARCHIVE}" "${INTO}" "${TIME}" "${kept}"
  if ((STATUS != 0)); then
    log "what was there lies in ${INTO}, or in ${kept} if that exists: move it back, and start the server"
    die "${BACKUP_NAME} was not recovered: it ended with ${STATUS}; $(free "${BACKUP_ROOT}")"
  fi
  log "${INTO} is ready; what was there lies in ${kept}: remove it once all is well"
}

# Ends where what the base backup $1 holds, and what lies here of what it needs besides, does not fit beside what is there.
room() {
  local place needed free name size
  place=$(dirname -- "${INTO}")
  needed=$(gzip --decompress --stdout -- "$1" | wc --bytes)
  mkdir -p "${BACKUP_ARCHIVE}"
  find "${BACKUP_ARCHIVE}" "${BACKUP_ARCHIVE}/.before" -maxdepth 1 -type f -printf '%f\n' 2>/dev/null | sort -u >"${WORK}/kept" || :
  attempt store_needs "$1" <"${WORK}/kept" >"${WORK}/wanted"
  ((STATUS == 0)) || die "${CHOSEN##*/} does not say what it needs; nothing was changed"
  while read -r name; do
    size=$(stat -c %s -- "${BACKUP_ARCHIVE}/${name}" 2>/dev/null || stat -c %s -- "${BACKUP_ARCHIVE}/.before/${name}")
    needed=$((needed + size))
  done <"${WORK}/wanted"
  free=$(df --output=avail --block-size=1 -- "${place}" | tail -n 1)
  if ((free < needed)); then
    die "the volume has no room to put ${BACKUP_NAME} together beside what is there: it takes $(size "${needed}"), and $(free "${place}"); nothing was changed. Enlarge it, or remove there what an earlier recovery has left: folders that end in .before- and a time."
  fi
}

# Of the names that it reads, those of which nothing lies here: not packed, not as it was, not put aside by a recovery.
lacking() {
  local name plain
  while read -r name; do
    plain=${name%.gpg}
    if [[ ! -e ${BACKUP_ARCHIVE}/${plain} && ! -e ${BACKUP_ARCHIVE}/${plain%.gz} && ! -e ${BACKUP_ARCHIVE}/.before/${plain} ]]; then
      printf '%s\n' "${name}"
    fi
  done
}

# Fetches what the base backup $1 needs, the archive lacks here, and a bucket has: all of a bucket at once.
fetch_archive() {
  local bucket name missing listed=false unlisted=()
  mkdir -p "${BACKUP_ARCHIVE}" "${WORK}/fetched"
  : >"${WORK}/needed"
  for bucket in "${BACKUP_BUCKETS[@]}"; do
    if ! names_in "${bucket}" archive >"${WORK}/there"; then
      warn "the bucket ${bucket} cannot be listed: what it has is passed over"
      unlisted+=("${bucket}")
      continue
    fi
    listed=true
    attempt store_needs "$1" <"${WORK}/there" >"${WORK}/of-bucket"
    ((STATUS == 0)) || die "${CHOSEN##*/} does not say what it needs; nothing was changed"
    cat -- "${WORK}/of-bucket" >>"${WORK}/needed"
    lacking <"${WORK}/of-bucket" >"${WORK}/lacking"
    [[ -s ${WORK}/lacking ]] || continue
    sed 's/$/.sha256/' "${WORK}/lacking" >"${WORK}/sums"
    cat -- "${WORK}/sums" >>"${WORK}/lacking"
    remote "${bucket}" copy --files-from-raw "${WORK}/lacking" "$(place "${bucket}" archive)" "${WORK}/fetched" ||
      warn "not all of it came from the bucket ${bucket}"
    while read -r name; do
      unpack_fetched "${WORK}/fetched/${name%.sha256}"
    done <"${WORK}/sums"
  done
  if [[ ${listed} == false ]] && ((${#unlisted[@]} > 0)); then
    die "no bucket can be listed (${unlisted[*]}), so that what was written last may be missing: see the messages above; nothing was changed. Is all of it here? Then give --without-buckets."
  fi
  missing=$(sort -u "${WORK}/needed" | lacking | head -n 1)
  [[ -z ${missing} ]] || die "${missing} cannot be fetched from a bucket; nothing was changed"
}

# Puts what was fetched into the archive, if it is whole; what is not is fetched from the next bucket.
unpack_fetched() {
  local name=${1##*/}
  if ! matches_checksum "$1"; then
    warn "${1##*/} is not what its checksum says, or did not come"
  elif [[ $1 != *.gpg ]]; then
    mv -- "$1" "${BACKUP_ARCHIVE}/"
  elif cipher --decrypt "$1" "${WORK}/plain"; then
    mv -- "${WORK}/plain" "${BACKUP_ARCHIVE}/${name%.gpg}"
  else
    warn "${1##*/} cannot be decrypted: is ${BACKUP_PASSPHRASE_FILE} the passphrase it was made with?"
  fi
  rm -f -- "$1" "$1.sha256"
}

# Keeps what a database writes, for as long as it runs: a receiver writes it down, and what is complete is packed, copied
# to the buckets, and removed when no backup needs it any more.
archive() {
  local receiver started
  declare -F store_receive >/dev/null || die "${BACKUP_NAME} keeps no archive" "${BACKUP_USAGE}"
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
    expire_remote
    metrics archive 1 "${started}" "$(du --bytes --summarize -- "${BACKUP_ARCHIVE}" | cut -f 1)"
    touch "${BACKUP_ALIVE:-/tmp/archive.alive}"
    sleep "${BACKUP_PAUSE:-30}" &
    wait -n "${receiver}" $! || :
  done
  die "the connection to ${BACKUP_NAME} ended"
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

# The seconds for which it is kept: as long as a base backup, with a day to spare.
archive_keep() {
  printf '%s\n' "$((BACKUP_KEEP["base"] + 86400))"
}

# Removes what no base backup that is kept needs.
expire() {
  find "${BACKUP_ARCHIVE}" -type f -mmin "+$(($(archive_keep) / 60))" \( ! -name '*.partial' -o -path '*/.before/*' \) -delete
}

# The same in the buckets, once a day; by the time of the bucket itself, which asks for no look at each file
# (rclone.org/docs, "--use-server-modtime"; rclone.org/filtering, "--min-age").
expire_remote() {
  local bucket done=${BACKUP_ARCHIVE}/.expired
  ((${#BACKUP_BUCKETS[@]} > 0)) || return 0
  [[ -z $(find "${done}" -mmin -1440 2>/dev/null || :) ]] || return 0
  for bucket in "${BACKUP_BUCKETS[@]}"; do
    remote "${bucket}" delete --use-server-modtime --min-age "$(archive_keep)s" "$(place "${bucket}" archive)" ||
      warn "what is too old stays in the bucket ${bucket}, and is tried again tomorrow"
  done
  touch "${done}"
}
