"""Starts the compiled monitoring as Compose would, in front of stand-ins, and prints what Prometheus says, as JSON.

    unshare --mount --net --pid --fork --kill-child python3 live.py JUDGES COMPOSE MODE

JUDGES is the folder with the unpacked Debian programs, COMPOSE the compiled Compose file. Prometheus and Alertmanager
get the very arguments, files and secrets that the file gives them, in a root of their own that can only be read, under
the file's user; their DNS knows the file's services and no other name. MODE `up` waits until all targets were read and
all rules were evaluated; `fire` then lets the service `api` fail and waits for what receivers get.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

import yaml

import stand_ins

PROGRAMS = {"prometheus": "prometheus", "alertmanager": "prometheus-alertmanager"}


def run(*command, **options):
    return subprocess.run(command, check=True, **options)


def build_root(root, judges):
    run("mount", "-t", "tmpfs", "-o", "mode=755", "none", root)
    for folder in "opt/judges etc/ssl run/secrets tmp proc dev usr/share/prometheus".split():
        (root / folder).mkdir(parents=True)
    (root / "etc/resolv.conf").write_text("nameserver 127.0.0.11\n")
    (root / "etc/passwd").write_text("root:x:0:0::/:/bin/false\n")
    run("mount", "--bind", judges, root / "opt/judges")
    # Where Debian's Alertmanager has its own templates; those of the image are within the program.
    run("mount", "--bind", judges / "usr/share/prometheus", root / "usr/share/prometheus")
    run("mount", "-t", "proc", "proc", root / "proc")
    run("mount", "--rbind", "/dev", root / "dev")


def place(root, service, folder):
    """Puts everything in place that the Compose file mounts."""
    uid, gid = service["user"].split(":")
    for mount in service["volumes"]:
        target = root / mount["target"].lstrip("/")
        if mount["type"] == "volume":
            target.mkdir(parents=True, exist_ok=True)
            run("mount", "-t", "tmpfs", "-o", f"uid={uid},gid={gid},mode=755", "none", target)
            continue
        source = folder / mount["source"]
        if source.is_dir():
            target.mkdir(parents=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch()
        run("mount", "--bind", source, target)
    for name in service.get("secrets", []):
        (root / "run/secrets" / name).write_text(stand_ins.SECRETS.get(name, f"the-secret-{name}"))


def start(root, judges, name, service, logs):
    linker = next(judges.glob("usr/lib/*/ld-linux-*.so.*")).relative_to(judges)
    uid, gid = service["user"].split(":")
    program = [
        f"/opt/judges/{linker}",
        "--library-path",
        f"/opt/judges/{linker.parent}",
        f"/opt/judges/usr/bin/{PROGRAMS[name]}",
    ]
    # What the operator fills in is an address or nothing; a lone `$` is doubled in Compose files.
    filled = [re.sub(r"(?<!\$)\$\{[A-Z0-9_]+:\?[^}]*\}", "http://stand-in.test/", word) for word in service["command"]]
    arguments = [word.replace("$$", "$") for word in filled]
    return subprocess.Popen(
        ["chroot", f"--userspec={uid}:{gid}", "--groups=", str(root), *program, *arguments],
        env={"PATH": os.environ["PATH"], "SSL_CERT_FILE": "/etc/ssl/stand-ins.pem"},
        stdout=logs,
        stderr=logs,
    )


def ask(address):
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return json.load(answer)
    except OSError:
        return {}


def prometheus(path):
    return ask(f"http://127.0.0.1:9090/api/v1/{path}").get("data", {})


def wait_for(check, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return True
        time.sleep(0.2)
    return False


def targets():
    found = prometheus("targets").get("activeTargets", [])
    return {f"{one['labels']['job']} {one['scrapeUrl']}": f"{one['health']} {one['lastError']}".strip() for one in found}


def rules():
    groups = prometheus("rules").get("groups", [])
    return {
        f"{group['name']}/{rule['name']}": f"{rule['health']} {rule.get('lastError', '')}".strip()
        for group in groups
        for rule in group["rules"]
    }


def is_settled(states, good):
    return bool(states) and all(state == good for state in states.values())


def longest_interval(config):
    """In seconds; the first scrape of a target comes within one."""
    units = {"s": 1, "m": 60}
    written = [job.get("scrape_interval") for job in (config["global"], *config["scrape_configs"])]
    return max(int(interval[:-1]) * units[interval[-1]] for interval in written if interval)


def hosts(services):
    """Every name that Docker's DNS would know: services, and what stands for all replicas of one."""
    for name, service in services.items():
        networks = service.get("networks") or {}
        yield from {name, *(alias for network in networks.values() for alias in (network or {}).get("aliases", []))}


def main():
    judges, compose = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
    mode = sys.argv[3]
    services = yaml.safe_load(compose.read_text())["services"]
    ours = {name: services[name] for name in PROGRAMS if name in services}
    run("mount", "--make-rprivate", "/")
    run("ip", "link", "set", "lo", "up")
    pathlib.Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").write_text("0")
    root = pathlib.Path(tempfile.mkdtemp())
    build_root(root, judges)
    for service in ours.values():
        place(root, service, compose.parent)
    config = next(
        compose.parent / mount["source"]
        for mount in ours["prometheus"]["volumes"]
        if mount["source"].endswith("prometheus.yml")
    )
    stand_ins.start(hosts(services), yaml.safe_load(config.read_text()), root / "etc/ssl/stand-ins.pem")
    run("mount", "-o", "remount,ro", root)
    facts = {}
    with open(pathlib.Path(tempfile.mkdtemp()) / "log", "w+") as logs:
        programs = [start(root, judges, name, service, logs) for name, service in ours.items()]
        seconds = longest_interval(yaml.safe_load(config.read_text())) * 2 + 20
        facts["settled"] = wait_for(lambda: is_settled(targets(), "up") and is_settled(rules(), "ok"), seconds)
        facts["targets"], facts["rules"] = targets(), rules()
        found = prometheus("alertmanagers").get("activeAlertmanagers", [])
        facts["alertmanagers"] = [one["url"] for one in found]
        if mode == "fire":
            stand_ins.failing.add("api")
            facts["told"] = wait_for(lambda: stand_ins.has_told(), 30)
            # Whoever else were told would be told by now.
            time.sleep(3)
            alerts = ask("http://127.0.0.1:9093/api/v2/alerts")
            facts["alerts"] = {
                one["labels"]["alertname"]: sorted(receiver["name"] for receiver in one["receivers"]) for one in alerts
            }
            facts["received"] = stand_ins.received
        facts["running"] = [program.poll() is None for program in programs]
        logs.seek(0)
        facts["log"] = [line for line in logs if "level=error" in line or "level=ERROR" in line]
    json.dump(facts, sys.stdout)


main()
