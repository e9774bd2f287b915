#!/bin/sh
# Compiled by Formwork from ../../blueprints/vibe-ensemble.yaml.
# Do not edit: change the blueprint, then run `formwork build`.
#
# Gets a certificate for every host, renews it when it is due, and hands it to the edge.
set -eu
umask 077

live=/etc/letsencrypt/live
served=/etc/nginx/certificates
alive=/tmp/renew.alive
email=${ACME_EMAIL-}
set -- api.ensemble.yourdomain.com ensemble.yourdomain.com
: "${ACME_SERVER:?the directory of the certificate authority}"

child=

# shellcheck disable=SC2317,SC2329 # called by the trap
stop() {
  if [ -n "${child}" ]; then
    kill "${child}" 2>/dev/null || :
  fi
  exit 0
}
trap stop INT TERM

# Runs a program in the background: a shell answers a signal at once only while it waits.
run() {
  "$@" &
  child=$!
  status=0
  wait "${child}" || status=$?
  child=
  return "${status}"
}

obtain() {
  name=$1
  if [ -n "${email}" ]; then
    set -- --email "${email}" --no-eff-email
  else
    set -- --register-unsafely-without-email
  fi
  run certbot certonly --webroot --webroot-path /var/www/acme \
    --cert-name "${name}" --domain "${name}" --server "${ACME_SERVER}" \
    --agree-tos --non-interactive --keep-until-expiring --max-log-backups 10 "$@"
}

# Certbot knows when it is due, and first sleeps for up to eight minutes to spread the load.
renew() {
  run certbot renew --cert-name "$1" --non-interactive --max-log-backups 10 --quiet
}

# Each file is complete when it appears. The chain comes last, and tells the edge to reload.
deploy() {
  from="${live}/$1"
  to="${served}/$1"
  if [ ! -e "${from}/fullchain.pem" ]; then
    return 0
  fi
  if cmp -s "${from}/privkey.pem" "${to}/privkey.pem" &&
    cmp -s "${from}/fullchain.pem" "${to}/fullchain.pem"; then
    return 0
  fi
  mkdir -p "${to}"
  cp "${from}/privkey.pem" "${to}/privkey.pem.new"
  cp "${from}/fullchain.pem" "${to}/fullchain.pem.new"
  mv -f "${to}/privkey.pem.new" "${to}/privkey.pem"
  mv -f "${to}/fullchain.pem.new" "${to}/fullchain.pem"
  echo "renew: the edge has a new certificate for $1"
}

while :; do
  : >"${alive}"
  pause=43200
  # Hosts that have a certificate are served first: to get one takes time.
  for host in "$@"; do
    deploy "${host}"
  done
  for host in "$@"; do
    if [ -e "${live}/${host}/fullchain.pem" ]; then
      action=renew
    else
      action=obtain
    fi
    if ! "${action}" "${host}"; then
      echo "renew: no new certificate for ${host}; trying again in a quarter of an hour" >&2
      # Let's Encrypt takes five failures an hour for a host (letsencrypt.org/docs/rate-limits).
      pause=900
    fi
    deploy "${host}"
  done
  run sleep "${pause}"
done
