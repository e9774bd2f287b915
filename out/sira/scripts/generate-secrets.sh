#!/usr/bin/env bash
# Compiled by Formwork from ../../blueprints/sira.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

# SC2310: a function here tells by its status whether it worked, and none relies on `set -e` within.
# shellcheck source-path=SCRIPTDIR disable=SC2310

set -euo pipefail
# shellcheck source=shared/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/shared/common.sh"

CHECK=true

usage() {
  cat <<'END'
Makes the secrets of an environment that can be made, in its env file and in the files below secrets/, and then says
what is left to be set by hand. What is set already is never changed. It calls 'formwork env fill' and
'formwork env check', which know each value from the blueprint: where it is used, how long it is, what it may hold.

Usage: generate-secrets.sh ENVIRONMENT [OPTIONS]

      --no-check   do not say what is left to be set
  -n, --dry-run    say what would be done, and call nothing
  -h, --help       say this

Exit status: 0 every value is set and right
             1 something is left to be set
             2 wrong arguments, or formwork or the blueprint is not on this machine
END
}

main() {
  local environment=''
  while (($#)); do
    case $1 in
      --no-check) CHECK=false ;;
      -*) common_option "$1" || misused "there is no option '$1'" ;;
      *)
        [[ -z ${environment} ]] || misused "one environment at a time, not also '$1'"
        environment=$1
        ;;
    esac
    shift
  done
  load "${environment}"
  if [[ -z ${ENV_FILE} ]]; then
    log "${ENVIRONMENT} asks for nothing"
    return 0
  fi
  local blueprint=${ROOT}/${BLUEPRINT} file=${ROOT}/${ENV_FILE}
  if [[ ${DRY_RUN} == false ]]; then
    need formwork
    [[ -f ${blueprint} ]] || die "the blueprint is not here: ${blueprint}" "${EX_USAGE}"
  fi
  run formwork env fill "${blueprint}" --env "${ENVIRONMENT}" --out "${ROOT}" --file "${file}"
  if [[ ${CHECK} == true ]]; then
    run formwork env check "${file}" "${blueprint}" --env "${ENVIRONMENT}" --out "${ROOT}"
  fi
}

main "$@"
