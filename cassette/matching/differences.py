"""Where two values differ, as lines for a person to read.

One form for all of them: ``-`` starts what was recorded, ``+`` what is there instead, and two
blanks what both have. So two values that should be equal stand one above the other.

Nothing is masked here: whoever compares hands over values without secrets, before a cut could
make one unrecognisable.
"""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cassette.errors import OptionError, counted
from cassette.matching.calls import SECRET
from cassette.matching.paths import JsonPath

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Same = Callable[[Any, Any], bool]

WIDTH: Final = 90
"""Characters of a line, its mark and its indentation left out: what a terminal shows unwrapped."""

_LONGEST_NAME: Final = 60
"""Characters of a name, or of a path."""

_BEFORE: Final = 24
"""Characters, at most, that are shown before the first difference of two long values."""

_CONTEXT: Final = 2
"""Equal lines around a difference in a text."""

_ALIGNED: Final = 1000
"""Lines or elements, beyond a common start and end, that are aligned with one another; more are
compared one by one, since aligning takes the square of their number."""

_PAIRED: Final = 4096
"""Pairs of elements in one place that are weighed against one another."""

_CHANGE: Final = 3
"""Lines that a part needs at least: one value before and after, and how much is left out."""

_ROW: Final = 16
_ROWS: Final = 3
"""Bytes in a row of a hexdump, and rows from the first difference on."""

SECRET_TEXT: Final = "(a secret)"  # noqa: S105 - says that there is one
_SECRET_JSON: Final = json.dumps({SECRET: None})

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


class Part(NamedTuple):
    """What differs in one part of a message.

    Attributes:
        title: What part it is, such as ``body (JSON)``; empty where the lines say so themselves.
        changes: What differs in it.
    """

    title: str
    changes: list[Change]


# -- the lines of a part


def rendered(parts: Sequence[Part], limit: int) -> list[str]:
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


def ignorable(parts: Iterable[Part]) -> list[str]:
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
    old_name, new_name = (f"{_short_name(n)}: " if n else "" for n in (name, other or name))
    room = WIDTH - max(len(old_name), len(new_name))
    if recorded is None or actual is None:
        old, new = cut(recorded or "", room), cut(actual or "", room)
    else:
        old, new = _cut_alike(recorded, actual, room)
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


def _short_name(name: str) -> str:
    """Return a name that leaves room for a value; of a path the end says most."""
    name = visible(name)
    return name if len(name) <= _LONGEST_NAME else "..." + name[3 - _LONGEST_NAME :]


def _cut_alike(old: str, new: str, room: int) -> tuple[str, str]:
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


# -- JSON


def json_text(value: Any) -> str:  # noqa: ANN401 - JSON is any value
    """Return a JSON value on one line, without the secrets that stand in it as ``SECRET``."""
    return json.dumps(value, ensure_ascii=False).replace(_SECRET_JSON, SECRET_TEXT)


def json_changes(
    recorded: Any,  # noqa: ANN401 - JSON is any value
    actual: Any,  # noqa: ANN401
    same: Same | None = None,
) -> Iterator[Change]:
    """Yield where two JSON values differ, by path.

    Elements of arrays are aligned first, so that one more element is one difference.

    Args:
        recorded: The recorded value.
        actual: The value that is there instead.
        same: Says whether two scalars that are not equal count as equal.
    """
    return _between(recorded, actual, "$", "$", same or (lambda _, __: False))


def _between(old: Any, new: Any, old_path: str, new_path: str, same: Same) -> Iterator[Change]:  # noqa: ANN401
    if isinstance(old, dict) and isinstance(new, dict) and SECRET not in old | new:
        for name in dict.fromkeys([*old, *new]):
            step = path_step(name)
            one = (old[name],) if name in old else ()
            other = (new[name],) if name in new else ()
            yield from _in_place(one, other, old_path + step, new_path + step, same)
    elif isinstance(old, list) and isinstance(new, list):
        for i, j in _aligned(old, new):
            one = () if i is None else (old[i],)
            other = () if j is None else (new[j],)
            yield from _in_place(one, other, f"{old_path}[{i}]", f"{new_path}[{j}]", same)
    elif not (_equal(old, new) or same(old, new)):
        yield _scalar_change(old, new, old_path, new_path)


def _equal(old: Any, new: Any) -> bool:  # noqa: ANN401
    """Return whether two scalars are equal as JSON: ``true`` is not 1, and NaN is NaN."""
    return type(old) is type(new) and (old == new or old != old)  # noqa: PLR0124 - only NaN is not


