// Holds custom resources of Kubernetes against the schemas of their kinds: reads a JSON list of {path, object} from
// standard input, prints what is wrong with each, and a last line with how many passed.
import { readFileSync } from "node:fs";

// The package that knows a group; a group that none knows is told on a line of its own.
const PACKAGES = {
  "cert-manager.io": "cert-manager",
  "external-secrets.io": "external-secrets",
  "gateway.networking.k8s.io": "gateway-api",
  "monitoring.coreos.com": "prometheus-operator",
  "traefik.io": "traefik",
};

// The schemas let unknown keys pass, which the API server would drop in silence. A validator looks at every key that it
// knows, so a key that it never looked at is unknown.
function watched(value, path, seen) {
  if (value === null || typeof value !== "object") return value;
  return new Proxy(value, {
    get(target, key, receiver) {
      const inner = Reflect.get(target, key, receiver);
      if (typeof key === "symbol" || typeof inner === "function") return inner;
      const at = `${path}/${key}`;
      seen.add(at);
      return watched(inner, at, seen);
    },
  });
}

function unseen(value, path, seen) {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = `${path}/${key}`;
    return seen.has(at) ? unseen(inner, at, seen) : [at];
  });
}

// Where a schema holds what it does not describe itself: the elements of that list are of another kind of the package.
const NESTED = [{ kind: "AlertmanagerConfig", at: ["spec", "route", "routes"], of: "Route" }];

async function validated(Kind, object, path) {
  const seen = new Set();
  const model = new Kind(object);
  for (const key of Object.keys(object)) model[key] = watched(object[key], `${path}/${key}`, seen);
  for (const key of Object.keys(object)) seen.add(`${path}/${key}`);
  try {
    model.validate();
  } catch (error) {
    return [`${path}: ${error.message}`];
  }
  return unseen(object, path, seen).map((at) => `no such key: ${at}`);
}

async function faults(object) {
  const [group, version] = object.apiVersion.split("/");
  const name = PACKAGES[group];
  if (!name) return { unknown: `${object.apiVersion} ${object.kind}` };
  const from = (kind) => import(`@kubernetes-models/${name}/${group}/${version}/${kind}`);
  const outer = structuredClone(object);
  const found = [];
  for (const { at, of } of NESTED.filter(({ kind }) => kind === object.kind)) {
    const parent = at.slice(0, -1).reduce((value, key) => value?.[key], outer);
    const list = parent?.[at.at(-1)] ?? [];
    const Kind = (await from(of))[of];
    for (const [index, one] of list.entries()) {
      found.push(...(await validated(Kind, one, `/${at.join("/")}/${index}`)));
    }
    if (parent) delete parent[at.at(-1)];
  }
  const module = await from(object.kind);
  return { found: [...found, ...(await validated(module[object.kind], outer, ""))] };
}

let passed = 0;
let failed = 0;
for (const { path, object } of JSON.parse(readFileSync(0, "utf8"))) {
  const { unknown, found = [] } = await faults(object);
  if (unknown) {
    console.log(`no schema: ${unknown}`);
    continue;
  }
  for (const fault of found) console.log(`${path}: ${fault}`);
  if (found.length === 0) passed += 1;
  else failed += 1;
}
console.log(`${passed} passed`);
process.exit(failed === 0 ? 0 : 1);
