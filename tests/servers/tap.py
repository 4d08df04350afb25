"""A relay on loopback that writes down what crosses it: the judge of byte equality."""

import contextlib
import select
import socket
import ssl
from dataclasses import dataclass, field

from servers.acceptor import PATIENCE, Acceptor, reset
from servers.address import Address

PIECE = 65536  # bytes read at once; a piece that came whole is passed on whole


@dataclass(slots=True)
class Conversation:
    """What crossed one connection.

    Attributes:
        sent: Bytes from the client.
        received: Bytes from the server, whether or not the client read them.
    """

    sent: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)


class Tap(Acceptor):
    """Relays every connection to a server, ends and resets included, and keeps the bytes.

    Bytes are written down before they are passed on, so that whatever a client has seen is known.
    Once it is closed its port refuses, which is how a test takes the server away for the replay.

    Args:
        upstream: The real server.
        client_side: Where given, the tap speaks TLS with the client, and keeps the plain bytes.
        server_side: Where given, the tap speaks TLS with the server.
        port: Where to listen; 0 takes a free port.

    Attributes:
        conversations: One for each connection, in the order they were accepted.
    """

    def __init__(
        self,
        upstream: Address,
        *,
        client_side: ssl.SSLContext | None = None,
        server_side: ssl.SSLContext | None = None,
        port: int = 0,
    ) -> None:
        self._upstream = upstream
        self._client_side = client_side
        self._server_side = server_side
        self.conversations: list[Conversation] = []
        super().__init__(port)

    @property
    def sent(self) -> bytes:
        """All bytes from clients, one connection after the other."""
        return b"".join(bytes(each.sent) for each in self.conversations)

    @property
    def received(self) -> bytes:
        """All bytes from the server, one connection after the other."""
        return b"".join(bytes(each.received) for each in self.conversations)

    def forget(self) -> None:
        """Drop what was written down; every connection must have ended."""
        self.settle()
        self.conversations.clear()

    def serve(self, number: int, connection: socket.socket) -> None:
        conversation = Conversation()
        self.conversations.append(conversation)
        if self._client_side is not None:
            try:
                connection = self._client_side.wrap_socket(connection, server_side=True)
            except OSError:  # a client that trusts nobody leaves during the handshake
                return
            self.keep(connection)
        server = socket.create_connection(self._upstream, timeout=PATIENCE)
        self.keep(server)
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._server_side is not None:
            server = self._server_side.wrap_socket(server, server_hostname=self._upstream.host)
            self.keep(server)
        client_end, server_end = _End(connection), _End(server)
        try:
            _relay(client_end, server_end, conversation)
        finally:
            self.drop(client_end.socket)
            self.drop(server_end.socket)


class _End:
    """One of the two connections of a relay."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.ended = False
        self.broken = False
        self.deaf = False

    def has_more(self) -> bool:
        """Tell whether bytes wait inside TLS, where select cannot see them."""
        return (
            not self.deaf and isinstance(self.socket, ssl.SSLSocket) and self.socket.pending() > 0
        )

    def read(self) -> bytes | None:
        """Return what has come, ``b""`` at the end, None where it was for TLS only.

        Raises:
            ConnectionResetError: The other side reset the connection.
        """
        if self.deaf:
            return socket.socket.recv(self.socket, PIECE) and None  # the socket below TLS
        self.socket.settimeout(0)
        try:
            return self.socket.recv(PIECE)
        except (BlockingIOError, ssl.SSLWantReadError):
            return None
        except ssl.SSLError:  # an end without the goodbye of TLS is an end
            return b""
        finally:
            self.socket.settimeout(PATIENCE)

    def write(self, data: bytes) -> None:
        """Pass bytes on, unless the other side has gone; then reading finds out how."""
        if self.broken:
            return
        try:
            self.socket.sendall(data)
        except OSError:
            self.broken = True

    def finish(self) -> None:
        """Say that nothing more will come, and go on reading."""
        if isinstance(self.socket, ssl.SSLSocket):
            self.socket.settimeout(0)
            # Sends the goodbye of TLS; the answer to it is not worth waiting for.
            with contextlib.suppress(OSError):
                self.socket.unwrap()
            self.socket.settimeout(PATIENCE)
            self.deaf = True  # TLS is over, and what still comes belongs to it
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self.socket, socket.SHUT_WR)


def _relay(client: _End, server: _End, conversation: Conversation) -> None:
    directions = (
        (client, server, conversation.sent),
        (server, client, conversation.received),
    )
    while not client.ended:  # then nothing can reach it any more, whatever the server has to say
        watched = [source.socket for source, _, _ in directions if not source.ended]
        waiting = [source.socket for source, _, _ in directions if source.has_more()]
        readable = waiting or select.select(watched, (), ())[0]
        for source, target, log in directions:
            if source.ended or source.socket not in readable:
                continue
            try:
                data = source.read()
            except ConnectionError:
                reset(target.socket)
                return
            if data:
                log.extend(data)
                target.write(data)
            elif data is not None:
                if source.broken:
                    reset(target.socket)
                    return
                source.ended = True
                target.finish()
