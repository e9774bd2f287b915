# shellcheck shell=bash disable=SC2034,SC2154,SC2310,SC2311,SC2312
# Compiled by Formwork from ../../blueprints/agenthub.yaml.
# Do not edit: change the blueprint, then run `formwork build`.
#
# Copies backups to object storage that speaks S3, and back. It is sourced, after backup.sh. What is known of a bucket
# stands in the environment: BACKUP_BUCKET_<NAME>_NAME, _REGION, _ENDPOINT, _PREFIX, _ACCESS_KEY_FILE, _SECRET_KEY_FILE.

# One of the settings of a bucket: of_bucket NAME SETTING.
of_bucket() {
  local key=${1^^}
  key=BACKUP_BUCKET_${key//-/_}_$2
  printf '%s\n' "${!key-}"
}

# rclone, which reads its settings from the environment (rclone.org/docs, "Environment Variables"): remote BUCKET ARGUMENTS.
remote() {
  local bucket=$1
  shift
  (
    RCLONE_CONFIG=/dev/null
    RCLONE_S3_ACCESS_KEY_ID=$(cat -- "$(of_bucket "${bucket}" ACCESS_KEY_FILE)")
    RCLONE_S3_SECRET_ACCESS_KEY=$(cat -- "$(of_bucket "${bucket}" SECRET_KEY_FILE)")
    RCLONE_S3_REGION=$(of_bucket "${bucket}" REGION)
    RCLONE_S3_ENDPOINT=$(of_bucket "${bucket}" ENDPOINT)
    # The bucket is there: to look whether it is would need a right that a backup need not have.
    RCLONE_S3_NO_CHECK_BUCKET=true
    if [[ -n ${RCLONE_S3_ENDPOINT} ]]; then
      RCLONE_S3_PROVIDER=Other
    else
      RCLONE_S3_PROVIDER=AWS
      RCLONE_S3_SERVER_SIDE_ENCRYPTION=AES256
      export RCLONE_S3_SERVER_SIDE_ENCRYPTION
    fi
    export RCLONE_CONFIG RCLONE_S3_ACCESS_KEY_ID RCLONE_S3_SECRET_ACCESS_KEY RCLONE_S3_REGION RCLONE_S3_ENDPOINT
    export RCLONE_S3_NO_CHECK_BUCKET RCLONE_S3_PROVIDER
    exec rclone --quiet --retries 3 --low-level-retries 3 --contimeout 30s --timeout 5m "$@"
  )
}

# Where a series lies in a bucket.
place() {
  local prefix
  prefix=$(of_bucket "$1" PREFIX)
  printf ':s3:%s/%s%s/%s\n' "$(of_bucket "$1" NAME)" "${prefix:+${prefix%/}/}" "${BACKUP_NAME}" "$2"
}

# Copies a finished file and its checksum, and looks whether all of it arrived: upload SERIES FILE.
upload() {
  local series=$1 file=$2 bucket to there
  for bucket in "${BACKUP_BUCKETS[@]}"; do
    to=$(place "${bucket}" "${series}")/${file##*/}
    remote "${bucket}" copyto "${file}" "${to}" ||
      die "${file##*/} did not get into the bucket ${bucket}; it lies in ${file%/*}" "${BACKUP_UPLOAD}"
    there=$(remote "${bucket}" lsf --format s "${to}") || there=
    if [[ ${there} != "$(stat -c %s -- "${file}")" ]]; then
      die "the bucket ${bucket} has ${there:-none} of the bytes of ${file##*/}" "${BACKUP_UPLOAD}"
    fi
    remote "${bucket}" copyto "${file}.sha256" "${to}.sha256" ||
      die "the checksum of ${file##*/} did not get into the bucket ${bucket}" "${BACKUP_UPLOAD}"
    log "copied ${file##*/} to the bucket ${bucket}"
  done
}

# The names of a series in a bucket, oldest first.
names_in() {
  remote "$1" lsf --files-only "$(place "$1" "$2")" | { grep -v '\.sha256$' || :; } | sort
}

# Removes from the buckets what is older than it is kept; the newest stays.
prune_remote() {
  local series=$1 keep=${BACKUP_KEEP[$1]} oldest bucket name from all
  oldest=$(stamp "@$(($(date +%s) - keep))")
  for bucket in "${BACKUP_BUCKETS[@]}"; do
    from=$(place "${bucket}" "${series}")
    all=$(names_in "${bucket}" "${series}") || die "the bucket ${bucket} cannot be listed" "${BACKUP_UPLOAD}"
    while read -r name; do
      if [[ -n ${name} && $(stamp_of "${name}") < ${oldest} ]]; then
        remote "${bucket}" deletefile "${from}/${name}" || warn "${name} stays in the bucket ${bucket}"
        remote "${bucket}" deletefile "${from}/${name}.sha256" || :
        log "removed ${name} from the bucket ${bucket}"
      fi
    done < <(head -n -1 <<<"${all}")
  done
}

# Fetches a file that is no longer here: fetch SERIES NAME gives the path in FETCHED.
fetch() {
  local series=$1 name=$2 bucket from
  for bucket in "${BACKUP_BUCKETS[@]}"; do
    from=$(place "${bucket}" "${series}")/${name}
    if remote "${bucket}" copyto "${from}" "${WORK}/${name}" &&
      remote "${bucket}" copyto "${from}.sha256" "${WORK}/${name}.sha256" && [[ -s ${WORK}/${name} ]]; then
      FETCHED=${WORK}/${name}
      return 0
    fi
  done
  return 1
}
