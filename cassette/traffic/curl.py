"""A request as a command for a POSIX shell; masks stay in it."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cassette.model import Interaction

_OF_THE_CONNECTION: Final = frozenset(
    ("accept-encoding", "connection", "content-length", "expect", "host", "transfer-encoding")
)
"""Fields that curl writes itself, or that say how this very message was sent."""

_GLOB: Final = re.compile(r"[\[\]{}]")


def curl_command(one: Interaction, body_file: str = "body.bin") -> str:
    """Return the command that sends the request of an interaction again.

    Args:
        one: The interaction.
        body_file: The file from which a body is sent that no command line can hold.

    Returns:
        The command in lines joined by backslashes. A text that could steer a terminal is written
        as ``$'...'``, which bash, zsh and POSIX of 2024 know.
    """
    request = one.request
    _, _, url = one.call.partition(" ")
    parts = ["curl -i"]
    method = request.method
    if method == "HEAD":
        parts = ["curl -I"]
    elif method and method != ("POST" if request.body else "GET"):
        parts.append(f"-X {_quoted(method)}")
    if _GLOB.search(url):
        parts.append("-g")  # or curl takes brackets for a pattern
    parts = [" ".join([*parts, _quoted(url)])]
    for name, value in request.headers.items():
        # What starts so is the name of a file to curl.
        if name.lower() not in _OF_THE_CONNECTION and not name.startswith("@"):
            parts.append(f"-H {_quoted(f'{name}: {value}' if value else f'{name};')}")
    if "chunked" in (request.headers.get("transfer-encoding") or "").lower():
        parts.append("-H 'Transfer-Encoding: chunked'")
    if request.body:
        text = _as_argument(request.body)
        shown = f"@{shlex.quote(body_file)}" if text is None else _quoted(text)
        parts.append(f"--data-binary {shown}")
    return " \\\n  ".join(parts)


def _as_argument(body: bytes) -> str | None:
    """Return a body as an argument can hold it; None where NUL or other encodings forbid it."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text or text.startswith("@") else text


def _quoted(text: str) -> str:
    if text.replace("\n", "").isprintable():
        return shlex.quote(text)
    shown = "".join(_escaped(char) for char in text)
    return f"$'{shown}'"


def _escaped(char: str) -> str:
    if char in "\\'":
        return f"\\{char}"
    if char.isprintable():
        return char
    return "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogatepass"))
