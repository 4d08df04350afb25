"""``VCR``: what a project sets once, and every ``use_cassette`` of it may change."""

from __future__ import annotations

import inspect
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cassette.api import _patchers
from cassette.errors import OptionError
from cassette.matching import Matching
from cassette.redaction import Redactor
from cassette.tapes.hosts import Hosts
from cassette.tapes.modes import RecordMode, parse_mode
from cassette.tapes.options import TapeOptions
from cassette.vcr import filters
from cassette.vcr.loading import loader
from cassette.vcr.request import Request
from cassette.vcr.uses import Context, VcrUse
from cassette.wording import suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cassette.matching.options import Matcher
    from cassette.model import Request as OwnRequest

DEFAULTS: Final[dict[str, Any]] = {
    "record_mode": RecordMode.ONCE,
    "match_on": ("method", "scheme", "host", "port", "path", "query"),
    "additional_matchers": (),
    "filter_headers": (),
    "filter_query_parameters": (),
    "filter_post_data_parameters": (),
    "before_record": None,
    "before_record_request": None,
    "before_record_response": None,
    "ignore_hosts": (),
    "ignore_localhost": False,
    "allow_playback_repeats": False,
    "decode_compressed_response": False,
    "record_on_exception": True,
    "inject_cassette": False,
    "cassette_library_dir": None,
    "path_transformer": None,
    "func_path_generator": None,
    "serializer": "yaml",
    "persister": None,
    "drop_unused_requests": False,
    "custom_patches": (),
    "redact": True,
}
"""Every option of VCR.py and its value where none is given; and ``redact``, which is ours."""

_NATIVE: Final = {
    "method": "method",
    "uri": "uri",
    "url": "uri",
    "scheme": "scheme",
    "host": "host",
    "port": "port",
    "path": "path",
    "query": "query",
    "headers": "headers",
    "body": "body",
    "raw_body": "raw_body",
}
"""Matchers of VCR.py, and ours."""

_LOCAL: Final = ("localhost", "0.0.0.0", "127.0.0.1")  # noqa: S104 - a name, not an interface

_UNKEPT: Final = {
    "custom_patches": "Nothing has to be patched: connections are taken at the bottom.",
    "drop_unused_requests": "Record anew instead: record_mode='rewrite', or --cassette-prune.",
}
"""Options that cannot be kept, and what to do instead."""