def _in_place(
    old: tuple[Any, ...], new: tuple[Any, ...], old_path: str, new_path: str, same: Same
) -> Iterator[Change]:
    """Compare what stands in one place, where one of the two may hold nothing."""
    if old and new:
        yield from _between(old[0], new[0], old_path, new_path, same)
    elif old:
        # A member that is ignored may be missing, an element may not.
        yield change(old_path, json_text(old[0]), None, ignore_entry(old_path, new_path))
    else:
        yield change(new_path, None, json_text(new[0]), ignore_entry(new_path, old_path))


def _scalar_change(old: Any, new: Any, old_path: str, new_path: str) -> Change:  # noqa: ANN401
    ignored_by = ignore_entry(old_path, new_path)
    if isinstance(old, str) and isinstance(new, str) and "\n" in old.strip() + new.strip():
        return text_change(new_path, old, new, ignored_by)
    return change(old_path, json_text(old), json_text(new), ignored_by, other=new_path)


def path_step(name: str) -> str:
    """Return the step of a path that leads to a member."""
    if name.isidentifier():
        return f".{name}"
    return f'["{name}"]' if "'" in name else f"['{name}']"


def ignore_entry(path: str, other: str = "") -> str:
    """Return the entry of ``ignore`` for a place; empty where none can be written, or would help.

    Args:
        path: The path in one of the values.
        other: The path in the other one, where it may be another.
    """
    if other not in ("", path) or not path.isprintable():
        return ""
    try:
        JsonPath.parse(path)
    except OptionError:
        return ""
    return f"json:{path}"


_CANONICAL: Final = json.JSONEncoder(sort_keys=True)


def _canonical(value: Any) -> str:  # noqa: ANN401
    return _CANONICAL.encode(value)


def _aligned(old: list[Any], new: list[Any]) -> Iterator[tuple[int | None, int | None]]:
    """Yield which elements of two arrays belong together; one of a pair may be missing."""
    olds, news = [_canonical(item) for item in old], [_canonical(item) for item in new]
    for tag, i, i_end, j, j_end in opcodes(olds, news):
        if tag != "equal":
            for one, other in _paired(old[i:i_end], new[j:j_end]):
                yield (None if one is None else i + one), (None if other is None else j + other)


