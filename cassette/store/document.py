"""YAML text to nodes: what an entry goes through that is not in the writer's own shape.

Nodes are made from parser events, with libyaml where PyYAML has it. No constructor of PyYAML
takes part, so a plain scalar stays the text that it is, a tag never runs code, and each node knows
its line. Composing events here instead of with PyYAML's composer bounds the depth (libyaml's
composer ends the process by a stack overflow within 100,000 open brackets) and what aliases may
repeat.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    MappingStartEvent,
    ScalarEvent,
)
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

from cassette.errors import CassetteFormatError
from cassette.store.scalars import MAX_ITEMS

try:
    from yaml._yaml import CParser
except ImportError:  # PyYAML was built without libyaml
    CParser = None  # type: ignore[assignment,misc]  # asked for before each use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml.events import Event

MAX_DEPTH: Final = 12
"""Deepest nesting that is read; the format itself needs 6."""

MAX_PARSED: Final = 1 << 28
"""Longest text in bytes that is parsed; libyaml needs some ten times that in memory."""

MAX_REPEATED: Final = 1 << 20
"""Characters that aliases may repeat."""


@dataclass(slots=True)
class Node:
    """A value in the file.

    Attributes:
        value: Text of a scalar, items of a list, values of a mapping by key.
        tag: Its explicit tag, such as ``tag:yaml.org,2002:binary``; None without one.
        line: Where it starts, counted from 1.
        plain: It is a scalar without quotation marks.
        size: Characters of its scalars, those behind aliases included.
    """

    value: str | list[Node] | dict[str, Node]
    tag: str | None
    line: int
    plain: bool = False
    size: int = 1


_INTERACTIONS: Final = 2
"""As deep stands the list of interactions, which may be of any length."""

_CONFLICT: Final = re.compile(rb"^(?:<{7}|>{7})(?: .*)?$", re.MULTILINE)


class _EventSource(Protocol):
    def get_event(self) -> Event | None: ...


class _PythonParser(Reader, Scanner, Parser):
    """PyYAML's own parser, for where libyaml is missing."""

    def __init__(self, text: bytes) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)


def compose(text: bytes, *, path: str = "<bytes>", first_line: int = 1) -> Node | None:
    """Return the root of the only document in a text, or None where there is no document.

    Args:
        text: The YAML text, in UTF-8 or UTF-16.
        path: File that it is from, for errors.
        first_line: Line of that file at which the text starts.

    Raises:
        CassetteFormatError: It is too long or no YAML, holds a second document, repeats a key,
            nests too deeply, or its aliases repeat too much.
    """
    composer = _Composer(path, first_line)
    if len(text) > MAX_PARSED:
        raise composer.error(
            f"{len(text)} bytes to parse; at most {MAX_PARSED} are parsed at once",
            first_line,
            "Record it again: what the package itself writes needs no parser.",
        )
    try:
        source: _EventSource = CParser(text) if CParser is not None else _PythonParser(text)
        return composer.compose(iter(source.get_event, None))
    except yaml.YAMLError as error:
        conflict = _CONFLICT.search(text)
        if conflict is not None:
            raise composer.error(
                "a merge conflict is not resolved here",
                first_line + text.count(b"\n", 0, conflict.start()),
                "Keep one side, or the interactions of both, and take the markers out.",
            ) from None
        raise _not_yaml(composer, text, first_line, error) from None
    except (ValueError, OverflowError) as error:
        raise _not_yaml(composer, text, first_line, error) from None


def _not_yaml(
    composer: _Composer, text: bytes, first_line: int, error: Exception
) -> CassetteFormatError:
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        problem = " ".join(filter(None, (error.context, error.problem)))
        line = 0 if mark is None else first_line + mark.line
    else:
        problem = " ".join(str(error).split())
        # A reader of characters knows where it gave up.
        place = getattr(error, "position", None)
        line = first_line + text.count(b"\n", 0, place) if isinstance(place, int) else 0
    return composer.error(f"not valid YAML: {problem}", line)


