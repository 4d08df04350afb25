"""The form of a difference: lines with a mark, cut to the width of a terminal."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cassette.matching.calls import SECRET
from cassette.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

WIDTH: Final = 90
"""Characters of a line, its mark and its indentation left out: what a terminal shows unwrapped."""

_LONGEST_NAME: Final = 60
"""Characters of a name, or of a path."""

_BEFORE: Final = 24
"""Characters, at most, that are shown before the first difference of two long values."""

_CHANGE: Final = 3
"""Lines that a part needs at least: one value before and after, and how much is left out."""

SECRET_TEXT: Final = "(a secret)"  # noqa: S105 - says that there is one

_STEP: Final = re.compile(r"(\['[^']*'\]|\[\"[^\"]*\"\])|\[\d+\]")
"""A step in brackets; a name in quotes is group 1."""


class Change(NamedTuple):
    """One thing that differs.

    Attributes:
        lines: What a person sees, each line with its mark.
        ignored_by: The entry of ``ignore`` that makes it not count; empty where there is none.
    """

    lines: tuple[str, ...]
    ignored_by: str = ""


class Difference(NamedTuple):
    """What differs in one part of a message.

    Attributes:
        title: What part it is, such as ``body (JSON)``; empty where the lines say so themselves.
        changes: What differs in it.
    """

    title: str
    changes: list[Change]


# -- the lines of a part


def rendered(parts: Sequence[Difference], limit: int) -> list[str]:
    """Return what differs in a message as lines, about as many as asked for at most.

    Args:
        parts: What differs. What one part leaves of its share of the lines goes to the next.
        limit: How many lines.
    """
    lines: list[str] = []
    for at, part in enumerate(parts):
        title = [part.title] if part.title else []
        others = len(parts) - at - 1
        needed = min(len(part.changes[0].lines) + (len(part.changes) > 1), _CHANGE)
        if at and len(lines) + len(title) + needed + (others > 0) > limit:
            left = sum(len(part.changes) for part in parts[at:])
            return [*lines, f"... {counted(left, 'more difference')}"]
        room = (limit - len(lines)) // (others + 1) - len(title)
        indent = "  " if title else ""
        lines += [*title, *(indent + line for line in _fitting(part.changes, max(room, needed)))]
    return lines


def _fitting(changes: list[Change], room: int) -> list[str]:
    """Return the lines of as many differences as there is room for, and what is left out."""
    lines: list[str] = []
    for at, (said, _) in enumerate(changes):
        others = len(changes) - at - 1
        if len(lines) + len(said) + (others > 0) <= room:
            lines += said
        elif lines:
            return [*lines, f"... {counted(others + 1, 'more difference')}"]
        else:
            shown = said[: room - 1]
            left = [counted(len(said) - len(shown), "more line")]
            left += [counted(others, "more difference")] if others else []
            return [*shown, f"... {', '.join(left)}"]
    return lines


def ignorable(parts: Iterable[Difference]) -> list[str]:
    """Return the entries of ``ignore`` with which nothing would differ; none where none would do.

    Elements of one array become one entry: ``json:$.items[*].id``.
    """
    entries = [change.ignored_by for part in parts for change in part.changes]
    if not all(entries):
        return []
    general = [
        _STEP.sub(lambda step: step[1] or "[*]", entry) if entry.startswith("json:") else entry
        for entry in entries
    ]
    times = Counter(general)
    return list(
        dict.fromkeys(
            shared if times[shared] > 1 else entry
            for entry, shared in zip(entries, general, strict=True)
        )
    )


# -- values


def change(
    name: str, recorded: str | None, actual: str | None, ignored_by: str = "", *, other: str = ""
) -> Change:
    """Return how a named value differs.

    Args:
        name: What the value is called; may be empty.
        recorded: The recorded value; None where it has none.
        actual: The one that is there instead.
        ignored_by: As in ``Change``.
        other: What it is called now, where that is not ``name``.
    """
    old_name, new_name = (f"{short_name(n)}: " if n else "" for n in (name, other or name))
    room = WIDTH - max(len(old_name), len(new_name))
    if recorded is None or actual is None:
        old, new = cut(recorded or "", room), cut(actual or "", room)
    else:
        old, new = cut_alike(recorded, actual, room)
    lines = []
    if recorded is not None:
        lines.append(f"- {old_name}{old}")
    if actual is not None:
        lines.append(f"+ {new_name}{new}")
    return Change(tuple(lines), ignored_by)


def pair_changes(
    kind: str, recorded: Sequence[tuple[str, str]], actual: Sequence[tuple[str, str]]
) -> Iterator[Change]:
    """Yield how the values of each name differ.

    Args:
        kind: What ``ignore`` calls such pairs: ``header``, ``query`` or ``form``.
        recorded: Names and values that were recorded.
        actual: Names and values that are there instead.
    """
    for name in dict.fromkeys(name for name, _ in [*recorded, *actual]):
        old = [value for known, value in recorded if known == name]
        new = [value for known, value in actual if known == name]
        if old == new:
            continue
        old, new = [_shown(value) for value in old], [_shown(value) for value in new]
        plain = name and name == name.strip() and name.isprintable()
        ignored_by = f"{kind}:{name}" if plain else ""
        if len(old) == len(new) == 1:
            yield change(name, old[0], new[0], ignored_by)
            continue
        gone = [line for value in old for line in change(name, value, None).lines]
        come = [line for value in new for line in change(name, None, value).lines]
        yield Change((*gone, *come), ignored_by)


def _shown(value: str) -> str:
    """Return a value as it stands, in quotes where its ends would not be seen."""
    if value == SECRET:
        return SECRET_TEXT
    return value if value and value == value.strip() else repr(value)


def visible(text: str) -> str:
    """Return a text with everything escaped that would not show, or that steers a terminal."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def cut(text: str, room: int = WIDTH) -> str:
    """Return the start of a text as far as it fits into a line, all of it visible."""
    text = visible(text[: 2 * room]) + ("" if len(text) <= 2 * room else " ")
    return text if len(text) <= room else f"{text[: room - 3]}..."


def short_name(name: str) -> str:
    """Return a name that leaves room for a value; of a path the end says most."""
    name = visible(name)
    return name if len(name) <= _LONGEST_NAME else "..." + name[3 - _LONGEST_NAME :]


def cut_alike(old: str, new: str, room: int) -> tuple[str, str]:
    """Return two texts as they fit into a line: both from the same place, where they differ."""
    at = first_difference(old, new)
    start = max(0, at - room)
    # Long enough to tell whether something is cut off.
    old, new = visible(old[start : at + 2 * room]), visible(new[start : at + 2 * room])
    at = first_difference(old, new)
    if not start and (max(len(old), len(new)) <= room or at <= room - _BEFORE):
        return cut(old, room), cut(new, room)
    start = max(0, at - _BEFORE)
    return "..." + cut(old[start:], room - 3), "..." + cut(new[start:], room - 3)


def first_difference(one: Any, other: Any) -> int:  # noqa: ANN401 - text or bytes
    """Return where two texts begin to differ, by halving: slices compare at memory speed."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