class VCR:
    """What a project says once about its cassettes.

    Args:
        **options: Those of VCR.py, and ``redact`` as ``cassette.use`` takes it: secrets are masked
            unless it is False.

    Raises:
        OptionError: An option has a wrong name, or cannot be kept.
    """

    def __init__(self, **options: Any) -> None:
        self.matchers: dict[str, Matcher] = {}
        self.serializers: dict[str, Any] = {}
        self.persister: Any = None
        _check(options)
        vars(self).update({**DEFAULTS, "persister": None, **options})

    def register_matcher(self, name: str, matcher: Callable[[Request, Request], object]) -> None:
        """Let ``match_on`` name a function of an incoming and a recorded request."""
        self.matchers[name] = _matcher(name, matcher)

    def register_serializer(self, name: str, serializer: Any) -> None:
        """Let ``serializer`` name what reads the files that there are."""
        self.serializers[name] = serializer

    def register_persister(self, persister: Any) -> None:
        """Let a persister find the files that there are."""
        self.persister = persister

    def use_cassette(self, path: Any = None, **options: Any) -> Any:
        """Return a context manager that is a decorator too.

        Args:
            path: The cassette. Without one, a decorated function gives the name: put in front of it
                with or without brackets.
            **options: What this use says otherwise.

        Raises:
            OptionError: An option has a wrong name or value, or cannot be kept.
        """
        if callable(path):
            return self.use_cassette(**options)(path)
        _check(options)
        chosen = {**{name: getattr(self, name) for name in DEFAULTS}, **options}

        def make(function: Callable[..., Any] | None) -> VcrUse:
            return self._use(self._place(path, function, chosen), chosen)

        return Context(make, inject=bool(chosen["inject_cassette"]))

    def _place(
        self, path: Any, function: Callable[..., Any] | None, chosen: dict[str, Any]
    ) -> Path:
        """Return where the cassette is."""
        library, generator = chosen["cassette_library_dir"], chosen["func_path_generator"]
        if path is None:
            if function is None:
                raise OptionError(
                    "use_cassette has no path, and no function that would give one\n"
                    "Write use_cassette('cassettes/users.yaml'), or put it in front of a function."
                )
            if generator is not None:
                path = generator(function)
            elif library:
                path = function.__name__
            else:
                path = Path(inspect.getfile(function)).parent / function.__name__
        path = os.fspath(path)
        if library and not path.startswith(os.fspath(library)):
            path = os.path.join(library, path)  # noqa: PTH118 - the transformer takes a text
        transformer = chosen["path_transformer"]
        return Path(transformer(path) if transformer is not None else path)

    def _use(self, path: Path, chosen: dict[str, Any]) -> VcrUse:
        redactor = Redactor.of(chosen["redact"])
        options = TapeOptions(
            path=path,
            mode=parse_mode(chosen["record_mode"]),
            matching=Matching(self._match_on(chosen), (), redactor),
            redactor=redactor,
            repeat=bool(chosen["allow_playback_repeats"]),
            allow_hosts=Hosts(
                [*chosen["ignore_hosts"], *(_LOCAL if chosen["ignore_localhost"] else ())]
            ),
            decode=bool(chosen["decode_compressed_response"]),
            command=lambda mode: f"use_cassette({str(path)!r}, record_mode={str(mode)!r})",
        )
        serializer = self.serializers.get(chosen["serializer"])
        load = loader(str(path), serializer, chosen["persister"] or self.persister)
        on_exception = bool(chosen["record_on_exception"])
        return VcrUse(options, _patchers, _filters(chosen), load, on_exception=on_exception)

    def _match_on(self, chosen: dict[str, Any]) -> list[Any]:
        found = []
        for name in (*chosen["match_on"], *chosen["additional_matchers"]):
            if name not in self.matchers and name not in _NATIVE:
                known = (*_NATIVE, *self.matchers)
                raise OptionError(
                    f"match_on: there is no matcher {name!r}{suggestion(name, known)}\n"
                    f"The matchers are: {', '.join(sorted(known))}; "
                    "register_matcher(name, function) adds one."
                )
            found.append(self.matchers.get(name) or _NATIVE[name])
        return found


def _check(options: dict[str, Any]) -> None:
    for name, value in options.items():
        if name not in DEFAULTS:
            raise OptionError(
                f"there is no option {name!r}{suggestion(name, DEFAULTS)}\n"
                f"Options: {', '.join(DEFAULTS)}"
            )
        if value and name in _UNKEPT:
            raise OptionError(f"{name} is not kept by cassette.vcr\n{_UNKEPT[name]}")


def _matcher(name: str, function: Callable[[Request, Request], object]) -> Matcher:
    """Return a matcher of VCR.py as one of ours, whose arguments are the other way round."""

    def matcher(recorded: OwnRequest, incoming: OwnRequest) -> object:
        return function(Request.of(incoming), Request.of(recorded))

    matcher.__name__ = matcher.__qualname__ = name
    return matcher


def _filters(chosen: dict[str, Any]) -> filters.Filters:
    requests: list[Any] = []
    for option, make in (
        ("filter_headers", filters.replace_headers),
        ("filter_query_parameters", filters.replace_query_parameters),
        ("filter_post_data_parameters", filters.replace_post_data_parameters),
    ):
        if chosen[option]:
            requests.append(make(chosen[option]))
    requests += _listed(chosen["before_record_request"] or chosen["before_record"])
    return filters.Filters(tuple(requests), tuple(_listed(chosen["before_record_response"])))


def _listed(functions: Any) -> Sequence[Any]:
    if functions is None:
        return ()
    return (functions,) if callable(functions) else tuple(functions)
