#!/bin/sh
# Compiled by Formwork from ../../blueprints/sira.yaml.
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
    -subj /CN=placeholder -days 30 \
    -addext "subjectAltName=DNS:$1" \
    -keyout "${folder}/privkey.pem.new" -out "${folder}/fullchain.pem.new" 2>&1); then
    say "$1: ${told}"
    exit 1
  fi
  mv -f "${folder}/privkey.pem.new" "${folder}/privkey.pem"
  mv -f "${folder}/fullchain.pem.new" "${folder}/fullchain.pem"
}

# Makes a pair where there is none: nginx must run before the certificate authority asks it.
ensure() {
  if [ -s "${certificates}/$2/privkey.pem" ] && [ -s "${certificates}/$2/fullchain.pem" ]; then
    return 0
  fi
  make "$1" "$2"
  say "$1 has a placeholder until its certificate comes"
}

every_host() {
  ensure api.yourdomain.com api.yourdomain.com
  ensure yourdomain.com yourdomain.com
}

# What tells one state of the files from another.
state() {
  cat "${certificates}"/*/*.pem 2>/dev/null | cksum
}

# A reload that fails, such as between the two files of a pair, leaves nginx as it is and is tried again.
watch() {
  seen=$1
  while sleep 5; do
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
