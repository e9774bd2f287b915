# shellcheck shell=bash disable=SC2034,SC2154,SC2310,SC2311,SC2312
# Compiled by Formwork from ../../blueprints/sira.yaml.
# Do not edit: change the blueprint, then run `formwork build`.
#
# Makes, checks, lists, copies, removes and restores backups: what job.sh is made of. It is sourced, after messages.sh. How
# a single store is dumped and restored stands in its file below jobs/: functions that begin with `store_`.

# What a script ends with, beside 0 and 1.
readonly BACKUP_USAGE=2 BACKUP_LOCKED=3 BACKUP_DAMAGED=4 BACKUP_UPLOAD=5 BACKUP_REFUSED=6

# Where backups lie, where an exporter looks for metrics, where files are unpacked.
: "${BACKUP_ROOT:=/backups}" "${BACKUP_METRICS:=/metrics}" "${BACKUP_WORK:=${BACKUP_ROOT}/.work}"

# Runs functions of the store, and says in STATUS how that ended. It stands alone on a line: behind `if`, `!`, `&&` or
# `||` the shell would go on after a fault inside of it.
attempt() {
  set +e
  (
    set -e
    store_prepare
    "$@"
  )
  STATUS=$?
  set -e
}

# The time as names of files have it: texts in the order of time.
stamp() {
  date -u -d "${1:-now}" +%Y%m%dT%H%M%SZ
}

