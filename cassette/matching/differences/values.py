"""Where two JSON values differ, by path."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from cassette.errors import OptionError
from cassette.matching.calls import SECRET
from cassette.matching.differences.alignment import aligned
from cassette.matching.differences.changes import SECRET_TEXT, Change, change
from cassette.matching.differences.texts import text_change
from cassette.matching.paths import JsonPath

if TYPE_CHECKING:
    from collections.abc import Iterator

Same = Callable[[Any, Any], bool]
"""Says whether two scalars that are not equal count as equal."""

_SECRET_JSON: Final = json.dumps({SECRET: None})


def json_text(value: Any) -> str:  # noqa: ANN401 - JSON is any value
    """Return a JSON value on one line, without the secrets that stand in it as ``SECRET``."""
    return json.dumps(value, ensure_ascii=False).replace(_SECRET_JSON, SECRET_TEXT)


def json_changes(
    recorded: Any,  # noqa: ANN401 - JSON is any value
    actual: Any,  # noqa: ANN401 - JSON is any value
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
        for i, j in aligned(old, new):
            one = () if i is None else (old[i],)
            other = () if j is None else (new[j],)
            yield from _in_place(one, other, f"{old_path}[{i}]", f"{new_path}[{j}]", same)
    elif not (_equal(old, new) or same(old, new)):
        yield _scalar_change(old, new, old_path, new_path)


def _equal(old: Any, new: Any) -> bool:  # noqa: ANN401 - JSON is any value
    """Return whether two scalars are equal as JSON: ``true`` is not 1, and NaN is NaN."""
    return type(old) is type(new) and (old == new or (old != old and new != new))  # noqa: PLR0124


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
