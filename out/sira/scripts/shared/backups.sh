# Compiled by Formwork from ../../blueprints/sira.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

# What backup.sh and restore.sh share: what there is to back up, and how the container is called that does it. It is
# sourced and never run.
#
# SC2310: a function here tells by its status whether it worked, and none relies on `set -e` within.
# SC2154, SC2034: common.sh and the file of the environment set it, and the scripts that source this read it.
# shellcheck shell=bash disable=SC2310,SC2154,SC2034

# What is backed up, one a line: name, service that keeps it, service that keeps its archive, volume, volume of the
# archive, folder on the volume, user. Only the chosen one, where one is.
STORES=()

add_store() {
  local line
  printf -v line '%s\t' "$@"
  STORES+=("${line%$'\t'}")
}

# choose_store [NAME]
choose_store() {
  local line chosen=() known=()
  [[ ${BACKUPS} == true ]] || die "nothing is backed up in ${ENVIRONMENT}" "${EX_USAGE}"
  STORES=()
  each_store add_store
  [[ -n $1 ]] || return 0
  for line in "${STORES[@]}"; do
    known+=("${line%%$'\t'*}")
    [[ ${line%%$'\t'*} != "$1" ]] || chosen+=("${line}")
  done
  ((${#chosen[@]})) || misused "nothing is backed up under the name '$1', only ${known[*]}"
  STORES=("${chosen[@]}")
}

# Whether a service runs. runs SERVICE
runs() {
  local running
  [[ ${DRY_RUN} == false ]] || return 0
  running=$(compose ps --services --status running) || die 'the container engine does not answer' "${EX_USAGE}"
  grep -qxF -e "$1" <<<"${running}"
}
