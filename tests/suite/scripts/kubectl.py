"""Stands in for `kubectl`, for a cluster in which everything is as it should be but for what `cluster.json` says:
{"WORDS": ANSWER}, where WORDS are found in the call and ANSWER is printed, or is a status if it is a number;
of a list each call takes the next, and the last one stays."""

import json
import os
import sys

FOLDER = os.environ["STAND_IN"]
call = " ".join(sys.argv[1:])
with open(os.path.join(FOLDER, "calls"), "a", encoding="utf-8") as file:
    file.write(json.dumps(sys.argv[1:]) + "\n")
MANIFESTS = """kind: Deployment
spec:
  template:
    spec:
      containers:
      - image: ghcr.io/example/vibe-ensemble:0.5.0
        name: vibe-ensemble
      - image: docker.io/library/postgres:17
        name: db"""


def kept(name, value=None):
    path = os.path.join(FOLDER, name)
    if value is not None:
        with open(path, "w", encoding="utf-8") as file:
            file.write(value)
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


well = {
    "version --output=json": "{}",
    "rollout status": "rolled out",
    "get endpointslices": "10.0.0.1 10.0.0.2",
    "status.addresses": "127.0.0.1",
    "status.loadBalancer": "127.0.0.1",
    "get persistentvolumeclaim": "Bound",
    "pod-security": "restricted",
    "auth can-i": "no",
    "Available": "True",
    "ScalingActive": "True",
    "allowPrivilegeEscalation": "one\tfalse\ntwo\tfalse",
    "get pods": "one\tRunning\t0 ;\ntwo\tRunning\t0 ;",
    "exec": "",
    "kustomize": MANIFESTS,
    "--ignore-not-found --output name": "there",
    "status.conditions": " Complete ",
    "status.updateRevision": "chat-7d9",
}
try:
    with open(os.path.join(FOLDER, "cluster.json"), encoding="utf-8") as file:
        told = json.load(file)
except FileNotFoundError:
    told = {}
# What is applied changes the pods of those that `changed` names; what was noted can be read.
changed = told.pop("changed", [])
if " --filename -" in call and "--dry-run" not in call:
    kept("applied", sys.stdin.read())
if "jsonpath={.spec.template}" in call:
    new = kept("applied") and any(f" {one} " in call for one in changed)
    print("new" if new else "old")
    sys.exit(0)
if " annotate namespace " in f" {call}":
    kept("noted", call.split("formwork-changed=")[1])
if "annotations.formwork-changed" in call:
    print(kept("noted"))
    sys.exit(0)
for words, answer in [*told.items(), *well.items()]:
    if words in call:
        if isinstance(answer, list):
            taken = int(kept("taken") or 0)
            kept("taken", str(taken + 1))
            answer = answer[min(taken, len(answer) - 1)]
        if isinstance(answer, int):
            sys.exit(answer)
        print(answer)
        sys.exit(0)
if ".metadata.name" in call:
    print(sys.argv[sys.argv.index("get") + 2])
