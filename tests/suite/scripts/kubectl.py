"""Stands in for `kubectl`, for a cluster in which everything is as it should be but for what `cluster.json` says:
{"WORDS": ANSWER}, where WORDS are found in the call and ANSWER is printed, or is a status if it is a number."""

import json
import os
import sys

FOLDER = os.environ["STAND_IN"]
call = " ".join(sys.argv[1:])
with open(os.path.join(FOLDER, "calls"), "a", encoding="utf-8") as file:
    file.write(json.dumps(sys.argv[1:]) + "\n")
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
}
try:
    with open(os.path.join(FOLDER, "cluster.json"), encoding="utf-8") as file:
        told = json.load(file)
except FileNotFoundError:
    told = {}
for words, answer in [*told.items(), *well.items()]:
    if words in call:
        if isinstance(answer, int):
            sys.exit(answer)
        print(answer)
        sys.exit(0)
if ".metadata.name" in call:
    print(sys.argv[sys.argv.index("get") + 2])
