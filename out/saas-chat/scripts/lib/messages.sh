# shellcheck shell=bash disable=SC2312
# Compiled by Formwork from ../../blueprints/saas-chat.yaml.
# Do not edit: change the blueprint, then run `formwork build`.
#
# What every script here needs: messages, the tools that must be there, confirmation. It is sourced, and sets nothing.

# Says something, with the time, where it is no part of the answer.
log() {
  printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" >&2
}

warn() {
  log "warning: $*"
}

# Ends with a status and the reason: die STATUS TEXT.
die() {
  local status=$1
  shift
  log "error: $*"
  exit "${status}"
}

# Every program must be there before anything is done.
need() {
  local tool missing=()
  for tool in "$@"; do
    command -v "${tool}" >/dev/null || missing+=("${tool}")
  done
  if ((${#missing[@]} > 0)); then
    die 1 "not installed: ${missing[*]}"
  fi
}

# Asks for the word `yes`: confirm ASSUMED QUESTION. Without a terminal nobody can say it, and `--yes` must be given.
confirm() {
  local answer
  if [[ $1 == true ]]; then
    return 0
  fi
  if [[ ! -t 0 ]]; then
    log "error: $2 Nobody can be asked here: give --yes."
    return 1
  fi
  read -r -p "$2 Type yes to go on: " answer
  [[ ${answer} == yes ]]
}

# A number of bytes for people.
size() {
  numfmt --to=iec-i --suffix=B "$1"
}
