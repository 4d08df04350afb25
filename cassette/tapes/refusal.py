"""What a tape cannot take, and says so before anything of it is written or answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from cassette.callers import callers, client_of, package_of, who
from cassette.errors import UninterceptedClientError
from cassette.wording import callers_listed, from_here

if TYPE_CHECKING:
    from pathlib import Path

    from cassette.model import Interaction, Request

__tracebackhide__ = True  # pytest then shows the code that tried, and none of ours

_HTTP2: Final = "it speaks HTTP/2, of which nothing can be recorded or replayed yet"

_TO_HTTP11: Final = {
    "httpx": "Leave out http1=False, so that it speaks HTTP/1.1",
    "httpx2": "Leave out http1=False, so that it speaks HTTP/1.1",
    "httpcore": "Leave out http1=False, so that it speaks HTTP/1.1",
    "urllib3": "Call urllib3.http2.extract_from_urllib3() first, so that it speaks HTTP/1.1",
}
"""How a client is brought to speak HTTP/1.1, by the package that sends the preface of HTTP/2."""


def refuse_what_is_no_interaction(request: Request, path: Path) -> None:
    """Refuse what begins a conversation in another protocol than HTTP/1.1.

    Args:
        request: What was sent.
        path: The cassette in use.

    Raises:
        UninterceptedClientError: It is the preface of HTTP/2.
    """
    if request.parsed_request.opens_http2:
        raise http2_refused(urlsplit(request.url).hostname or "", path)


def told_of_websocket(interaction: Interaction, path: Path) -> str:
    """Return what is said of a connection that has gone over to WebSocket while it was recorded."""
    host = urlsplit(interaction.request.url).hostname
    outcome = (
        f"{interaction.call} went over to WebSocket past {from_here(path)}: its frames are not in "
        "the cassette, and a replay will refuse them"
    )
    remedy = (
        "Put a stand-in for the WebSocket into the test, or let the host through: "
        f"allow_hosts=[{host!r}]."
    )
    return "\n".join([outcome, *callers_listed(who(callers())), remedy])


def http2_refused(host: str, path: Path) -> UninterceptedClientError:
    """Return the error for a client that speaks HTTP/2, and is on the stack now.

    Args:
        host: Whom it speaks to.
        path: The cassette in use.
    """
    frames = callers()
    speaking = next((name for name in map(package_of, frames) if name in _TO_HTTP11), "")
    return UninterceptedClientError(
        client_of(frames),
        path=path,
        host=host,
        problem=_HTTP2,
        who=who(frames),
        remedy=_TO_HTTP11.get(speaking, "Let it speak HTTP/1.1"),
    )
