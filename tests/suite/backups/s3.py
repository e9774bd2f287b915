"""Keeps objects as object storage does, as far as rclone asks for it, for whoever has the key."""

import datetime
import email.utils
import hashlib
import http.server
import os
import pathlib
import sys
import urllib.parse
from xml.sax.saxutils import escape

FOLDER, PORT, KEY = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refused(self):
        if f"Credential={KEY}/" in self.headers.get("Authorization", ""):
            return False
        length = int(self.headers.get("Content-Length", 0))
        self.rfile.read(length)
        self.answer(403, b"<Error><Code>InvalidAccessKeyId</Code></Error>")
        return True

    def file(self):
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        return FOLDER / path.strip("/")

    def do_PUT(self):
        if self.refused():
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        target = self.file()
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
        self.answer(200, ETag='"' + hashlib.md5(body).hexdigest() + '"')

    def do_GET(self):
        if self.refused():
            return
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        target = self.file()
        if "prefix" in query or "list-type" in query or "delimiter" in query:
            return self.listing(target, query.get("prefix", ""))
        if not target.is_file():
            return self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        body = target.read_bytes()
        return self.answer(
            200,
            body,
            Content_Length=str(len(body)),
            ETag='"' + hashlib.md5(body).hexdigest() + '"',
            Last_Modified=email.utils.formatdate(target.stat().st_mtime, usegmt=True),
        )

    do_HEAD = do_GET

    def do_DELETE(self):
        if self.refused():
            return
        target = self.file()
        if target.is_file():
            target.unlink()
        self.answer(204)

    def listing(self, bucket, prefix):
        found = []
        for path in sorted(bucket.rglob("*")):
            name = str(path.relative_to(bucket))
            if path.is_file() and name.startswith(prefix):
                body = path.read_bytes()
                written = datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.timezone.utc)
                found.append(
                    f"<Contents><Key>{escape(name)}</Key>"
                    f"<LastModified>{written:%Y-%m-%dT%H:%M:%S.000Z}</LastModified>"
                    f"<ETag>&quot;{hashlib.md5(body).hexdigest()}&quot;</ETag><Size>{len(body)}</Size></Contents>"
                )
        body = (
            '<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated>' + "".join(found) + "</ListBucketResult>"
        )
        self.answer(200, body.encode(), Content_Type="application/xml")


os.makedirs(FOLDER, exist_ok=True)
http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
