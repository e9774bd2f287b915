"""A container's program: server.py MODE ADDRESS PORT IMAGE WRONG FOLDER; FOLDER holds the certificate of the mode `tls`."""

import os
import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

mode, address, port, image, wrong, folder = sys.argv[1:]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if mode == "redirect":
            self.send_response(301)
            self.send_header("Location", f"https://{self.headers['Host'].split(':')[0]}/")
            self.end_headers()
            return
        fails = wrong == "sick" if self.path.startswith("/health") else wrong == "closed"
        self.send_response(503 if fails else 404 if self.path == "/absent" else 200)
        self.end_headers()
        self.wfile.write(image.encode())

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer((address, int(port)), Handler)
if mode == "tls":
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
