"""JSON and XML indented for reading: only the blanks between tokens are ours.

Spelling of numbers, escapes, duplicate keys and their order stay as the server sent them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cassette.traffic.pieces import Piece, with_masks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cassette.traffic.pieces import Line

_TOKEN: Final = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+)', re.DOTALL)
_SIGNS: Final = frozenset("{}[],:")
_CLOSING: Final = {"{": "}", "[": "]"}
_FOLLOWED: Final = (":", ",")
"""What a blank follows; the second only where all stands on one line."""

_WIDTH: Final = 72
"""Longest list or object, in characters, that stands on one line."""

_DEEPEST: Final = 60
"""Levels that are indented further; what is nested deeper than that says little by its place."""

_XML_TAG: Final = re.compile(r"<[^<>]+>")
_XML_SECTIONS: Final = (("<![CDATA[", "]]>"), ("<!--", "-->"), ("<?", "?>"))
"""What may hold angle brackets, and how it ends."""


def json_lines(text: str) -> list[Line] | None:
    """Return JSON as indented lines; None where it is none."""
    tokens = _tokens(text)
    if not tokens or not _is_balanced(tokens):
        return None
    writer = _JsonWriter(tokens)
    writer.write()
    return writer.lines


def json_line(text: str) -> Line:
    """Return JSON as it stands, on one line; what is no JSON as well."""
    tokens = _tokens(text)
    if not tokens:
        return with_masks(text)
    pieces: list[Piece] = []
    at = 0
    for found in _TOKEN.finditer(text):
        pieces += [Piece(text[at : found.start(1)]), *_styled(found[1], key=_is_key(text, found))]
        at = found.end()
    return tuple(piece for piece in (*pieces, Piece(text[at:])) if piece.text)


def _is_key(text: str, found: re.Match[str]) -> bool:
    return found[1][0] == '"' and text[found.end() : found.end() + 8].lstrip()[:1] == ":"


def _tokens(text: str) -> list[str]:
    """Return the tokens of JSON; none where something else stands between them."""
    tokens = []
    at = 0
    for found in _TOKEN.finditer(text):
        if found.start() != at:
            return []
        tokens.append(found[1])
        at = found.end()
    return [] if text[at:].strip() else tokens


def _is_balanced(tokens: list[str]) -> bool:
    """Return whether all of it is one value; members are not looked at."""
    open_ones: list[str] = []
    for at, token in enumerate(tokens):
        if token in _CLOSING:
            open_ones.append(_CLOSING[token])
        elif token in ("}", "]") and (not open_ones or open_ones.pop() != token):
            return False
        if not open_ones and at + 1 < len(tokens):
            return False
    return not open_ones


def _styled(token: str, *, key: bool) -> Line:
    if key or token in _SIGNS:
        return (Piece(token, "quiet"),)
    return with_masks(token)


class _JsonWriter:
    """Writes tokens as lines.

    Attributes:
        lines: What was written.

    Args:
        tokens: The tokens of one value.
    """

    def __init__(self, tokens: list[str]) -> None:
        self.lines: list[Line] = []
        self._tokens = tokens
        self._line: list[Piece] = []

    def write(self) -> None:
        """Write all."""
        tokens = self._tokens
        opened: list[tuple[str, bool]] = []  # what is open, and whether it stands on one line
        for at, token in enumerate(tokens):
            flat = bool(opened) and opened[-1][1]
            if token in ("}", "]"):
                opened.pop()
                if not flat and tokens[at - 1] not in _CLOSING:
                    self._break(len(opened))
            elif opened and not flat and tokens[at - 1] in ("{", "[", ","):
                self._break(len(opened))
            key = bool(opened) and opened[-1][0] == "{" and tokens[at - 1] in ("{", ",")
            self._line += _styled(token, key=key and token[0] == '"')
            if token in _CLOSING:
                opened.append((token, flat or (bool(opened) and self._is_short(at))))
            elif token in _FOLLOWED[: 1 + flat]:
                self._line.append(Piece(" "))
        self._end()

    def _break(self, depth: int) -> None:
        self._end()
        self._line.append(Piece("  " * min(depth, _DEEPEST)))

    def _end(self) -> None:
        self.lines.append(tuple(piece for piece in self._line if piece.text))
        self._line = []

    def _is_short(self, start: int) -> bool:
        """Return whether the list or object that starts here fits into a line."""
        depth = size = 0
        for at in range(start, len(self._tokens)):
            token = self._tokens[at]
            depth += (token in _CLOSING) - (token in ("}", "]"))
            size += len(token) + (token in (",", ":"))
            if size > _WIDTH:
                return False
            if not depth:
                return True
        return False


def _xml_tokens(text: str) -> Iterator[str]:
    """Yield tags, comments and other sections, and the text between them, in linear time."""
    endless: set[str] = set()  # ends that do not come any more
    at = 0
    while at < len(text):
        stop = -1
        for start, end in _XML_SECTIONS if text[at] == "<" else ():
            if end not in endless and text.startswith(start, at):
                found = text.find(end, at)
                stop = found + len(end) if found >= 0 else -1
                if found < 0:
                    endless.add(end)
                break
        if stop < 0:
            tag = _XML_TAG.match(text, at)
            stop = tag.end() if tag else text.find("<", at + 1)
        stop = stop if stop > at else len(text)
        yield text[at:stop]
        at = stop


def xml_lines(text: str) -> list[Line]:
    """Return XML as indented lines: an element that holds only text on one."""
    lines: list[Line] = []
    current: list[Piece] = []
    depth = 0
    inline = False  # text, or an element that may hold nothing else, stands on the current line

    def flush() -> None:
        nonlocal current
        if current:
            first, *rest = "".join(piece.text for piece in current).split("\n")
            if rest:  # several lines of text or of a comment: as they stand
                lines.extend(with_masks(one) for one in (first, *rest))
            else:
                lines.append(tuple(current))
        current = []

    for token in _xml_tokens(text):
        if not token.strip():
            continue
        if token.startswith("</"):
            depth = max(depth - 1, 0)
            if not inline:
                flush()
                current.append(Piece("  " * min(depth, _DEEPEST)))
            current.append(Piece(token, "quiet"))
            flush()
            inline = False
        elif token[0] != "<" or token.startswith("<![CDATA["):
            current += with_masks(token.strip())
            inline = True
        else:
            flush()
            tag = with_masks(token, "quiet")
            current += [piece for piece in (Piece("  " * min(depth, _DEEPEST)), *tag) if piece.text]
            opens = not token.startswith(("<?", "<!")) and not token.endswith("/>")
            depth += opens
            inline = opens
    flush()
    return lines