def opcodes(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """Return which parts of two sequences are equal and which are not, as ``difflib`` puts it."""
    shorter = min(len(old), len(new))
    start = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    rest = shorter - start
    end = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    i_end, j_end = len(old) - end, len(new) - end
    codes = [("equal", 0, start, 0, start)] if start else []
    if max(i_end - start, j_end - start) > _ALIGNED:
        codes.append(("replace", start, i_end, start, j_end))
    else:
        matcher = difflib.SequenceMatcher(None, old[start:i_end], new[start:j_end])
        codes += [
            (tag, i + start, i_stop + start, j + start, j_stop + start)
            for tag, i, i_stop, j, j_stop in matcher.get_opcodes()
        ]
    return [*codes, ("equal", i_end, len(old), j_end, len(new))] if end else codes


def _paired(old: list[Any], new: list[Any]) -> list[tuple[int | None, int | None]]:
    """Return elements that are not equal in pairs of those that are alike.

    To leave an element without a partner costs 1; to pair two, the share in which they differ,
    doubled: so two that share nothing stay apart. The cheapest way through is found backwards.
    """
    rows, columns = len(old), len(new)
    if rows * columns > _PAIRED:
        longer = max(rows, columns)
        return [(i if i < rows else None, i if i < columns else None) for i in range(longer)]
    cost = [[float(rows - i + columns - j) for j in range(columns + 1)] for i in range(rows + 1)]
    pairing = [[2 * _unlikeness(one, other) for other in new] for one in old]
    for i in reversed(range(rows)):
        for j in reversed(range(columns)):
            cost[i][j] = min(
                cost[i + 1][j] + 1, cost[i][j + 1] + 1, cost[i + 1][j + 1] + pairing[i][j]
            )
    pairs: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < rows or j < columns:
        if i < rows and j < columns and cost[i][j] == cost[i + 1][j + 1] + pairing[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif i < rows and cost[i][j] == cost[i + 1][j] + 1:
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    return pairs


def _unlikeness(one: Any, other: Any) -> float:  # noqa: ANN401
    """Return the share in which two elements differ, judged at a glance."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = one.keys() | other.keys()
        equal = sum(name in one and name in other and one[name] == other[name] for name in names)
        return 1 - equal / len(names) if names else 0
    return 0.5 if isinstance(one, list) and isinstance(other, list) else 0.75


# -- text


def text_change(name: str, recorded: str, actual: str, ignored_by: str = "") -> Change:
    """Return where two texts differ: of several lines as a unified diff.

    Args:
        name: As for ``change``.
        recorded: The recorded text.
        actual: The one that is there instead.
        ignored_by: As in ``Change``.
    """
    if "\n" not in recorded and "\n" not in actual:
        return change(name, recorded, actual, ignored_by)
    if recorded.endswith("\n") and actual.endswith("\n"):
        recorded, actual = recorded[:-1], actual[:-1]
    old, new = recorded.split("\n"), actual.split("\n")
    lines = _heading(name)
    for group in _grouped(opcodes(old, new)):
        first, last = group[0], group[-1]
        lines.append(
            f"@@ -{first[1] + 1},{last[2] - first[1]} +{first[3] + 1},{last[4] - first[3]} @@"
        )
        for tag, i, i_end, j, j_end in group:
            if tag == "equal":
                lines += ["  " + cut(line) for line in old[i:i_end]]
            else:
                lines += _replaced(old[i:i_end], new[j:j_end])
    return Change(tuple(line.rstrip() for line in lines), ignored_by)


def _heading(name: str) -> list[str]:
    return [f"  {_short_name(name)}:"] if name else []


def _replaced(old: list[str], new: list[str]) -> list[str]:
    """Return lines that became others; of as many, each is cut where it differs from its other."""
    if len(old) == len(new):
        pairs = [_cut_alike(*pair, WIDTH) for pair in zip(old, new, strict=True)]
        olds, news = [one for one, _ in pairs], [other for _, other in pairs]
    else:
        olds, news = [cut(line) for line in old], [cut(line) for line in new]
    return ["- " + _with_end(line) for line in olds] + ["+ " + _with_end(line) for line in news]


def _with_end(line: str) -> str:
    """Return a line whose last blank can be seen."""
    return f"{line[:-1]}\\x20" if line.endswith(" ") else line


def _grouped(
    codes: list[tuple[str, int, int, int, int]],
) -> Iterator[list[tuple[str, int, int, int, int]]]:
    """Yield what differs with a few equal lines around it, near differences together."""
    group: list[tuple[str, int, int, int, int]] = []
    for at, (tag, i, i_end, j, j_end) in enumerate(codes):
        if tag != "equal":
            group.append((tag, i, i_end, j, j_end))
            continue
        after = min(_CONTEXT, i_end - i) if group else 0
        before = min(_CONTEXT, i_end - i) if at + 1 < len(codes) else 0
        if group and before and after + before >= i_end - i:
            group.append((tag, i, i_end, j, j_end))
            continue
        if group:
            yield [*group, (tag, i, i + after, j, j + after)]
        group = [(tag, i_end - before, i_end, j_end - before, j_end)] if before else []
    if any(tag != "equal" for tag, *_ in group):
        yield group


# -- bytes


def bytes_change(name: str, recorded: bytes, actual: bytes, ignored_by: str = "") -> Change:
    """Return where two byte sequences differ: a hexdump around the first difference.

    A row is an offset, the bytes, and what they are in ASCII; ``^`` stands under what differs.

    Args:
        name: As for ``change``.
        recorded: The recorded bytes.
        actual: Those that are there instead.
        ignored_by: As in ``Change``.
    """
    at = first_difference(recorded, actual)
    first = at - at % _ROW
    sizes = f"{counted(len(recorded), 'byte')} recorded, {len(actual)} now"
    lines = [*_heading(name), f"  {sizes}; the first difference is at offset {at} ({at:#x})"]
    if first:
        lines.append(f"  {_hex_row(first - _ROW, recorded[first - _ROW : first])}")
    for start in range(first, first + _ROWS * _ROW, _ROW):
        old, new = recorded[start : start + _ROW], actual[start : start + _ROW]
        if old == new:
            lines += [f"  {_hex_row(start, old)}"] if old else []
            continue
        lines += [f"- {_hex_row(start, old)}"] if old else []
        lines += [f"+ {_hex_row(start, new)}"] if new else []
        differs = [old[k : k + 1] != new[k : k + 1] for k in range(_ROW)]
        marks = " ".join("^^" if odd else "  " for odd in differs)
        signs = "".join("^" if odd else " " for odd in differs)
        lines.append(f"{'':10}{marks}  {signs}".rstrip())
    return Change(tuple(lines), ignored_by)


def _hex_row(offset: int, row: bytes) -> str:
    text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)  # noqa: PLR2004 - ASCII
    return f"{offset:06x}  {row.hex(' '):{3 * _ROW - 1}}  {text}".rstrip()
