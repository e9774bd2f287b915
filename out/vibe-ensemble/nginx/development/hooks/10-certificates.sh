#!/bin/sh
# Compiled by Formwork from ../../blueprints/vibe-ensemble.yaml.
# Do not edit: change the blueprint, then run `formwork build`.
#
# Runs before nginx starts, which needs a certificate for every host, and stays to reload it when one changes.
set -eu
umask 077

certificates=/etc/nginx/certificates

say() {
  echo "certificates: $*" >&2
}

# Makes a pair signed by itself. Each file is complete when it appears.
make() {
  folder="${certificates}/$2"
  mkdir -p "${folder}"
  if ! told=$(openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 \
    -subj /CN=self-signed -days 365 \
    -addext "subjectAltName=DNS:$1" \
    -keyout "${folder}/privkey.pem.new" -out "${folder}/fullchain.pem.new" 2>&1); then
    say "$1: ${told}"
    exit 1
  fi
  mv -f "${folder}/privkey.pem.new" "${folder}/privkey.pem"
  mv -f "${folder}/fullchain.pem.new" "${folder}/fullchain.pem"
}

# Makes a pair where there is none, and where it ends within a month.
ensure() {
  if [ -s "${certificates}/$2/privkey.pem" ] &&
    openssl x509 -in "${certificates}/$2/fullchain.pem" -noout -checkend 2592000 >/dev/null 2>&1; then
    return 0
  fi
  make "$1" "$2"
  say "$1 has a new certificate signed by itself"
}

every_host() {
  ensure api.dev.ensemble.yourdomain.com api.dev.ensemble.yourdomain.com
  ensure dev.ensemble.yourdomain.com dev.ensemble.yourdomain.com
}

# What tells one state of the files from another.
state() {
  cat "${certificates}"/*/*.pem 2>/dev/null | cksum
}

# A reload that fails, such as between the two files of a pair, leaves nginx as it is and is tried again.
watch() {
  seen=$1
  checks=0
  while sleep 5; do
    checks=$((checks + 1))
    if [ $((checks % 720)) -eq 0 ]; then
      every_host &
      wait "$!" || say "a certificate could not be renewed"
    fi
    now=$(state)
    if [ "${now}" != "${seen}" ] && nginx -s reload; then
      seen=${now}
      say "nginx has new certificates"
    fi
  done
}

every_host
first=$(state)
watch "${first}" </dev/null &
