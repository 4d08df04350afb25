"""A server on loopback that speaks the protocols of services whose SDKs are tried."""

import http.server
import json
import socketserver
import threading
import time
from contextlib import contextmanager

from servers.threads import serving

WORDS = ["Grüß", " dich", ", 世界", "!"]
"""What a model says, a piece at a time."""

PAUSE = 0.02
"""Seconds between the pieces of a stream: they then arrive one by one."""

POD = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "web-1", "uid": "1"}}


def openai_whole():
    message = {"role": "assistant", "content": "".join(WORDS)}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [choice],
    }  # fmt: skip


def openai_events():
    for word in WORDS:
        choice = {"index": 0, "delta": {"content": word}, "finish_reason": None}
        yield "", {
            "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "choices": [choice],
        }  # fmt: skip
    yield "", "[DONE]"


def anthropic_whole():
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m",
        "content": [{"type": "text", "text": "".join(WORDS)}], "stop_reason": "end_turn",
        "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 4},
    }  # fmt: skip


def anthropic_events():
    begun = anthropic_whole() | {"content": [], "stop_reason": None}
    yield "message_start", {"type": "message_start", "message": begun}
    block = {"type": "text", "text": ""}
    yield (
        "content_block_start",
        {"type": "content_block_start", "index": 0, "content_block": block},
    )
    for word in WORDS:
        delta = {"type": "text_delta", "text": word}
        yield "content_block_delta", {"type": "content_block_delta", "index": 0, "delta": delta}
    yield "content_block_stop", {"type": "content_block_stop", "index": 0}
    ended = {"stop_reason": "end_turn", "stop_sequence": None}
    yield "message_delta", {"type": "message_delta", "delta": ended, "usage": {"output_tokens": 4}}
    yield "message_stop", {"type": "message_stop"}


def google_whole(text="Grüß dich, 世界!"):
    content = {"role": "model", "parts": [{"text": text}]}
    return {"candidates": [{"content": content, "index": 0}], "modelVersion": "m"}


def google_events():
    for word in WORDS:
        yield "", google_whole(word)


def as_event(name, data):
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return (f"event: {name}\n" if name else "") + f"data: {text}\n\n"


WHOLE = {
    "/v1/chat/completions": openai_whole,
    "/v1/messages": anthropic_whole,
    "/v1beta/models/m:generateContent": google_whole,
    "/v1/customers": lambda: {"id": "cus_1", "object": "customer", "email": "a@example.com"},
    "/v1/customers/cus_1": lambda: {"id": "cus_1", "object": "customer", "email": "a@example.com"},
    "/api/chat.postMessage": lambda: {"ok": True, "ts": "1.2", "channel": "C1"},
    "/": lambda: {"name": "n", "version": {"number": "9.0.0"}, "tagline": "You Know, for Search"},
    "/things/_search": lambda: {
        "took": 1, "timed_out": False,
        "hits": {"total": {"value": 1}, "hits": [{"_id": "1", "_source": {"name": "Käse"}}]},
    },
    "/things/_doc": lambda: {"_id": "1", "result": "created"},
    "/version": lambda: {"Version": "1", "ApiVersion": "1.44", "MinAPIVersion": "1.24"},
    "/containers/json": lambda: [{"Id": "abc", "Names": ["/web"]}],
    "/api/v1/namespaces/default/pods": lambda: {
        "kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "1"},
        "items": [POD],
    },
}  # fmt: skip

EVENTS = {
    "/v1/chat/completions": openai_events,
    "/v1/messages": anthropic_events,
    "/v1beta/models/m:streamGenerateContent": google_events,
}


class StandIn(http.server.BaseHTTPRequestHandler):
    """Answers what the SDKs ask for; streams what is to be streamed, a piece at a time."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self._answer()

    def do_POST(self):
        self._answer()

    def _answer(self):
        body = self._body()
        path, _, query = self.path.partition("?")
        path = path.replace("/v1/models/", "/v1beta/models/")
        if path.startswith("/v1.") and path.count("/") > 1:  # the version of docker's API
            path = path[path.index("/", 1) :]
        streamed = b'"stream":true' in body.replace(b" ", b"") or "streamGenerateContent" in path
        if streamed and path in EVENTS:
            events = [as_event(*event) for event in EVENTS[path]()]
            self._stream("text/event-stream", events)
        elif "watch=True" in query or "watch=true" in query:
            events = [{"type": kind, "object": POD} for kind in ("ADDED", "MODIFIED", "DELETED")]
            self._stream("application/json", [json.dumps(event) + "\n" for event in events])
        elif path in WHOLE:
            self._send(200, WHOLE[path]())
        else:
            self._send(404, {"error": {"message": f"no {self.path} here"}})

    def _body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _send(self, status, value):
        data = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, kind, pieces):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in pieces:
            data = piece.encode()
            self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
            time.sleep(PAUSE)
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *args):
        pass

    def address_string(self):
        return "here"


@contextmanager
def standing_in():
    """Yield the URL of a stand-in."""
    with serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), StandIn)) as server:
        yield f"http://127.0.0.1:{server.server_port}"


class _UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


@contextmanager
def standing_in_at(path):
    """Let a stand-in answer on a Unix socket; yield its URL, as docker writes it."""
    with serving(_UnixServer(str(path), StandIn)):
        yield f"http+unix://{path}"


@contextmanager
def speaking_mcp(transport):
    """Yield the URL of a real MCP server, over one of its transports."""
    import uvicorn
    from mcp.server import MCPServer

    service = MCPServer("shop")

    @service.tool()
    def price(name: str) -> str:
        return f"{name}: 10.50 €"

    app = service.sse_app() if transport == "sse" else service.streamable_http_app()
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    sock = server.config.bind_socket()
    sock.listen()  # who connects waits for the server, and is not refused
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
    thread.start()
    try:
        end = "/sse" if transport == "sse" else "/mcp"
        yield f"http://127.0.0.1:{sock.getsockname()[1]}{end}"
    finally:
        server.should_exit = True
        thread.join()
