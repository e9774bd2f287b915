# Compiled by Formwork from ../../blueprints/vulnzero.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

# The versions that have run: what a rollback goes back to. It is sourced and never run.
#
# <state>/current           the version that runs
# <state>/versions/<name>/  info        when it was deployed, from which commit, and the backup made before
#                           images      service, image as it was named, image id, tag that keeps it
#                           images.json puts those tags in place of the images of the compose file
#                           files/      the compose file, every compiled file that containers read, and what the
#                                       scripts knew of the environment
#
# SC2310: a function here tells by its status whether it worked, and none relies on `set -e` within.
# SC2312: a pipeline fails with any of its commands (pipefail).
# SC2154: common.sh sets what is read here.
# shellcheck shell=bash disable=SC2310,SC2312,SC2154

# Names of all versions, oldest first.
version_names() {
  local folder
  for folder in "${STATE}"/versions/*/; do
    [[ -d ${folder} ]] || continue
    basename -- "${folder}"
  done
}

# The version that runs; nothing where none was recorded.
current_version() {
  if [[ -f ${STATE}/current ]]; then
    cat -- "${STATE}/current"
  fi
}

# The newest version before the current one that differs from it; nothing where there is none.
previous_version() {
  local current now name found=''
  current=$(current_version)
  [[ -z ${current} ]] || now=$(version_content "${current}")
  while IFS= read -r name; do
    [[ -n ${name} ]] || continue
    if [[ -z ${current} ]]; then
      found=${name}
    elif [[ ${name} < ${current} ]] && [[ $(version_content "${name}") != "${now}" ]]; then
      found=${name}
    fi
  done < <(version_names)
  printf '%s' "${found}"
}

# What a version consists of, as one number: the same images and files give the same. version_content NAME
version_content() {
  (
    cd -- "${STATE}/versions/$1" || return
    cut -f 1-3 -- images
    find files -type f -exec cksum {} + | sort
  ) | cksum
}

# A line of a version's `info`. version_info NAME KEY
version_info() {
  sed -n "s/^$2=//p" -- "${STATE}/versions/$1/info" 2>/dev/null || true
}

# A name for what is deployed now, later than every other.
new_version() {
  local name last
  name=$(date -u +%Y%m%dT%H%M%SZ)
  last=$(version_names | tail -n 1)
  while [[ ! ${name} > ${last} ]]; do
    sleep 1
    name=$(date -u +%Y%m%dT%H%M%SZ)
  done
  printf '%s\n' "${name}"
}

mark_current() {
  printf '%s\n' "$1" >"${STATE}/current.new"
  mv -f -- "${STATE}/current.new" "${STATE}/current"
}

# Records what runs: tags its images, so that nobody prunes them, and keeps the files. record_version NAME BACKUP
record_version() {
  local name=$1 backup=$2 folder="${STATE}/versions/.$1"
  rm -rf -- "${folder}"
  mkdir -p -- "${folder}/files"
  : >"${folder}/images"
  each_service record_image "${name}" "${folder}/images" || return
  image_override <"${folder}/images" >"${folder}/images.json" || return
  keep_files "${folder}/files" || return
  local commit
  commit=${DEPLOY_COMMIT:-$(git -C "${ROOT}" rev-parse --short HEAD 2>/dev/null || echo unknown)}
  printf 'commit=%s\nbackup=%s\nby=%s\n' "${commit}" "${backup}" "${SUDO_USER:-$(id -un)}" >"${folder}/info" || return
  mv -- "${folder}" "${STATE}/versions/${name}" || return
  mark_current "${name}"
}

# A service that does not run has no image to keep.
record_image() {
  local name=$1 file=$2 service=$3 container id image tag
  container=$(compose ps --all --quiet "${service}") || return
  container=${container%%$'\n'*}
  [[ -n ${container} ]] || return 0
  id=$(docker inspect --format '{{.Image}}' "${container}") || return
  image=$(docker inspect --format '{{.Config.Image}}' "${container}") || return
  tag="localhost/${PROJECT}/${service}:${name}"
  docker image tag "${id}" "${tag}" || return
  printf '%s\t%s\t%s\t%s\n' "${service}" "${image}" "${id}" "${tag}" >>"${file}"
}

# JSON is YAML, and names and tags are plain words.
image_override() {
  awk -F '\t' '
    BEGIN { printf "{\"services\":{" }
    { printf "%s\"%s\":{\"image\":\"%s\",\"pull_policy\":\"never\"}", (NR > 1 ? "," : ""), $1, $4 }
    END { print "}}" }'
}

# keep_files FOLDER
keep_files() {
  KEPT=("${COMPOSE_FILE}" "scripts/environments/${ENVIRONMENT}.sh")
  each_file add_kept
  tar -C "${ROOT}" -cf - -- "${KEPT[@]}" | tar -C "$1" -xf -
}

add_kept() {
  KEPT+=("$1")
}

# Removes the oldest versions and the tags that kept their images. What is deployed again and again counts once: of those
# in a row that are the same the newest stays, and the oldest, which knows the backup from before all of them.
# forget_versions HOW_MANY_STAY
forget_versions() {
  local current name content='' before last='' count=0 newer=''
  current=$(current_version)
  while IFS= read -r name; do
    before=${content}
    content=$(version_content "${name}")
    if [[ ${content} != "${before}" ]]; then
      count=$((count + 1))
      newer=${name}
      last=''
    else
      # The one in between is neither the newest nor the oldest.
      [[ -z ${last} || ${last} == "${newer}" || ${last} == "${current}" ]] || forget_version "${last}"
      last=${name}
    fi
    ((count <= $1)) || [[ ${name} == "${current}" ]] || {
      forget_version "${name}"
      last=''
    }
  done < <(version_names | sort --reverse)
}

forget_version() {
  local tag
  while IFS=$'\t' read -r _ _ _ tag; do
    docker image rm "${tag}" >/dev/null || warn "${tag} could not be removed"
  done <"${STATE}/versions/$1/images"
  rm -rf -- "${STATE}/versions/${1:?}"
  log "version $1 is forgotten"
}

# Chooses the files and images of a version for Docker Compose; the operator's values stay. use_version NAME
use_version() {
  local folder="${STATE}/versions/$1"
  ln -sfn -- "${ROOT}/secrets" "${folder}/files/secrets"
  export DEPLOY_FACTS=${folder}/files/scripts/environments
  load "${ENVIRONMENT}"
  use_files "${folder}/files" "${COMPOSE_FILE}" "${folder}/images.json"
}
