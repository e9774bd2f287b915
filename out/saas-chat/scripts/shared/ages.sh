# Compiled by Formwork from ../../blueprints/saas-chat.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

# Tells how old backups are, and whether the buckets have them. It is sourced and never run, after findings.sh.
#
# SC2310: a function here tells by its status whether it worked, and none relies on `set -e` within.
# SC2312: a pipeline fails with any of its commands (pipefail).
# SC2154: common.sh and the file of the environment set what is read here.
# shellcheck shell=bash disable=SC2310,SC2312,SC2154

# What the job lists of a store, and of which.
LISTED=''
LISTED_STORE=''
# How long what is complete may lie before the buckets have it: some passes of the archive.
readonly COPY_SECONDS=600

check_backups() {
  if [[ ${BACKUPS} == false ]]; then
    does_not_apply 'nothing is backed up here'
    return 0
  fi
  each_backup check_backup
  each_archive check_archive
}

# Whether a store is one of those that were chosen; all are where nobody chose.
is_chosen() {
  local line
  [[ -n ${STORES+set} ]] || return 0
  for line in "${STORES[@]}"; do
    [[ ${line%%$'\t'*} != "$1" ]] || return 0
  done
  return 1
}

# When the newest of a series was begun, anywhere or in one place; nothing for none. Their names end in that time:
# STORE-SERIES-20260131T020000Z.SUFFIX. newest STORE SERIES [PLACE]
newest() {
  awk -F '\t' -v head="$1-$2-" -v place="${3:-}" \
    'index($2, head) == 1 && (place == "" || $3 == place) { print substr($2, length(head) + 1, 16) }' \
    <<<"${LISTED}" | sort | tail -n 1
}

# The seconds since a time as names have it; fails for what is none. age_of TIME
age_of() {
  local stamp=$1 begun
  [[ ${stamp} =~ ^[0-9]{8}T[0-9]{6}Z$ ]] || return 1
  begun=$(date -u -d "${stamp:0:4}-${stamp:4:2}-${stamp:6:2} ${stamp:9:2}:${stamp:11:2}:${stamp:13:2}" +%s) || return 1
  printf '%s\n' "$(($(date -u +%s) - begun))"
}

# check_backup STORE SERIES SECONDS
check_backup() {
  local store=$1 series=$2 most=$3 stamp age
  is_chosen "${store}" || return 0
  if [[ ${LISTED_STORE} != "${store}" ]]; then
    LISTED=$(backup_job list "${store}" </dev/null 2>/dev/null) || LISTED=''
    LISTED_STORE=${store}
  fi
  stamp=$(newest "${store}" "${series}")
  if ! age=$(age_of "${stamp}"); then
    found fail "${store}" "has no ${series} backup"
    return 0
  fi
  if ((age > most)); then
    found fail "${store}" "its last ${series} backup is $((age / 3600)) hours old, and may be $((most / 3600))"
  else
    found ok "${store}" "its last ${series} backup is $((age / 3600)) hours old"
  fi
  each_copy check_copy "${store}" "${series}" "${most}" "${stamp}"
}

# Looks for the newest of a store in one of its buckets. check_copy STORE SERIES SECONDS NEWEST OF BUCKET
check_copy() {
  local store=$1 series=$2 most=$3 last=$4 bucket=$6 stamp age
  [[ $5 == "${store}" ]] || return 0
  stamp=$(newest "${store}" "${series}" "${bucket}")
  if ! age=$(age_of "${stamp}"); then
    found fail "${store}" "the bucket ${bucket} has no ${series} backup, or does not answer"
  elif ((age > most)); then
    found fail "${store}" "the last ${series} backup in the bucket ${bucket} is $((age / 3600)) hours old"
  elif [[ ${stamp} < ${last} ]]; then
    found warn "${store}" "the bucket ${bucket} lacks the last ${series} backup"
  else
    found ok "${store}" "the bucket ${bucket} has its last ${series} backup"
  fi
}

# Looks how old the newest complete part of an archive is. Where nothing is written none is made, but for those that come
# with a backup. check_archive STORE SERVICE USUAL_SECONDS MOST_SECONDS COPIED
check_archive() {
  local store=$1 service=$2 usual=$3 most=$4 copied=$5 list last age
  is_chosen "${store}" || return 0
  # The container knows where its archive lies.
  # shellcheck disable=SC2016
  list=$(compose exec -T "${service}" sh -c 'find "${BACKUP_ARCHIVE:?}" -maxdepth 2 -type f -printf "%T@ %P\n"' \
    </dev/null 2>/dev/null) || list=''
  last=$(grep -E '^[0-9.]+ [^./][^/]*$' <<<"${list}" | grep -vE '\.(partial|history|part)$' | sort -n | tail -n 1) || last=''
  if [[ -z ${last} ]]; then
    found fail "${store}" "${service} has nothing in its archive, or does not run"
    return 0
  fi
  age=${last%% *}
  age=$(($(date -u +%s) - ${age%.*}))
  if ((age > most)); then
    found fail "${store}" "the newest part of its archive is $((age / 60)) minutes old, and may be $((most / 60))"
  elif ((age > usual)); then
    found warn "${store}" "the newest part of its archive is $((age / 60)) minutes old: has nothing been written since?"
  else
    found ok "${store}" "the newest part of its archive is $((age / 60)) minutes old"
  fi
  [[ ${copied} == copied ]] || return 0
  if grep -qE "^[0-9.]+ \.copied/${last#* }\$" <<<"${list}"; then
    found ok "${store}" 'the buckets have all of its archive'
  elif ((age > COPY_SECONDS)); then
    found fail "${store}" "the newest part of its archive is in no bucket: see the log of ${service}"
  else
    found ok "${store}" 'the newest part of its archive is on its way to the buckets'
  fi
}
