"""Stands in for what lies behind nginx: the DNS of the container engine, and services that tell what they saw."""

import base64
import ctypes
import hashlib
import http.server
import json
import os
import signal
import socket
import socketserver
import struct
import subprocess
import threading
import time

CLONE_NEWNET = 0x40000000  # linux/sched.h

# What Docker's DNS says, an address or several; `gone` is not running.
NAMES = {"frontend": "127.1.0.2", "api": "127.1.0.3", "backend": "127.1.0.3", "chat": "127.1.0.4"}
MOVED = "127.1.0.9"

hits = {}

class Dns(socketserver.BaseRequestHandler):
    def handle(self):
        query, sock = self.request
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1 : at + 1 + query[at]].decode())
            at += query[at] + 1
        kind = struct.unpack(">H", query[at + 1 : at + 3])[0]
        question = query[12 : at + 5]
        known = NAMES.get(".".join(labels), [])
        known = [known] if isinstance(known, str) else known
        code = 0x8180 if known else 0x8183
        found = known if kind == 1 else []
        answer = query[:2] + struct.pack(">HHHHH", code, 1, len(found), 0, 0) + question
        for address in found:
            answer += struct.pack(">HHHIH", 0xC00C, 1, 1, 600, 4) + socket.inet_aton(address)
        sock.sendto(answer, self.client_address)


class Service(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body are written apart: on a connection that is kept, the second would wait for an acknowledgement.
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_GET(self):
        path = self.path.split("?")[0]
        hits[path] = hits.get(path, 0) + 1
        if path.startswith("/ws") and self.server.upgrades:
            return self.upgrade()
        if path.startswith("/events/"):
            return self.events()
        if path == "/slow":
            time.sleep(2)
        length = int(self.headers.get("Content-Length", 0))
        while length:
            length -= len(self.rfile.read(min(length, 65536)))
        seen = {
            "service": self.server.name,
            "address": self.server.server_address[0],
            "connection": self.client_address[1],
            "method": self.command,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "filler": "x" * 4096,
        }
        body = json.dumps(seen).encode()
        self.send_response(404 if "missing" in path else 500 if "broken" in path else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        # What the edge must not pass on beside its own.
        self.send_header("X-Frame-Options", "SAMEORIGIN")
        self.send_header("X-Powered-By", "python")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Cache-Control", "private" if "private" in path else "public, max-age=0")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_POST = do_HEAD = do_OPTIONS = do_GET

    def upgrade(self):
        key = self.headers.get("Sec-WebSocket-Key", "") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        if self.headers.get("Upgrade", "").lower() != "websocket":
            self.send_error(400)
            return
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        self.send_header("Sec-WebSocket-Accept", accept)
        self.end_headers()
        head = self.rfile.read(2)
        mask = self.rfile.read(4)
        text = bytes(c ^ mask[i % 4] for i, c in enumerate(self.rfile.read(head[1] & 0x7F)))
        self.wfile.write(bytes([0x81, len(text)]) + text)
        self.close_connection = True

    def events(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"data: one\n\n")
        self.wfile.flush()
        time.sleep(1)
        self.wfile.write(b"data: two\n\n")
        self.close_connection = True


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, name, address, port, upgrades=True):
        self.name, self.upgrades = name, upgrades
        super().__init__((address, port), Service)

    def handle_error(self, *_):
        """A client that hangs up is no fault."""


def serve(servers):
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()


def start():
    """The services of the tests' own systems."""
    serve(
        [
            socketserver.ThreadingUDPServer(("127.0.0.11", 53), Dns),
            Server("frontend", NAMES["frontend"], 3000),
            Server("frontend", MOVED, 3000),
            Server("api", NAMES["api"], 8000),
            Server("chat", NAMES["chat"], 9000),
        ]
    )


def start_elsewhere(ports):
    """A service for each name, on the ports given, in a network of their own: nginx may listen on the same ports."""
    NAMES.clear()
    NAMES.update((name, f"10.9.0.{number}") for number, name in enumerate(sorted(ports), 2))
    ready, told = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
            os._exit(1)
        os.write(ready[1], b"1")
        os.read(told[0], 1)
        run("ip", "link", "set", "behind", "up")
        for address in NAMES.values():
            run("ip", "address", "add", f"{address}/24", "dev", "behind")
        serve([Server(name, NAMES[name], port, False) for name in ports for port in ports[name]])
        os.write(ready[1], b"1")
        signal.pause()
    os.read(ready[0], 1)
    run("ip", "link", "add", "edge", "type", "veth", "peer", "name", "behind", "netns", str(child))
    run("ip", "address", "add", "10.9.0.1/24", "dev", "edge")
    run("ip", "link", "set", "edge", "up")
    os.write(told[1], b"1")
    os.read(ready[0], 1)
    serve([socketserver.ThreadingUDPServer(("127.0.0.11", 53), Dns)])


def run(*command):
    subprocess.run(command, check=True)
