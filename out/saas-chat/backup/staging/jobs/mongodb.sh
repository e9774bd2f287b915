# shellcheck shell=bash disable=SC2034,SC2154,SC2312
# Compiled by Formwork from ../../blueprints/saas-chat.yaml.
# Do not edit: change the blueprint, then run `formwork build`.
#
# How mongodb (MongoDB, a document database, as one server without a replica set) is backed up, checked and restored.
BACKUP_NAME=mongodb
BACKUP_SUFFIX=archive.gz
BACKUP_ENCRYPT=true
BACKUP_RTO=7200
BACKUP_BUCKETS=(backups)
# Seconds that one of each series is kept.
declare -gA BACKUP_KEEP=([daily]=2592000)
# Seconds after which the newest of each series is too old.
declare -gA BACKUP_AGE=([daily]=19800)
# Where what is written between two backups lies.
: "${BACKUP_ARCHIVE:=/archive}"

store_prepare() {
  MONGO_HOST=${BACKUP_MONGODB_MONGO_HOST-}
  MONGO_PORT=${BACKUP_MONGODB_MONGO_PORT-}
  MONGO_USER=${BACKUP_MONGODB_MONGO_USER-}
  MONGO_DATABASE=${BACKUP_MONGODB_MONGO_DATABASE-}
  PASSWORD_FILE=${BACKUP_MONGODB_PASSWORD_FILE-}
  config=$(mktemp)
  trap 'rm -f -- "${config}"' EXIT
  secret=$(cat -- "${PASSWORD_FILE}")
  quote="'"
  printf "password: '%s'\\n" "${secret//${quote}/${quote}${quote}}" >"${config}"
  server=(--quiet "--host=${MONGO_HOST}" "--port=${MONGO_PORT}" "--username=${MONGO_USER}"
    --authenticationDatabase=admin "--config=${config}")
  export MONGO_HOST MONGO_PORT MONGO_USER MONGO_DATABASE PASSWORD_FILE
  HOME=$(mktemp -d)
  export HOME
  # shellcheck disable=SC2016
  sign_in='const m = new Mongo(`mongodb://${process.env.MONGO_HOST}:${process.env.MONGO_PORT}`).getDB("admin");
    m.auth(process.env.MONGO_USER, fs.readFileSync(process.env.PASSWORD_FILE, "utf8").trim());
    const name = process.env.MONGO_DATABASE;'
}

# Writes everything to $1.
store_dump() {
  mongodump "${server[@]}" --db="${MONGO_DATABASE}" --gzip --archive="$1"
}

# Reads $1 back, without a server.
store_verify() {
  gzip --test "$1"
}

# Puts what $1 holds in the place of what is live.
store_restore() {
  mongosh --quiet --nodb --norc --eval "${sign_in} m.getSiblingDB(name + '_new').dropDatabase()" >/dev/null
  mongorestore "${server[@]}" --stopOnError --gzip --archive="$1" \
    --nsFrom="${MONGO_DATABASE}.*" --nsTo="${MONGO_DATABASE}_new.*"
  mongosh --quiet --nodb --norc --eval "${sign_in}
    const beside = m.getSiblingDB(name + '_new'), live = m.getSiblingDB(name);
    const own = (one) => !one.name.startsWith('system.');
    const fresh = beside.getCollectionInfos().filter(own), there = live.getCollectionInfos().filter(own);
    const series = fresh.filter((one) => one.type === 'timeseries').map((one) => one.name);
    if (series.length > 0) {
      beside.dropDatabase();
      throw new Error('the backup has time series, which cannot take the place of live ones in one step: ' +
        series.join(', ') + '; nothing was changed; restore it by mongorestore into a database of another name');
    }
    const kind = (name) => (there.find((one) => one.name === name) || {}).type;
    for (const one of fresh.filter((one) => one.type === 'collection')) {
      if (kind(one.name) && kind(one.name) !== 'collection') { live.getCollection(one.name).drop(); }
      const done = m.runCommand({ renameCollection: name + '_new.' + one.name, to: name + '.' + one.name, dropTarget: true });
      if (!done.ok) { throw new Error(done.errmsg); }
    }
    for (const one of fresh.filter((one) => one.type === 'view')) {
      if (kind(one.name)) { live.getCollection(one.name).drop(); }
      const { viewOn, pipeline, ...options } = one.options;
      const done = live.runCommand({ create: one.name, viewOn, pipeline, ...options });
      if (!done.ok) { throw new Error(done.errmsg); }
    }
    for (const one of there) {
      if (!fresh.some((other) => other.name === one.name)) { live.getCollection(one.name).drop(); }
    }
    beside.dropDatabase();" >/dev/null
}

# Says what is there, to whoever is let in.
store_check() {
  mongosh --quiet --nodb --norc --eval "${sign_in} print(m.getSiblingDB(name).getCollectionNames().length + ' collections')"
}
