"""The routes of servers/calls.py on the standard library's ``http.server``.

Arguments: descriptor of the plain listener, of the TLS listener, certificate chain, private key.
"""

import gzip
import socket
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from servers import calls


class Handler(BaseHTTPRequestHandler):
    """Answers every route with hand-made framing."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each answer waits 40 ms for the client's acknowledgement

    def do_GET(self) -> None:
        route = self.path.partition("?")[0]
        getattr(self, f"get_{route.strip('/')}", self.get_missing)()

    do_HEAD = do_GET  # noqa: N815 - the base class looks it up

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/echo":
            self.fixed(self.headers["Content-Type"], body)
        elif self.path == "/rpc":
            self.fixed("text/xml", calls.RPC)
        else:
            self.get_missing()

    def get_json(self) -> None:
        self.fixed("application/json", calls.JSON)

    def get_stream(self) -> None:
        self.chunked("text/plain", calls.PIECES)

    def get_events(self) -> None:
        self.chunked("text/event-stream", calls.EVENTS)

    def get_gzip(self) -> None:
        body = gzip.compress(calls.PAGE, mtime=0)
        self.fixed("text/plain", body, ("Content-Encoding", "gzip"))

    def get_redirect(self) -> None:
        self.send_response(302)
        self.send_header("Location", "/json")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def get_empty(self) -> None:
        self.send_response(204)
        self.end_headers()

    def get_cached(self) -> None:
        self.send_response(304)
        self.send_header("ETag", calls.ETAG)
        self.end_headers()

    def get_large(self) -> None:
        self.fixed("text/plain", calls.LARGE)

    def get_cookie(self) -> None:
        cookies = (("Set-Cookie", cookie) for cookie in calls.COOKIES)
        self.fixed("text/plain", b"cookies\n", *cookies)

    def get_close(self) -> None:
        self.protocol_version = "HTTP/1.0"
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.close_connection = True
        self.wfile.write(calls.FAREWELL)

    def get_missing(self) -> None:
        self.send_error(404)

    def fixed(self, kind: str, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", f"{len(body)}")
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def chunked(self, kind: str, pieces: tuple[bytes, ...]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in pieces:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_: object) -> None:
        """Keep the log for what goes wrong."""


def adopt(descriptor: str) -> ThreadingHTTPServer:
    """Return a server on a listener that was inherited."""
    listener = socket.socket(fileno=int(descriptor))
    server = ThreadingHTTPServer(listener.getsockname(), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.server_name, server.server_port = listener.getsockname()
    return server


def main(plain: str, secure: str, chain: str, key: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    over_tls = adopt(secure)
    over_tls.socket = context.wrap_socket(over_tls.socket, server_side=True)
    threading.Thread(target=over_tls.serve_forever, daemon=True).start()
    adopt(plain).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
