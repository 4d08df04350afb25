"""Header fields: raw names and values in the order of the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cassette.wire.grammar import NAME_LIST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Field = tuple[bytes, bytes]
"""Name and value of one field line: the name as spelt, the value without the blanks around it."""


def parse_fields(block: bytes) -> list[Field]:
    """Return the fields of a header or trailer section.

    Args:
        block: Field lines, each ending in CRLF or LF; the empty line may follow.

    Returns:
        The fields in order. A folded line is joined to the value before it by one blank; a line
        without a colon is passed over, as every client does.

    Source: RFC 9112, section 5.
    """
    fields: list[Field] = []
    for line in block.split(b"\n"):
        if line[:1] in (b" ", b"\t"):
            if fields and line.strip():
                name, value = fields[-1]
                fields[-1] = (name, value + b" " + line.strip())
            continue
        name, colon, value = line.partition(b":")
        if colon:
            fields.append((name.rstrip(b" \t"), value.strip(b" \t\r")))
    return fields


def first_value(fields: Iterable[Field], name: bytes) -> bytes | None:
    """Return the value of the first field of this name, or None.

    Args:
        fields: The fields to look through.
        name: The name in lower case.
    """
    size = len(name)
    for known, value in fields:
        # Most names differ in length: that is known at once, and takes two thirds of the time off.
        if len(known) == size and known.lower() == name:
            return value
    return None


class Fields:
    """The fields of one head, parsed when somebody asks for all of them.

    In a head without any fault a single value is searched for instead.

    Attributes:
        section: The field lines.

    Args:
        section: The field lines, with the newline before them; the empty line may follow.
        certain: They have no fault.
    """

    __slots__ = ("_all", "_certain", "_folded", "section")

    def __init__(self, section: bytes = b"", *, certain: bool = False) -> None:
        self.section = section
        self._certain = certain
        self._folded = b""  # the section in lower case, once it is asked for
        self._all: list[Field] | None = None

    def __iter__(self) -> Iterator[Field]:
        if self._all is None:
            self._all = parse_fields(self.section)
        return iter(self._all)

    def first(self, name: bytes) -> bytes | None:
        """Return the value of the first field of this name, or None.

        Args:
            name: The name in lower case.
        """
        if not self._certain:
            return first_value(self, name)
        return self._found(name, 0)[0]

    def _found(self, name: bytes, start: int) -> tuple[bytes | None, int]:
        """Return the next value of a name in a section without fault, and where its line ends."""
        folded = self._folded = self._folded or self.section.lower()
        at = folded.find(b"\n%b:" % name, start)
        if at < 0:
            return None, at
        at += len(name) + 2
        stop = folded.index(b"\r", at)
        return self.section[at:stop].strip(b" \t"), stop

    def without_name_lists(self) -> bytes:
        """Return the section without the lines that only list names of fields.

        In a section with a fault all lines stay.
        """
        return NAME_LIST.sub(b"", self.section) if self._certain else self.section

    def every(self, name: bytes) -> list[bytes]:
        """Return the values of all fields of this name, in the order of the wire.

        Args:
            name: The name in lower case.
        """
        if not self._certain:
            size = len(name)
            return [value for known, value in self if len(known) == size and known.lower() == name]
        values = []
        value, stop = self._found(name, 0)
        while value is not None:
            values.append(value)
            value, stop = self._found(name, stop)
        return values


class Headers:
    """Header fields as text: case, order and duplicates kept, lookup without regard to case.

    Bytes that are not ASCII stand as ISO-8859-1 characters, which is what HTTP clients do with
    them (RFC 9110, section 5.5), so ``encode("latin-1")`` gives the bytes back.
    """

    def __init__(self, fields: Iterable[Field] = ()) -> None:
        self._pairs = [(n.decode("latin-1"), v.decode("latin-1")) for n, v in fields]

    def __getitem__(self, name: str) -> str:
        """Return the value of a field; several of one name are joined by a comma and a blank.

        Raises:
            KeyError: There is no field of this name.

        Source: RFC 9110, section 5.3.
        """
        values = self.get_all(name)
        if not values:
            raise KeyError(name)
        return ", ".join(values)

    def get(self, name: str, default: str | None = None) -> str | None:
        """Return what ``headers[name]`` would, or the default where there is no such field."""
        values = self.get_all(name)
        return ", ".join(values) if values else default

    def get_all(self, name: str) -> list[str]:
        """Return every value of this name in the order of the wire; empty where there is none."""
        folded = name.lower()
        return [value for known, value in self._pairs if known.lower() == folded]

    def keys(self) -> list[str]:
        """Return the names as spelt on the wire, duplicates included."""
        return [name for name, _ in self._pairs]

    def items(self) -> list[tuple[str, str]]:
        """Return the pairs of name and value in the order of the wire."""
        return list(self._pairs)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.get_all(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self._pairs)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Headers):
            return self._pairs == other._pairs
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # equality by content: no stable hash

    def __repr__(self) -> str:
        return f"Headers({self._pairs!r})"
