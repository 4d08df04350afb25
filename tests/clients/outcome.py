"""What a program got from its client for one call, in a form that can be compared and kept."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

VOLATILE_FIELDS = {"date", "last-modified", "x-amzn-requestid", "x-amz-request-id", "x-amz-id-2"}
VOLATILE_TEXT = re.compile(
    rb"\d{4}-\d\d-\d\dT[\d:.]+Z"  # times
    rb"|datetime\.datetime\([^)]*\)"
    rb"|[A-Za-z0-9]{52}"  # request ids of S3
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A response as the client gave it to the program.

    Attributes:
        status: Status code.
        reason: Reason phrase, empty where the client does not tell.
        headers: Name and value in the client's order, with the client's spelling.
        body: What the client gives as content, decoded where it decodes.
    """

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def without_time(self) -> "Answer":
        """Return this answer without what no two runs against a live server have in common."""
        headers = tuple(
            (name, "" if name.lower() in VOLATILE_FIELDS else value) for name, value in self.headers
        )
        return replace(self, headers=headers, body=VOLATILE_TEXT.sub(b"", self.body))


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception as the program caught it.

    Attributes:
        kind: Qualified name of its class; for a class of ours, of what it derives from outside.
        errno: Its error number, where it has one.
        partial: Bytes that arrived before a body was cut short, as far as it tells.
        inside: The exceptions that it wraps.
    """

    kind: str
    errno: int | None = None
    partial: bytes | None = None
    inside: tuple["Failure", ...] = ()

    @classmethod
    def of(cls, error: BaseException) -> "Failure":
        """Return what is worth comparing about an exception."""
        kind = next(
            kind for kind in type(error).__mro__ if kind.__module__.split(".")[0] != "cassette"
        )
        partial = getattr(error, "partial", None)
        wrapped = [*error.args, getattr(error, "reason", None)]
        causes = [error.__cause__] if error.__cause__ is not None else []
        inside: list[BaseException] = []
        for each in (*wrapped, *causes):
            if isinstance(each, BaseException) and each not in inside:
                inside.append(each)
        return cls(
            f"{kind.__module__}.{kind.__qualname__}",
            getattr(error, "errno", None),
            partial if isinstance(partial, bytes) else None,
            tuple(cls.of(each) for each in inside),
        )

    def without_time(self) -> "Failure":
        """Return this failure: it tells no time."""
        return self


Outcome = Answer | Failure


def fields(pairs: Iterable[tuple[Any, Any]]) -> tuple[tuple[str, str], ...]:
    """Return header fields as pairs of text."""
    return tuple((_text(name), _text(value)) for name, value in pairs)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else f"{value}"