# The stamp in the name of a file: `NAME-SERIES-STAMP.SUFFIX`.
stamp_of() {
  local name=${1##*/}
  name=${name#"${BACKUP_NAME}-"}
  name=${name#*-}
  printf '%s\n' "${name%%.*}"
}

# Keeps everybody else away from the store, for as long as this process lives.
lock() {
  mkdir -p "${BACKUP_ROOT}/${BACKUP_NAME}" "${BACKUP_WORK}"
  exec {LOCK}>"${BACKUP_ROOT}/${BACKUP_NAME}/.lock"
  if ! flock --nonblock "${LOCK}"; then
    die "a backup or a restore of ${BACKUP_NAME} is under way" "${BACKUP_LOCKED}"
  fi
}

# A folder for what is not finished; it goes when the process ends, however that comes.
scratch() {
  mkdir -p "${BACKUP_WORK}"
  WORK=$(mktemp -d "${BACKUP_WORK}/${BACKUP_NAME}.XXXXXXXX")
  trap 'finish' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

finish() {
  if [[ -d ${WORK-}/gnupg ]]; then
    gpgconf --homedir "${WORK}/gnupg" --kill gpg-agent || :
  fi
  rm -rf -- "${WORK:?}"
}

# GnuPG with the passphrase from its file: cipher --symmetric|--decrypt FROM TO. It adds a code that tells any change.
cipher() {
  mkdir -p "${WORK}/gnupg"
  chmod 0700 "${WORK}/gnupg"
  gpg --homedir "${WORK}/gnupg" --batch --yes --quiet --no-tty --pinentry-mode loopback --no-symkey-cache \
    --passphrase-file "${BACKUP_PASSPHRASE_FILE:?}" --cipher-algo AES256 --compress-algo none \
    --output "$3" "$1" "$2"
}

# Checks that a file is what was written: against the checksum beside it.
matches_checksum() {
  local file=$1
  [[ -s ${file} && -s ${file}.sha256 ]] || return 1
  [[ $(sha256sum <"${file}") == "$(cat -- "${file}.sha256")" ]]
}

# A finished backup as the store can read it: plain FILE gives the path in PLAIN. Ends where it is damaged.
plain() {
  local file=$1
  if ! matches_checksum "${file}"; then
    die "${file##*/} is damaged: it is not what its checksum says" "${BACKUP_DAMAGED}"
  fi
  PLAIN=${file}
  if [[ ${file} == *.gpg ]]; then
    PLAIN=${WORK}/$(basename -- "${file}" .gpg)
    if ! cipher --decrypt "${file}" "${PLAIN}"; then
      die "${file##*/} cannot be decrypted: is ${BACKUP_PASSPHRASE_FILE} the passphrase it was made with?" "${BACKUP_DAMAGED}"
    fi
  fi
}

# Makes one: make SERIES COMMAND VERIFY SUFFIX. The path of the finished file is in MADE.
make() {
  local series=$1 command=$2 verify=$3 suffix=$4
  local folder=${BACKUP_ROOT}/${BACKUP_NAME}/${series} name part
  name=${BACKUP_NAME}-${series}-$(stamp).${suffix}
  part=${WORK}/${name}.part
  mkdir -p "${folder}"
  attempt "${command}" "${part}"
  if ((STATUS != 0)); then
    die "${BACKUP_NAME} was not backed up: ${command#store_} ended with ${STATUS}; $(free "${BACKUP_ROOT}")"
  fi
  attempt "${verify}" "${part}"
  if ((STATUS != 0)) || [[ ! -s ${part} ]]; then
    die "the backup of ${BACKUP_NAME} cannot be read back" "${BACKUP_DAMAGED}"
  fi
  if [[ ${BACKUP_ENCRYPT} == true ]]; then
    cipher --symmetric "${part}" "${part}.gpg" || die "${name} was not encrypted; $(free "${BACKUP_ROOT}")"
    cipher --decrypt "${part}.gpg" - | cmp -- - "${part}" || die "${name} does not decrypt to itself" "${BACKUP_DAMAGED}"
    rm -f -- "${part}"
    name+=.gpg part+=.gpg
  fi
  sha256sum <"${part}" >"${folder}/${name}.sha256.part" || die "no checksum was written; $(free "${BACKUP_ROOT}")"
  sync -- "${part}" "${folder}/${name}.sha256.part"
  mv -- "${folder}/${name}.sha256.part" "${folder}/${name}.sha256"
  mv -- "${part}" "${folder}/${name}"
  MADE=${folder}/${name}
}

# A number of bytes for people.
size() {
  numfmt --to=iec-i --suffix=B "$1"
}

# How much is left where backups lie, for messages.
free() {
  printf '%s are free in %s\n' "$(size "$(df --output=avail --block-size=1 -- "$1" | tail -n 1)")" "$1"
}

# The finished backups of a series, oldest first: one name a line.
names() {
  local folder=${BACKUP_ROOT}/${BACKUP_NAME}/$1
  [[ -d ${folder} ]] || return 0
  find "${folder}" -maxdepth 1 -type f -name "${BACKUP_NAME}-$1-*" ! -name '*.sha256' ! -name '*.part' -printf '%f\n' | sort
}

# What a backup weighs, beside the one before it.
report() {
  local series=$1 now before last
  now=$(stat -c %s -- "${MADE}")
  last=$(names "${series}" | tail -n 2 | head -n 1)
  before=${now}
  if [[ -n ${last} ]]; then
    before=$(stat -c %s -- "${BACKUP_ROOT}/${BACKUP_NAME}/${series}/${last}")
  fi
  log "made ${MADE##*/}: $(size "${now}"), the one before $(size "${before}"); $(free "${BACKUP_ROOT}")"
  if ((now * 2 < before)); then
    warn "it weighs less than half of the one before: look whether data are missing"
  fi
}

# Removes what is older than it is kept; the newest stays whatever its age.
prune() {
  local series=$1 keep=${BACKUP_KEEP[$1]} oldest name folder
  oldest=$(stamp "@$(($(date +%s) - keep))")
  folder=${BACKUP_ROOT}/${BACKUP_NAME}/${series}
  while read -r name; do
    if [[ $(stamp_of "${name}") < ${oldest} ]]; then
      rm -f -- "${folder}/${name}" "${folder}/${name}.sha256"
      log "removed ${name}: older than $((keep / 86400)) days"
    fi
  done < <(names "${series}" | head -n -1)
}
