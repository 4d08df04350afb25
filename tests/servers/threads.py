"""Servers of the standard library, in a thread of the tests."""

import http.server
import json
import threading
from contextlib import contextmanager


@contextmanager
def serving(server):
    """Let a server answer meanwhile."""
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class Hello(http.server.BaseHTTPRequestHandler):
    """Answers whatever is asked, but for /broken, where it hangs up."""

    def do_GET(self):
        if self.path == "/broken":
            self.close_connection = True
            return
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *args):
        pass


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers with the names of the header fields that came, as JSON, and keeps the connection."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = json.dumps([name.lower() for name in self.headers]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass
