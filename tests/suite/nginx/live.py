"""Runs compiled nginx files as the image would, in front of small services, and prints what clients see, as JSON.

    unshare --mount --net --pid --fork --kill-child python3 live.py JUDGES COMPILED MODE HOST...

JUDGES is the folder with the unpacked Debian nginx, COMPILED the folder nginx/<environment>. MODE `start` stops after
the first start, `files` brings certificates for the hosts a second late, `site` asks what any pair of a site and its
API answers, and `everything` also for the paths of blueprint.yaml. `routes` takes JSON in place of hosts: the ports of
the services, the addresses to ask for, and the name that testssl.sh scans, if any. nginx gets a root of its own that
can only be read, user 101 and no capabilities; its DNS is the one that it names, answered by this program.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
from xml.etree import ElementTree

import checks
import services
from checks import facts
from client import Client

LINKER = "usr/lib/*/ld-linux-*.so.*"


def run(*command, **options):
    return subprocess.run(command, check=True, **options)


# ---- The root that nginx sees


def build_root(root, judges, compiled):
    run("mount", "-t", "tmpfs", "-o", "mode=755", "none", root)
    for folder in (
        "usr opt/judges opt/bin dev proc run tmp etc/ssl etc/nginx/conf.d etc/nginx/snippets "
        "etc/nginx/certificates var/www/acme var/cache/nginx docker-entrypoint.d"
    ).split():
        (root / folder).mkdir(parents=True)
    for name in ("bin", "sbin", "lib", "lib64"):
        if pathlib.Path("/usr", name).exists():
            (root / name).symlink_to("usr/" + name)
    linker = next(judges.glob(LINKER)).relative_to(judges)
    wrapper = root / "opt/bin/nginx"
    wrapper.write_text(
        f"#!/bin/sh\nexec /opt/judges/{linker} --library-path /opt/judges/{linker.parent} "
        '/opt/judges/usr/sbin/nginx "$@"\n'
    )
    wrapper.chmod(0o755)
    (root / "etc/passwd").write_text("root:x:0:0::/:/bin/false\nnginx:x:101:101::/:/bin/false\n")
    (root / "etc/group").write_text("root:x:0:\nnginx:x:101:\n")
    (root / "etc/nginx/mime.types").write_bytes((judges / "etc/nginx/mime.types").read_bytes())
    (root / "etc/ssl/openssl.cnf").write_bytes(pathlib.Path("/etc/ssl/openssl.cnf").read_bytes())
    for file in ("etc/nginx/nginx.conf", "docker-entrypoint.d/10-certificates.sh"):
        (root / file).touch()
    for source, target in (
        ("/usr", "usr"),
        (judges, "opt/judges"),
        (compiled / "nginx.conf", "etc/nginx/nginx.conf"),
        (compiled / "conf.d", "etc/nginx/conf.d"),
        (compiled / "snippets", "etc/nginx/snippets"),
        (compiled / "hooks/10-certificates.sh", "docker-entrypoint.d/10-certificates.sh"),
    ):
        run("mount", "--bind", source, root / target)
        run("mount", "-o", "remount,bind,ro", root / target)
    run("mount", "--rbind", "/dev", root / "dev")
    run("mount", "-t", "proc", "proc", root / "proc")
    for folder, mode in (
        ("etc/nginx/certificates", "755"),
        ("var/www/acme", "755"),
        ("var/cache/nginx", "700"),
        ("run", "755"),
        ("tmp", "700"),
    ):
        run("mount", "-t", "tmpfs", "-o", f"uid=101,gid=101,mode={mode}", "none", root / folder)
    run("mount", "-o", "remount,ro", root)


def inside(root, command, **options):
    """Starts a command as the container's user would."""
    as_user = "setpriv --reuid=101 --regid=101 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all"
    environment = {"PATH": "/opt/bin:/usr/sbin:/usr/bin"}
    words = ["chroot", str(root), *as_user.split(), "sh", "-c", command]
    return subprocess.Popen(words, env={**os.environ, **environment}, **options)


# ---- Certificates and addresses that change


def replace(root, host):
    """Puts a new pair in place as the certificate client does."""
    folder = root / "etc/nginx/certificates" / host
    new = [folder / "privkey.pem.new", folder / "fullchain.pem.new"]
    run(
        *"openssl req -x509 -newkey rsa:2048 -nodes -days 3 -subj /CN=renewed -keyout".split(),
        new[0],
        "-out",
        new[1],
        stderr=subprocess.DEVNULL,
    )
    for file in new:
        os.chown(file, 101, 101)
        file.rename(file.with_suffix(""))
    return (folder / "fullchain.pem").read_text()


def pairs(root):
    """What lies on the certificate volume, and whether it is served."""
    found = {}
    for folder in sorted((root / "etc/nginx/certificates").iterdir()):
        chain = folder / "fullchain.pem"
        shown = ["openssl", "x509", "-noout", "-subject", "-dates", "-ext", "subjectAltName", "-in", chain]
        host = folder.name.replace("_wildcard", "any")
        found[folder.name] = {
            "text": run(*shown, capture_output=True, text=True).stdout,
            "served": Client(host).served() == chain.read_text(),
            "files": {file.name: oct(file.stat().st_mode & 0o777) for file in folder.iterdir()},
        }
    return found


