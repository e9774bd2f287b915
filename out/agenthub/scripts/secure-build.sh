#!/usr/bin/env bash
# Compiled by Formwork from ../../blueprints/agenthub.yaml.
# Do not edit: change the blueprint, then run `formwork build`.

# SC2310: a function here tells by its status whether it worked, and none relies on `set -e` within.
# shellcheck source-path=SCRIPTDIR disable=SC2310

set -euo pipefail
# shellcheck source=shared/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/shared/common.sh"

# What Trivy ends with when it has found something, apart from its own failures.
readonly FOUND=10

ALL=false
PUSH=false
KEY=''
SEVERITY=HIGH,CRITICAL
REPORTS=''
FINDINGS=0
SEEN=' '

usage() {
  cat <<'END'
Builds the images of an environment so that they can be trusted: each is scanned for known vulnerabilities and for
secrets (Trivy), gets a list of what is in it (Syft, SPDX), and, once it is pushed, a signature over its digest and over
that list (Cosign). What has findings is neither pushed nor signed.

Usage: secure-build.sh ENVIRONMENT [OPTIONS]

      --push           push and sign the images; without it they stay on this machine
      --key FILE       sign with this key (or a KMS address); without it Cosign asks for an identity
      --all            scan the images of ready-made components too
      --severity LIST  what counts, as Trivy names it (HIGH,CRITICAL); what has no fix yet does not
      --reports FOLDER where reports are written (.deploy/ENVIRONMENT/reports)
  -n, --dry-run        say what would be done, and call nothing
  -h, --help           say this

Exit status: 0 every image is built, scanned and, with --push, signed
             1 a build failed, or an image has findings
             2 wrong arguments, or something is missing on this machine
END
}

main() {
  local environment=''
  while (($#)); do
    case $1 in
      --push) PUSH=true ;;
      --all) ALL=true ;;
      --key | --severity | --reports)
        has_value "$1" $#
        case $1 in
          --key) KEY=$2 ;;
          --severity) SEVERITY=$2 ;;
          *) REPORTS=$2 ;;
        esac
        shift
        ;;
      -*) common_option "$1" || misused "there is no option '$1'" ;;
      *)
        [[ -z ${environment} ]] || misused "one environment at a time, not also '$1'"
        environment=$1
        ;;
    esac
    shift
  done
  load "${environment}"
  REPORTS=${REPORTS:-${STATE}/reports}
  if [[ ${DRY_RUN} == false ]]; then
    need docker trivy syft
    if [[ ${PUSH} == true ]]; then
      need cosign
    fi
    mkdir -p -- "${REPORTS}"
  fi
  log 'building'
  run "${COMPOSE[@]}" build || die 'an image could not be built'
  each_image scan
  ((FINDINGS == 0)) || die "${FINDINGS} images have findings: see ${REPORTS}; nothing is pushed"
  if [[ ${PUSH} == true ]]; then
    SEEN=' '
    each_image publish
  fi
  log "the reports lie in ${REPORTS}"
}

# A name for an image's reports.
report() {
  printf '%s/%s\n' "${REPORTS}" "${1//[^A-Za-z0-9._-]/_}"
}

# Whether an image was not looked at yet, since several services may share one.
is_new() {
  [[ ${SEEN} != *" $1 "* ]] || return 1
  SEEN+="$1 "
}

# scan SERVICE IMAGE HOW
scan() {
  local service=$1 image=$2 how=$3 file status=0
  [[ ${how} == built || ${ALL} == true ]] || return 0
  is_new "${image}" || return 0
  file=$(report "${image}")
  if [[ ${how} == pulled ]]; then
    run docker pull --quiet "${image}" || die "${image} could not be pulled"
  fi
  log "scanning ${image} of ${service}"
  # SARIF lists what has any severity (aquasecurity/trivy-action: issue 95), so that the verdict comes from the table.
  run trivy image --scanners vuln,secret --format sarif --output "${file}.sarif" "${image}" ||
    die "${image} could not be scanned" "${EX_USAGE}"
  run trivy image --scanners vuln,secret --severity "${SEVERITY}" --ignore-unfixed --exit-code "${FOUND}" "${image}" ||
    status=$?
  case ${status} in
    0) ;;
    "${FOUND}") FINDINGS=$((FINDINGS + 1)) ;;
    *) die "${image} could not be scanned" "${EX_USAGE}" ;;
  esac
  run syft scan "docker:${image}" --output "spdx-json=${file}.spdx.json" ||
    die "there is no list of what is in ${image}" "${EX_USAGE}"
}

# publish SERVICE IMAGE HOW
publish() {
  local image=$2 how=$3 digest file words=(--yes)
  [[ ${how} == built ]] || return 0
  is_new "${image}" || return 0
  file=$(report "${image}")
  [[ -z ${KEY} ]] || words+=(--key "${KEY}")
  log "pushing ${image}"
  run docker push --quiet "${image}" || die "${image} could not be pushed"
  if [[ ${DRY_RUN} == true ]]; then
    digest="${image}@DIGEST"
  else
    # A tag can be moved; a signature is over what was scanned.
    digest=$(docker image inspect --format '{{index .RepoDigests 0}}' "${image}") || die "${image} has no digest"
  fi
  run cosign sign "${words[@]}" "${digest}" || die "${digest} could not be signed"
  run cosign attest "${words[@]}" --type spdxjson --predicate "${file}.spdx.json" "${digest}" ||
    die "the list of what is in ${digest} could not be signed"
}

main "$@"
