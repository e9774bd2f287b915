"""Stands in for what monitoring talks to: DNS, exporters and applications, a mail server, PagerDuty and Slack."""

import http.server
import json
import pathlib
import socket
import socketserver
import ssl
import struct
import subprocess
import tempfile
import threading

# What the operator would have filled in.
SECRETS = {"slack_webhook_url": "https://hooks.slack.test/services/x"}
# The receivers' own hosts; Alertmanager's default for PagerDuty.
OUTSIDE = ["smtp.shop.test", "hooks.slack.test", "events.pagerduty.com"]

names = {}
failing = set()
received = {"mail": [], "pagerduty": [], "slack": []}


def has_told():
    return all(received.values()) and len(received["mail"]) >= 2


class Dns(socketserver.BaseRequestHandler):
    def handle(self):
        query, sock = self.request
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1 : at + 1 + query[at]].decode())
            at += query[at] + 1
        kind = struct.unpack(">H", query[at + 1 : at + 3])[0]
        question = query[12 : at + 5]
        address = names.get(".".join(labels))
        found = address is not None and kind == 1
        code = 0x8180 if address else 0x8183
        answer = query[:2] + struct.pack(">HHHHH", code, 1, int(found), 0, 0) + question
        if found:
            answer += struct.pack(">HHHIH", 0xC00C, 1, 1, 1, 4) + socket.inet_aton(address)
        sock.sendto(answer, self.client_address)


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def __init__(self, name, address, port, handler):
        self.name = name
        super().__init__((address, port), handler)

    def handle_error(self, *_):
        """A client that hangs up is no fault."""


class Metrics(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        self.send_response(500 if self.server.name in failing else 200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(b"stand_in 1\n")


class Receiver(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said = {"host": self.headers["Host"], "path": self.path, "body": json.loads(body)}
        is_slack = "slack" in said["host"]
        received["slack" if is_slack else "pagerduty"].append(said)
        self.send_response(200 if is_slack else 202)
        self.end_headers()
        self.wfile.write(b"ok" if is_slack else b"{}")


class Mail(socketserver.StreamRequestHandler):
    """As much of a mail server as takes a message over STARTTLS with a password."""

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        letter = {"tls": False, "to": [], "auth": False}
        self.say("220 smtp.shop.test")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            if word == "EHLO":
                offers = ["smtp.shop.test", "AUTH PLAIN"] if letter["tls"] else ["smtp.shop.test", "STARTTLS"]
                for offer in offers[:-1]:
                    self.say(f"250-{offer}")
                self.say(f"250 {offers[-1]}")
            elif word == "STARTTLS":
                self.say("220 go on")
                secured = self.server.context.wrap_socket(self.request, server_side=True)
                self.rfile, self.wfile = secured.makefile("rb"), secured.makefile("wb", 0)
                letter["tls"] = True
            elif word == "AUTH":
                letter["auth"] = True
                self.say("235 welcome")
            elif word == "RCPT":
                letter["to"].append(line.split("<")[1].split(">")[0])
                self.say("250 ok")
            elif word == "DATA":
                self.say("354 write")
                while self.rfile.readline().strip() != b".":
                    pass
                received["mail"].append(letter)
                self.say("250 sent")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")


def certificate(trusted):
    """A certificate for the receivers' hosts, and the same where programs look for whom to trust."""
    folder = pathlib.Path(tempfile.mkdtemp())
    hosts = ",".join(f"DNS:{host}" for host in OUTSIDE)
    subprocess.run(
        "openssl req -x509 -newkey rsa:2048 -nodes -days 3 -subj /CN=stand-ins -addext".split()
        + [f"subjectAltName={hosts}", "-keyout", folder / "key", "-out", folder / "chain"],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    trusted.write_bytes((folder / "chain").read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "chain", folder / "key")
    return context


def endpoints(config):
    """Every host and port that Prometheus reads."""
    for job in config["scrape_configs"]:
        for group in job.get("dns_sd_configs", []):
            for name in group["names"]:
                yield name, group["port"]
        relabelled = [one["replacement"] for one in job.get("relabel_configs", []) if one["target_label"] == "__address__"]
        targets = relabelled or [target for group in job.get("static_configs", []) for target in group["targets"]]
        for target in targets:
            host, port = target.rsplit(":", 1)
            yield host, int(port)


def start(services, config, trusted):
    hosts = [*services, *OUTSIDE]
    names.update((name, f"127.1.{number // 200}.{number % 200 + 1}") for number, name in enumerate(hosts))
    servers = [socketserver.ThreadingUDPServer(("127.0.0.11", 53), Dns)]
    for host, port in sorted(set(endpoints(config))):
        if host in names and host not in ("prometheus", "alertmanager"):
            servers.append(Server(host, names[host], port, Metrics))
    context = certificate(trusted)
    for host in OUTSIDE[1:]:
        server = Server(host, names[host], 443, Receiver)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        servers.append(server)
    mail = socketserver.ThreadingTCPServer((names[OUTSIDE[0]], 587), Mail)
    mail.context, mail.daemon_threads = context, True
    for server in [*servers, mail]:
        threading.Thread(target=server.serve_forever, daemon=True).start()
