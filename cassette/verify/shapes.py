"""The shape of a JSON value: types and names, without the values.

All elements of an array share one shape, so that another number of them is no difference. What a
single answer cannot tell is left open: ``null`` may stand for anything, an empty array may hold
anything, and a member that only some elements have may be missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cassette.matching.calls import SECRET
from cassette.matching.differences import change, ignore_entry, path_step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cassette.matching.differences import Change


@dataclass(frozen=True, slots=True)
class Shape:
    """What is known of the values in one place.

    Attributes:
        kinds: Their JSON types, ``null`` left out; empty where nothing is known.
        members: The shapes of the members of the objects among them.
        required: Names of the members that all of these objects have.
        element: The shape of the elements of the arrays among them.
    """

    kinds: frozenset[str] = frozenset()
    members: dict[str, Shape] | None = None
    required: frozenset[str] = frozenset()
    element: Shape | None = None

    def __str__(self) -> str:
        return " or ".join(sorted(self.kinds)) or "null"


def shape_of(value: Any) -> Shape:  # noqa: ANN401 - JSON is any value
    """Return the shape of a JSON value; a secret in it may be anything."""
    if value is None:
        return Shape()
    if isinstance(value, dict):
        if SECRET in value:
            return Shape()
        members = {name: shape_of(member) for name, member in value.items()}
        return Shape(frozenset(("object",)), members, frozenset(members))
    if isinstance(value, list):
        return Shape(frozenset(("array",)), element=_merged(map(shape_of, value)))
    kind = (
        "boolean" if isinstance(value, bool) else "string" if isinstance(value, str) else "number"
    )
    return Shape(frozenset((kind,)))


def _merged(shapes: Iterable[Shape]) -> Shape:
    """Return the one shape of the values of several shapes."""
    shapes = list(shapes)
    objects = [shape.members for shape in shapes if shape.members is not None]
    names = dict.fromkeys(name for members in objects for name in members)
    required = [shape.required for shape in shapes if shape.members is not None]
    elements = [shape.element for shape in shapes if shape.element is not None]
    return Shape(
        frozenset().union(*(shape.kinds for shape in shapes)),
        {name: _merged([m[name] for m in objects if name in m]) for name in names}
        if objects
        else None,
        frozenset.intersection(*required) if required else frozenset(),
        _merged(elements) if elements else None,
    )


def shape_changes(recorded: Shape, actual: Shape, path: str = "$") -> Iterator[Change]:
    """Yield where a shape has become another, by path; ``[*]`` stands for all elements.

    Args:
        recorded: The recorded shape.
        actual: The shape that is there instead.
        path: Where these shapes stand.
    """
    if not actual.kinds <= recorded.kinds and recorded.kinds:
        yield change(path, str(recorded), str(actual), ignore_entry(path))
        return
    if recorded.members is not None and actual.members is not None:
        for name in dict.fromkeys([*recorded.members, *actual.members]):
            place = path + path_step(name)
            old, new = recorded.members.get(name), actual.members.get(name)
            if old is not None and new is not None:
                yield from shape_changes(old, new, place)
            elif old is None:
                yield change(place, None, str(new), ignore_entry(place))
            elif name in recorded.required:
                yield change(place, str(old), None, ignore_entry(place))
    if recorded.element is not None and actual.element is not None:
        yield from shape_changes(recorded.element, actual.element, f"{path}[*]")
