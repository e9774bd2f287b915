"""Asks nginx as browsers do. Each client has an address of its own, because limits count by address."""

import http.client
import json
import socket
import ssl
import time


class Client:
    made = 1

    def __init__(self, host, port=443):
        Client.made += 1
        self.host, self.port, self.address = host, port, f"127.2.{Client.made // 250}.{Client.made % 250 + 1}"
        self.connection = None

    def connect(self, versions=None, ciphers=None):
        sock = socket.create_connection(("127.0.0.1", self.port), 5, (self.address, 0))
        if self.port != 443:
            return sock
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if versions:
            context.minimum_version = context.maximum_version = versions
        if ciphers:
            context.set_ciphers(ciphers)
        return context.wrap_socket(sock, server_hostname=self.host)

    def ask(self, path, method="GET", body=None, **headers):
        if self.connection is None or self.connection.sock is None:
            self.connection = http.client.HTTPConnection("127.0.0.1")
            self.connection.sock = self.connect()
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            self.connection.request(method, path, body, {"Host": self.host, **headers})
            answer = self.connection.getresponse()
            text = answer.read().decode(errors="replace")
        except (ConnectionError, http.client.HTTPException) as error:
            self.connection = None
            return {"status": 0, "error": type(error).__name__}
        got = {"status": answer.status, "headers": {}}
        for name, value in answer.getheaders():
            got["headers"].setdefault(name.lower(), []).append(value)
        if answer.headers.get("Connection", "").lower() == "close":
            self.connection = None
        try:
            got["body"] = json.loads(text)
            got["body"].pop("filler")
        except ValueError:
            got["text"] = text[:200]
        return got

    def burst(self, path, count):
        """How often each status came, and how long that took."""
        began, counts = time.monotonic(), {}
        for _ in range(count):
            status = self.ask(path)["status"]
            counts[str(status)] = counts.get(str(status), 0) + 1
        return {"counts": counts, "seconds": time.monotonic() - began}

    def served(self):
        with self.connect() as sock:
            return ssl.DER_cert_to_PEM_cert(sock.getpeercert(binary_form=True))

    def handshake(self, version):
        try:
            with self.connect(version, "ALL:@SECLEVEL=0") as sock:
                return {"version": sock.version(), "cipher": sock.cipher()[0]}
        except ssl.SSLError as error:
            return {"refused": str(error.reason)}
