"""A loopback server for the live measurements, in a process of its own so that it shares no GIL.

It answers from memory and does as little as a server can, so that what is timed is the client.
Run as a script it prints its port and serves until its standard input ends.
"""

import functools
import math
import re
import socket
import sys
import threading

import traffic

DOWNLOAD_SIZE = 100 * traffic.MIB
_BLOCKS = DOWNLOAD_SIZE // traffic.MIB

answer = functools.cache(traffic.answer)


def download(connection: socket.socket, *, chunk_size: int) -> None:
    """Send 100 MiB of binary data; a chunk size of 0 means counted by Content-Length."""
    block = traffic.binary_body(0, traffic.MIB)
    framing = f"Content-Length: {DOWNLOAD_SIZE}"
    if chunk_size:
        block = traffic.chunked(block, chunk_size).removesuffix(b"0\r\n\r\n")
        framing = "Transfer-Encoding: chunked"
    connection.sendall(traffic.response_head("application/octet-stream", framing))
    for _ in range(_BLOCKS):
        connection.sendall(block)
    if chunk_size:
        connection.sendall(b"0\r\n\r\n")


def request_end(data: bytes) -> float:
    """Return where the first request ends, its body included; infinite where its head does not."""
    head, blank_line, _ = data.partition(b"\r\n\r\n")
    if not blank_line:
        return math.inf
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return len(head) + len(blank_line) + (int(length[1]) if length else 0)


def serve(connection: socket.socket) -> None:
    """Answer requests, one after the other, until the client closes."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    pending = b""
    while received := connection.recv(65536):
        pending += received
        while (end := request_end(pending)) <= len(pending):
            target = pending[: pending.index(b"\r\n")].split(b" ")[1].decode("ascii")
            pending = pending[end:]
            if target.startswith("/download/"):
                download(connection, chunk_size=int(target.rpartition("/")[2]))
            else:
                connection.sendall(answer(target))


def serve_quietly(connection: socket.socket) -> None:
    """Serve, and take a client that went away for granted."""
    with connection:
        try:
            serve(connection)
        except ConnectionError:
            return


def main() -> None:
    """Print the port, then serve each connection in a thread."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        threading.Thread(target=accept_all, args=(listener,), daemon=True).start()
        sys.stdin.read()


def accept_all(listener: socket.socket) -> None:
    """Accept until the process ends."""
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve_quietly, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    main()
