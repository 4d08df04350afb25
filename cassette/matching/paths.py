"""A few words of JSONPath: which places of a JSON body do not count."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from cassette.errors import OptionError

_STEP: Final = re.compile(
    r"\.(?P<any>\*)|\.(?P<name>[^.\[\]*'\"]+)|\[(?P<all>\*)\]|\[(?P<index>\d+)\]"
    r"|\[(?:'(?P<single>[^']*)'|\"(?P<double>[^\"]*)\")\]"
)

EVERY: Final = None
"""The step that stands for every member or element."""

Step = str | int | None


@dataclass(frozen=True, slots=True)
class JsonPath:
    """A place in a JSON value, or several of them.

    Attributes:
        text: As it was written, such as ``$.items[*].id``.
        steps: Member names, element indices, and None for every one.
    """

    text: str
    steps: tuple[Step, ...]

    @classmethod
    def parse(cls, text: str) -> JsonPath:
        """Return the path that a text such as ``$.meta.id`` or ``$.items[*]['a b']`` describes.

        Raises:
            OptionError: The text is no such path.
        """
        steps: list[Step] = []
        at = 1
        while text.startswith("$") and at < len(text):
            found = _STEP.match(text, at)
            if found is None:
                break
            at = found.end()
            if found["index"] is not None:
                steps.append(int(found["index"]))
            else:
                # A member may have an empty name, which is not the step without one.
                names = found["name"], found["single"], found["double"]
                steps.append(next((name for name in names if name is not None), EVERY))
        if not steps or at < len(text):
            rest = text[at:] if steps else text
            raise OptionError(
                f"ignore: {rest!r} in the JSON path {text!r} is no step of a path\n"
                "Write $ and steps: .name, ['a name'], [0], [*] for every element, "
                ".* for every member; such as json:$.items[*].id"
            )
        return cls(text, tuple(steps))

    def removed_from(self, value: Any) -> Any:  # noqa: ANN401 - JSON is any value
        """Return a copy of a JSON value without the members at this place.

        Elements of an array become null, so that their number still counts.
        """
        return _removed(value, self.steps)


def _removed(value: Any, steps: tuple[Step, ...]) -> Any:  # noqa: ANN401 - JSON is any value
    step, rest = steps[0], steps[1:]
    if isinstance(value, dict) and not isinstance(step, int):
        names = value if step is EVERY else (step,)
        if not rest:
            return {name: member for name, member in value.items() if name not in names}
        return {
            name: _removed(member, rest) if name in names else member
            for name, member in value.items()
        }
    if isinstance(value, list) and not isinstance(step, str):
        return [
            (_removed(item, rest) if rest else None) if step in (EVERY, at) else item
            for at, item in enumerate(value)
        ]
    return value