def wait_for(check, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return True
        time.sleep(0.05)
    return False


def offered(scanner, host):
    """What nginx offers for a name, as sslscan tells it."""
    scanned = run(scanner, "--xml=-", "--no-colour", f"--sni-name={host}", "127.0.0.1:443", capture_output=True)
    return [{"what": one.tag, **one.attrib} for one in ElementTree.fromstring(scanned.stdout).iter()]


def scanned(scanner, host):
    """What testssl.sh finds for a name. It looks for what it starts in /proc, which must be that of this namespace."""
    checks = "--protocols --server-preference --server-defaults --headers"
    manner = "--quiet --color=0 --warnings=batch --nodns=none --disable-rating --ip=127.0.0.1"
    with tempfile.TemporaryDirectory() as folder:
        found = pathlib.Path(folder) / "found.json"
        words = [*checks.split(), *manner.split(), f"--jsonfile={found}", f"{host}:443"]
        # Its exit status counts what it was not sure of: a slow machine is enough for one.
        subprocess.run(["unshare", "--mount-proc", scanner, *words], capture_output=True, stdin=subprocess.DEVNULL)
        return json.loads(found.read_text())


def answers():
    try:
        return Client("nginx", 8080).ask("/healthz")["status"] == 200
    except OSError:
        return False


class Nginx:
    """nginx as the image starts it: its hooks, and then itself in the foreground."""

    def __init__(self, root):
        self.logs = pathlib.Path(tempfile.mkdtemp())
        self.logs.chmod(0o755)
        entry = "/docker-entrypoint.d/10-certificates.sh && exec nginx -g 'daemon off;'"
        with open(self.logs / "out", "ab+") as out, open(self.logs / "err", "ab+") as err:
            for log in (out, err):
                os.fchown(log.fileno(), 101, 101)
            self.process = inside(root, entry, stdout=out, stderr=err, stdin=subprocess.DEVNULL)

    def log(self, name):
        return (self.logs / name).read_text()

    def started(self, seconds=10):
        return wait_for(lambda: answers() or self.process.poll() is not None, seconds) and answers()

    def stop(self):
        self.process.send_signal(signal.SIGQUIT)
        return self.process.wait(5)


def everything(root, nginx, site, more):
    """What is promised, while the certificates are renewed."""
    renewed = {host: replace(root, host) for host in (site, "api." + site)}
    checks.everything(root, site, more)
    facts["renewed"] = wait_for(lambda: all(Client(host).served() == renewed[host] for host in renewed), 10)
    facts["renewals"] = nginx.log("err").count("signal process started")

    if not more:
        return

    def told(what):
        return Client(site).ask("/where").get("body", {}).get(what)

    def kept():
        connections = {told("connection") for _ in range(5)}
        return len(connections) == 1 and None not in connections

    # On a busy machine a connection rests until it is closed, or a request is not answered in time; where none is kept
    # there is no round with one.
    facts["connections"] = wait_for(kept, 20)
    first = told("address")
    services.NAMES["frontend"] = services.MOVED
    facts["moved"] = wait_for(lambda: told("address") == services.MOVED, 20)
    services.NAMES["frontend"] = [first, services.MOVED]
    facts["replicas"] = wait_for(lambda: {told("address") for _ in range(4)} == {first, services.MOVED}, 20)


def main():
    judges, compiled = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
    mode = sys.argv[3]
    run("mount", "--make-rprivate", "/")
    run("ip", "link", "set", "lo", "up")
    # As Docker has it in every container.
    pathlib.Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").write_text("0")
    root = pathlib.Path(tempfile.mkdtemp())
    build_root(root, judges, compiled)
    asked = json.loads(sys.argv[4]) if mode == "routes" else None
    if asked:
        services.start_elsewhere(asked["services"])
    else:
        services.start()
    nginx = Nginx(root)
    if mode == "files":
        facts["waits"] = not nginx.started(1)
        facts["complaint"] = nginx.log("err")
        for host in sys.argv[4:]:
            (root / "etc/nginx/certificates" / host).mkdir()
            replace(root, host)
    facts["started"] = nginx.started()
    facts["start_log"] = nginx.log("err")
    if facts["started"]:
        tested = inside(root, "nginx -T >/tmp/all", stderr=subprocess.PIPE, text=True)
        facts["tested"] = tested.communicate()[1]
        facts["configuration"] = (root / "tmp/all").read_text()
        facts["pairs"] = pairs(root)
        if mode in ("site", "everything"):
            everything(root, nginx, sys.argv[4], mode == "everything")
        scanner = judges.parent / "bin/sslscan"
        if asked and scanner.is_file():
            hosts = {host for host, _ in asked["asks"]}
            facts["offered"] = {host: offered(scanner, host) for host in sorted(hosts)}
        if asked:
            facts["answers"] = [[Client(host).ask(path), Client(host, 80).ask(path)] for host, path in asked["asks"]]
        if asked and asked["scanned"]:
            facts["scanned"] = scanned(judges.parent / "bin/testssl.sh", asked["scanned"])
        facts["stopped"] = nginx.stop()
    facts["access_log"], facts["error_log"] = nginx.log("out"), nginx.log("err")
    json.dump(facts, sys.stdout)


main()
