"""Asks for everything that the edge promises, and writes down what it answers."""

import base64
import ssl
import subprocess
import time

from client import Client
from services import hits

facts = {}


def check_plain_http(root):
    client = Client(SITE, 80)
    facts["redirect"] = client.ask("/some/path?a=1")
    facts["redirect_api"] = Client(API, 80).ask("/")
    challenge = root / "var/www/acme/.well-known/acme-challenge"
    challenge.mkdir(parents=True)
    (challenge / "token").write_text("token.thumbprint")
    facts["challenge"] = client.ask("/.well-known/acme-challenge/token")
    facts["challenge_missing"] = client.ask("/.well-known/acme-challenge/other")
    facts["challenge_climbs"] = client.ask("/.well-known/acme-challenge/../../x")
    facts["unknown_host"] = Client("other.test", 80).ask("/")
    facts["status_page"] = Client("nginx", 8080).ask("/stub_status")
    facts["healthz"] = Client("nginx", 8080).ask("/healthz")


def check_tls():
    for name, version in (
        ("tls_1_1", ssl.TLSVersion.TLSv1_1),
        ("tls_1_2", ssl.TLSVersion.TLSv1_2),
        ("tls_1_3", ssl.TLSVersion.TLSv1_3),
    ):
        facts[name] = Client(SITE).handshake(version)
    facts["tls_unknown_host"] = Client("other.test").handshake(None)
    facts["http2"] = subprocess.run(
        ["curl", "-sk", "--http2", "-o", "/dev/null", "-w", "%{http_version} %{http_code}"]
        + ["--resolve", f"{SITE}:443:127.0.0.1", f"https://{SITE}/"],
        capture_output=True,
        text=True,
    ).stdout


def check_routes():
    client = Client(SITE)
    forged = {"X_Forwarded_For": "1.2.3.4", "X_Forwarded_Proto": "ftp", "Proxy": "evil"}
    facts["site"] = client.ask("/a?b=%2F", User_Agent='a "b"', **forged)
    facts["client"] = client.address
    facts["gzip"] = client.ask("/", Accept_Encoding="gzip")
    facts["missing"] = client.ask("/missing")
    client = Client(API)
    facts["api"] = client.ask("/")
    facts["docs"] = client.ask("/docs")
    facts["own"] = client.ask("/own")


def check_paths():
    client = Client(SITE)
    facts["deeper"] = client.ask("/gonefishing")
    facts["gone"] = client.ask("/gone/x")
    facts["gone_itself"] = client.ask("/gone")
    client = Client(API)
    facts["rewritten"] = client.ask("/v1/a%20b/c?d=e")
    facts["rewritten_itself"] = client.ask("/v1?d=e")
    facts["not_rewritten"] = client.ask("/v10")
    facts["stripped"] = client.ask("/strip/a")
    facts["timeout"] = client.ask("/strip/slow")
    facts["too_large"] = client.ask("/", "POST", b"x" * (1 << 20 | 1))
    facts["large"] = client.ask("/upload", "POST", b"x" * (2 << 20))


def check_limits():
    facts["limit"] = Client(API).burst("/", 40)
    facts["limit_docs"] = Client(API).burst("/docs", 25)
    facts["limit_all"] = Client(SITE).burst("/", 200)
    client = Client(SITE)
    client.burst("/", 200)
    other = Client(API)
    other.address = client.address
    facts["limit_all_hosts"] = other.burst("/docs", 120)
    client = Client(API)
    for _ in range(100):
        facts["limited"] = client.ask("/")
        if facts["limited"]["status"] != 200:
            break
    time.sleep(0.25)
    facts["limit_over"] = client.ask("/")


def check_limits_by_token():
    def passed(clients, **headers):
        answers = [client.ask("/mine", **headers)["status"] for _ in range(15) for client in clients]
        return {"passed": answers.count(200), "refused": answers.count(429)}

    facts["token_shared"] = passed([Client(API), Client(API)], Authorization="Bearer one")
    client = Client(API)
    client.burst("/docs", 1)
    facts["token_first"] = passed([client], Authorization="Bearer two")
    facts["token_second"] = passed([client], Authorization="Bearer three")
    facts["token_none"] = [passed([Client(API)]), passed([Client(API)])]


def check_cors():
    def preflight(origin):
        asks = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "content-type"}
        return Client(API).ask("/x", "OPTIONS", Origin=origin, **asks)

    before = hits.get("/x", 0)
    facts["preflight"] = preflight(f"https://{SITE}")
    facts["preflight_port"] = preflight(f"https://admin.{SITE}:8443")
    facts["preflight_foreign"] = preflight("https://evil.test")
    facts["preflight_suffix"] = preflight(f"https://{SITE}.evil.test")
    facts["preflight_hits"] = hits.get("/x", 0) - before
    facts["cors"] = Client(API).ask("/", Origin=f"https://{SITE}")
    facts["cors_foreign"] = Client(API).ask("/", Origin="https://evil.test")
    facts["options"] = Client(API).ask("/x", "OPTIONS")


def check_cache():
    client = Client(SITE)
    path = "/_next/static/chunk.js"
    facts["cached"] = [client.ask(path), client.ask(path)]
    facts["cached_hits"] = hits[path]
    facts["cached_authorized"] = client.ask(path, Authorization="Bearer x")["status"]
    facts["cached_authorized_hits"] = hits[path]
    path = "/_next/static/missing.js"
    facts["uncached"] = [client.ask(path), client.ask(path)]
    facts["uncached_hits"] = hits[path]
    path = "/feed/private"
    facts["private"] = [client.ask(path), client.ask(path)]
    facts["private_hits"] = hits[path]
    facts["feed"] = client.ask("/feed/new")


def check_streams():
    client = Client(SITE)
    with client.connect() as sock:
        key = base64.b64encode(b"0123456789abcdef").decode()
        sock.sendall(
            f"GET /ws HTTP/1.1\r\nHost: {SITE}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        head = b""
        while b"\r\n\r\n" not in head:
            head += sock.recv(4096)
        mask = b"abcd"
        sock.sendall(bytes([0x81, 0x85]) + mask + bytes(c ^ mask[i % 4] for i, c in enumerate(b"hello")))
        echo = sock.recv(4096)
        facts["websocket"] = {"head": head.decode(), "echo": echo[2:].decode()}
    facts["websocket_plain"] = client.ask("/ws")["status"]
    with client.connect() as sock:
        sock.sendall(f"GET /events/ HTTP/1.1\r\nHost: {SITE}\r\nConnection: close\r\n\r\n".encode())
        began, times, text = time.monotonic(), {}, b""
        while got := sock.recv(4096):
            text += got
            for word in (b"one", b"two"):
                if word in text:
                    times.setdefault(word.decode(), time.monotonic() - began)
        facts["events"] = times


def everything(root, site, more):
    global SITE, API
    SITE, API = site, "api." + site
    check_plain_http(root)
    check_tls()
    check_routes()
    check_limits()
    check_cors()
    check_cache()
    if more:
        check_paths()
        check_limits_by_token()
        check_streams()
