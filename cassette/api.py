"""The face of the package: put a cassette in use, or read one."""

from __future__ import annotations

import functools
import inspect
import math
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, ParamSpec

from cassette.errors import OptionError
from cassette.matching import DEFAULT, Matching, listed
from cassette.naming import check_names
from cassette.redaction import Redactor
from cassette.store.reader import load
from cassette.tapes.expiry import Expiry
from cassette.tapes.hooks import Hooks
from cassette.tapes.hosts import Hosts
from cassette.tapes.modes import parse_mode
from cassette.tapes.options import ON_UNPLAYED, TapeOptions
from cassette.tapes.use import Use

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import timedelta
    from os import PathLike

    from cassette.matching.options import CustomMatcher
    from cassette.tapes.hooks import Hook
    from cassette.tapes.in_force import Patcher
    from cassette.tapes.modes import RecordMode
    from cassette.verify.verification import Verification
    from cassette.words import MatcherName, Mode, OnExpiry, OnUnplayed

    Options = ParamSpec("Options")

__all__ = ["Use", "load", "tape", "use"]


def _answering(function: Callable[Options, Use]) -> Callable[Options, Use]:
    """Let a function answer names of options that it does not have with those that it has."""
    names = [*inspect.signature(function).parameters]

    @functools.wraps(function)
    def call(*args: Options.args, **options: Options.kwargs) -> Use:
        check_names(options, names)
        return function(*args, **options)

    return call


@_answering
def use(  # noqa: PLR0913 - every option is a keyword of its own
    path: str | PathLike[str],
    *,
    mode: Mode | RecordMode | None = None,
    match_on: Sequence[MatcherName | CustomMatcher] = DEFAULT,
    ignore: Sequence[str] = (),
    redact: Redactor | bool = True,
    repeat: bool = False,
    on_unplayed: OnUnplayed = "ignore",
    allow_hosts: Sequence[str] = (),
    decode: bool = False,
    extra: Sequence[str | PathLike[str]] = (),
    freeze: bool = False,
    timing: Literal["recorded"] | float | None = None,
    verify: Verification | None = None,
    max_age: str | timedelta | None = None,
    on_expiry: OnExpiry = "warn",
    failures: bool = False,
    before_record: Hook | None = None,
    before_playback: Hook | None = None,
) -> Use:
    """Return a use of a cassette: a context manager, sync and async, and a decorator.

    Args:
        path: The cassette, such as ``cassettes/users.yaml``; its folder is made when needed.
        mode: Record mode: ``none``, ``once``, ``new_episodes``, ``all``, ``rewrite``,
            ``verify`` or ``off``.
            Without one it is ``none`` where ``CI`` is set in the environment, else ``once``.
        match_on: What must be equal for a recording to answer a request: ``method``, ``scheme``,
            ``host``, ``port``, ``path``, ``query``, ``variant``, ``body``, ``uri``, ``headers``,
            ``raw_body``, or functions of a recorded and an incoming request.
        ignore: Fields that may differ: ``header:NAME``, ``query:NAME``, ``form:NAME`` or
            ``json:$.PATH``.
        redact: What is masked before anything is written: a redactor, True for the default one,
            False for nothing at all.
        repeat: The last of several equal interactions answers from then on.
        on_unplayed: What to do about interactions that no request asked for: ``ignore``,
            ``warn`` or ``fail``.
        allow_hosts: Hosts that are left alone: patterns such as ``localhost``, ``*.local`` or
            ``127.0.0.1:8080``, and networks such as ``10.0.0.0/8``.
        decode: Write bodies that were compressed with gzip or deflate decoded, so that they can be
            read and edited. On replay the client then gets them so; each interaction says it.
        extra: Cassettes that answer where this one does not, as often as they are asked. They are
            only read. While recording, a request that they answer goes live and is not recorded.
        freeze: On replay the program sees the time of the recording: freezegun holds the clock,
            and it moves to each interaction's own time.
        timing: What comes on replay comes at its recorded moment: ``recorded``, or a factor for
            the recorded seconds, such as 0.5. Without it all comes at once. With ``freeze`` the
            moments pass on the frozen clock, and nobody waits.
        verify: What counts as drift under the mode ``verify``.
        max_age: How old the oldest interaction may be when the cassette is played: hours, days
            or weeks, such as ``12h``, ``30d`` or ``2w``, or a timedelta. Without one, any age.
        on_expiry: What to do about a cassette that is older: ``warn``, ``fail`` before anything is
            played, or ``rerecord``, which does as mode ``rewrite`` does. Mode ``none`` records
            nothing and warns instead.
        failures: Write a cassette also where nothing was recorded but failures to connect. Without
            it the service is taken to be down: there is no cassette, and a warning.
        before_record: A function that sees each interaction before its secrets are masked and it is
            recorded, and returns it, another one, or None to leave it out.
        before_playback: A function that sees each interaction of the cassettes before any is
            matched, and returns it, another one, or None to leave it out.

    Raises:
        OptionError: An option has a wrong value.

    Example:
        >>> with use("users.yaml") as tape:  # doctest: +SKIP
        ...     requests.get("https://api.example.com/users")
    """
    redactor = Redactor.of(redact)
    place = _parse_path(path)
    if on_unplayed not in ON_UNPLAYED:
        raise OptionError(f"on_unplayed is {on_unplayed!r}\nIt may be: {', '.join(ON_UNPLAYED)}")
    switches = {"repeat": repeat, "decode": decode, "freeze": freeze, "failures": failures}
    for name, switch in switches.items():
        if not isinstance(switch, bool):
            raise OptionError(f"{name} is {switch!r}\nIt may be: True, False")
    files = listed("extra", extra, "cassettes")
    for one in files:
        if not isinstance(one, str | os.PathLike):
            raise OptionError(f"extra: {one!r} is no path of a cassette")
    return Use(
        TapeOptions(
            path=place,
            mode=parse_mode(mode),
            matching=_matching(match_on, ignore, redactor),
            redactor=redactor,
            repeat=repeat,
            on_unplayed=on_unplayed,
            allow_hosts=Hosts(allow_hosts),
            decode=decode,
            extra=tuple(map(Path, files)),
            freeze=freeze,
            timing=_parse_timing(timing),
            expiry=Expiry.parse(max_age, on_expiry),
            verification=_verification(verify),
            by_default=mode is None,
            failures=failures,
            hooks=Hooks(before_record, before_playback),
            command=lambda mode: f"cassette.use({str(place)!r}, mode={str(mode)!r})",
        ),
        _patchers,
    )


