# Compiled by Formwork from ../../blueprints/saas-chat.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

# What scripts say, and how they ask: on the machine and in the container that makes backups. It is sourced and never run.
#
# shellcheck shell=bash disable=SC2312

# Says something where it is no part of an answer. In front stands who says it, or when, where nobody is named.
log() {
  printf '%s %s\n' "${SPEAKER:-$(date -u +%Y-%m-%dT%H:%M:%SZ)}" "$*" >&2
}

warn() {
  log "warning: $*"
}

# Ends with a message. die MESSAGE [STATUS]
die() {
  log "error: $1"
  exit "${2:-1}"
}

# Asks for a word, so that no key pressed by chance is one; ends with 1 where it is another, with 2 where nobody can be
# asked. typed QUESTION WORD
typed() {
  local answer
  [[ -t 0 ]] || return 2
  read -r -p "$1 Type '$2' to go on: " answer
  [[ ${answer} == "$2" ]]
}
