"""Stands in for `docker`: notes each call, and runs a small HTTP server for each container that publishes a port.

STAND_IN is a folder: `calls` (one JSON list a line), `containers.json`, `tags.json`, and `plan.json`, which says by image
what is wrong with it: "sick" (its health endpoint fails), "dead" (it never starts) or "closed" (its routes fail).
"""

import json
import os
import re
import signal
import sys
import time
import zlib

FOLDER = os.environ["STAND_IN"]
SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "server.py")


def read(name, default):
    try:
        with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return default


def write(name, value):
    with open(os.path.join(FOLDER, name), "w", encoding="utf-8") as file:
        json.dump(value, file)


def services(files):
    """Name, image, ports and profiles of each service: as much as is needed of YAML as we write it."""
    found = {}
    for path in files:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if text.startswith("{"):
            for name, one in json.loads(text)["services"].items():
                found[name].update(one)
            continue
        name = section = key = None
        for line in text.splitlines():
            if re.match(r"\S", line) and not line.startswith("#"):
                section = line.rstrip(":")
            if section != "services":
                continue
            if match := re.match(r"  ([\w-]+):$", line):
                name = match[1]
                found[name] = {"image": None, "ports": [], "profiles": [], "health": False}
            elif match := re.match(r"    ([a-z_]+):", line):
                key = match[1]
                if key == "image":
                    found[name]["image"] = line.split(": ", 1)[1]
                if key == "healthcheck":
                    found[name]["health"] = True
            elif (match := re.match(r"      - \"?([^\"]+)\"?$", line)) and key in ("ports", "profiles"):
                found[name][key].append(match[1])
    return found


def real(image):
    """The image behind a tag."""
    return read("tags.json", {}).get(image, image)


def image_id(image):
    return f"sha256:{zlib.crc32(real(image).encode()):064x}"


def stop(container):
    for pid in container["pids"]:
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            continue
        for _ in range(100):
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                break
            with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
                if file.read().rsplit(")", 1)[1].split()[0] == "Z":
                    break
            time.sleep(0.02)


def start(ports, image, wrong):
    import socket
    import subprocess

    pids = []
    for port in ports:
        address, host, inside = port.rsplit(":", 2)
        mode = {"443": "tls", "80": "redirect"}.get(inside, "http")
        server = subprocess.Popen(
            [sys.executable, "-IS", SERVER, mode, address, host, image, wrong or "well", FOLDER],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )
        pids.append(server.pid)
        for _ in range(250):
            with socket.socket() as probe:
                if probe.connect_ex((address, int(host))) == 0:
                    break
            time.sleep(0.02)
    return pids


def up(files, profiles, words):
    containers, plan, failed = read("containers.json", {}), read("plan.json", {}), False
    scaled = "--scale" in words
    for option in ("--wait-timeout", "--scale"):
        if option in words:
            at = words.index(option)
            words = words[:at] + words[at + 2:]
    wanted = [word for word in words if not word.startswith("-")]
    for name, service in services(files).items():
        if scaled and name in wanted:
            containers[name + "#old"] = containers.pop(name)
        if wanted and name not in wanted or "--no-recreate" in words and name in containers:
            continue
        if service["profiles"] and not set(service["profiles"]) & set(profiles):
            continue
        image = real(service["image"])
        wrong = plan.get(image)
        old = containers.get(name)
        if old and old["image"] == image and old["from"] == files:
            continue
        if old:
            stop(old)
        dead = wrong == "dead"
        pids = [] if dead else start(service["ports"], image, wrong)
        health = "none" if not service["health"] else "unhealthy" if dead else "healthy"
        state = "exited 1" if dead else "running 0"
        containers[name] = {
            "id": f"{zlib.crc32((name + image).encode()):064x}", "image": image, "named": service["image"],
            "pids": pids, "from": files, "state": f"{state} false 0 {health}",
        }
        failed |= dead
    write("containers.json", containers)
    return 1 if failed else 0


def compose(words):
    files, profiles = [], []
    while words and words[0].startswith("--"):
        option, value = words[0], words[1]
        words = words[2:]
        if option == "--file":
            files.append(value)
        elif option == "--profile":
            profiles.append(value)
    command, rest = words[0], words[1:]
    containers = read("containers.json", {})
    if command == "up":
        return up(files, profiles, rest)
    if command == "ps" and "--quiet" in rest:
        asked = [word for word in rest if not word.startswith("-")]
        for name, one in containers.items():
            if asked and name.removesuffix("#old") not in asked:
                continue
            if "--all" in rest or one["state"].startswith("running"):
                print(one["id"])
    if command == "ps" and "--services" in rest:
        for name, one in containers.items():
            if one["state"].startswith("running"):
                print(name)
    if command == "exec" and "sh" in rest:
        print(read("plan.json", {}).get("segments", ""))
        return 0
    if command == "exec" and "list" in rest:
        print(read("plan.json", {}).get("list", ""))
        return 0
    if command in ("run", "exec", "pull", "build", "config"):
        return read("plan.json", {}).get(command, 0)
    return 0


def main(words):
    with open(os.path.join(FOLDER, "calls"), "a", encoding="utf-8") as file:
        file.write(json.dumps(words) + "\n")
    plan = read("plan.json", {})
    if words[0] in ("trivy", "syft", "cosign"):
        # SARIF is written whatever is found.
        return 0 if "sarif" in words else plan.get(words[0], 0)
    if words[:2] == ["image", "inspect"]:
        print(f"{words[4].rsplit(':', 1)[0]}@{image_id(words[4])}")
        return 0
    if words[0] == "compose":
        return 0 if words[1:] == ["version"] else compose(words[1:])
    if words[0] == "info":
        if plan.get("info"):
            return 1
        print("/" if "--format" in words else "well")
    elif words[0] == "inspect":
        form, asked = words[2], words[3]
        one = next(one for one in read("containers.json", {}).values() if one["id"] == asked)
        print({"{{.Image}}": image_id(one["image"]), "{{.Config.Image}}": one["named"]}.get(form, one["state"]))
    elif words[:2] == ["image", "tag"]:
        tags, known = read("tags.json", {}), read("containers.json", {}).values()
        tags[words[3]] = next(one["image"] for one in known if image_id(one["image"]) == words[2])
        write("tags.json", tags)
    elif words[:2] == ["image", "rm"]:
        tags = read("tags.json", {})
        del tags[words[2]]
        write("tags.json", tags)
    elif words[0] == "stats":
        for name, one in read("containers.json", {}).items():
            print(f"{name}\t{plan.get('memory', '12.50')}%")
    elif words[0] in ("stop", "rm"):
        left = {name: one for name, one in read("containers.json", {}).items() if one["id"] not in words}
        if words[0] == "rm":
            for name in [name for name in left if name.endswith("#old") and name[:-4] not in left]:
                left[name[:-4]] = left.pop(name)
            write("containers.json", left)
    elif words[0] == "exec":
        return plan.get("exec", 0)
    return 0


sys.exit(main(sys.argv[1:]))