def _matching(
    match_on: Sequence[str | CustomMatcher], ignore: Sequence[str], redactor: Redactor
) -> Matching:
    """Return what requests must have in common; the default is made once.

    Raises:
        OptionError: A matcher has a wrong name, or what to ignore cannot be understood.
    """
    if match_on is DEFAULT and ignore == ():
        return _default_matching(redactor)
    return Matching(match_on, ignore, redactor)


@functools.lru_cache(maxsize=8)
def _default_matching(redactor: Redactor) -> Matching:
    return Matching(redactor=redactor)


def _patchers() -> list[Patcher]:
    from cassette.patching import patchers  # noqa: PLC0415 - a tape alone patches nothing

    return patchers()


def _with_options_of(
    use: Callable[Options, Use],
) -> Callable[[Callable[..., Use]], Callable[Options, Use]]:
    """Let a function that takes the options of another one show them as its own."""

    def show(function: Callable[..., Use]) -> Callable[Options, Use]:
        function.__signature__ = inspect.signature(use)  # type: ignore[attr-defined]
        return function

    return show


@_with_options_of(use)
def tape(*args: Any, **options: Any) -> Use:  # noqa: ANN401 - the options of ``use``
    """Return a tape that nothing is patched for: give it to a connection as ``transport=``.

    Args:
        *args: The path of the cassette.
        **options: The options of ``use``.

    Raises:
        OptionError: An option has a wrong value.

    Example:
        >>> with tape("users.yaml", mode="once") as users:  # doctest: +SKIP
        ...     conn = HTTPConnection("api.example.com", transport=users)
    """
    return use(*args, **options).unpatched()


def _parse_path(path: str | PathLike[str]) -> Path:
    """Return where a cassette is, or shall be.

    Raises:
        OptionError: No file can be there.
    """
    try:
        place = Path(path)
        is_folder = stat.S_ISDIR(place.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return Path(path)
    except (OSError, ValueError, TypeError) as error:
        why = getattr(error, "strerror", None) or error
        raise OptionError(f"{path!r} is no path of a cassette: {why}") from error
    if is_folder:
        raise OptionError(f"{place} is a folder\nName a file in it: {place / 'cassette.yaml'}")
    return place


def _parse_timing(timing: str | float | None) -> float:
    """Return the factor that recorded seconds are multiplied with.

    Raises:
        OptionError: It is no way to replay them.
    """
    if timing is None:
        return 0.0
    if timing == "recorded":
        return 1.0
    number = not isinstance(timing, bool | str) and isinstance(timing, int | float)
    if not number or not 0 < float(timing) < math.inf:
        raise OptionError(
            f"timing is {timing!r}\nIt may be: 'recorded', "
            "or a number above 0 that the recorded seconds are multiplied with"
        )
    return float(timing)


def _verification(given: Verification | None) -> Verification | None:
    if given is None:
        return None
    from cassette.verify.verification import Verification  # noqa: PLC0415 - only its users pay for it

    if isinstance(given, Verification):
        return given
    raise OptionError(
        f"verify: expected a cassette.Verification, found {given!r}\n"
        "Write verify=cassette.Verification(compare=..., ignore=..., tolerance=...)."
    )