class _Composer:
    """Makes nodes of events, with a stack of the collections that are open."""

    def __init__(self, path: str, first_line: int) -> None:
        self._path = path
        self._first_line = first_line
        self._anchors: dict[str, Node] = {}
        self._repeated = 0
        self._stack: list[Node] = []
        self._keys: list[str | None] = []
        self._root: Node | None = None

    def error(self, problem: str, line: int, remedy: str = "") -> CassetteFormatError:
        """Return the error for a line of the file; 0 stands for none."""
        where = "".join(
            f"[{len(node.value)}]" if isinstance(node.value, list) else f".{key}" if key else ""
            for node, key in zip(self._stack, self._keys, strict=True)
        ).lstrip(".")
        return CassetteFormatError(
            problem,
            path=self._path,
            line=line,
            key=where,
            remedy=remedy or "Repair the file, or delete it and record it again.",
        )

    def compose(self, events: Iterator[Event]) -> Node | None:
        stack, keys = self._stack, self._keys
        for event in events:
            if isinstance(event, ScalarEvent):
                text, anchor = event.value, event.anchor
                if keys and keys[-1] is None and anchor is None:
                    siblings = stack[-1].value
                    if isinstance(siblings, dict) and text not in siblings:
                        # Half of all scalars are keys, which need no node.
                        keys[-1] = text
                        continue
                # A plain style is None without libyaml, and empty with it.
                node = Node(text, event.tag, self._line(event), not event.style, len(text) + 1)
                if anchor is not None:
                    self._anchors[anchor] = node
            elif isinstance(event, CollectionStartEvent):
                self._open(event)
                continue
            elif isinstance(event, CollectionEndEvent):
                keys.pop()
                node = stack.pop()
            elif isinstance(event, AliasEvent):
                node = self._repeat(event)
            else:
                continue
            self._close(node)
        return self._root

    def _open(self, event: CollectionStartEvent) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise self.error(f"nested deeper than {MAX_DEPTH} levels", self._line(event))
        value: dict[str, Node] | list[Node] = {} if isinstance(event, MappingStartEvent) else []
        node = Node(value, event.tag, self._line(event))
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        self._stack.append(node)
        self._keys.append(None)

    def _line(self, event: Event) -> int:
        """Return the line of the file at which an event starts."""
        return self._first_line + (event.start_mark.line if event.start_mark else 0)

    def _repeat(self, event: AliasEvent) -> Node:
        anchor, line = event.anchor, self._line(event)
        node = self._anchors.get(anchor or "")
        if node is None:
            raise self.error(f"*{anchor} stands for nothing: no &{anchor} before it", line)
        if any(node is open_node for open_node in self._stack):
            raise self.error(f"*{anchor} stands inside of what it stands for", line)
        self._repeated += node.size
        if self._repeated > MAX_REPEATED:
            raise self.error("aliases repeat too much", line, "Write the values out.")
        return node

    def _close(self, node: Node) -> None:
        """Put a complete node where it belongs."""
        if not self._stack:
            if self._root is not None:
                raise self.error("a second YAML document; a cassette is one", node.line)
            self._root = node
            return
        parent = self._stack[-1]
        siblings = parent.value
        if isinstance(siblings, dict):
            key = self._keys[-1]
            if key is None:
                self._keys[-1] = self._read_key(node, siblings)
                return
            siblings[key] = node
            self._keys[-1] = None
        else:
            assert isinstance(siblings, list)  # noqa: S101 - a text is never open
            if len(siblings) == MAX_ITEMS and len(self._stack) > _INTERACTIONS:
                raise self.error(
                    f"a list of more than {MAX_ITEMS} items",
                    node.line,
                    "Record it again: longer lists are not written.",
                )
            siblings.append(node)
        parent.size += node.size

    def _read_key(self, node: Node, siblings: dict[str, Node]) -> str:
        if not isinstance(node.value, str):
            raise self.error("a key must be a word", node.line)
        if node.value in siblings:
            raise self.error(f"the key {node.value!r} stands here twice", node.line)
        return node.value
