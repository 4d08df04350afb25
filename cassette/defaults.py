"""The options that a project repeats in every use, said once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cassette.api import tape, use
from cassette.naming import check_names
from cassette.words import Options

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike
    from typing import Unpack

    from cassette.tapes.use import Use


class Defaults(Mapping[str, Any]):
    """Options for every use of a project; a single use may give others.

    It is a mapping, which the fixture ``cassette_config`` may return as it is, and
    ``@pytest.mark.cassette(**defaults)`` takes.

    Args:
        **options: Those of ``cassette.use``.

    Raises:
        OptionError: An option has a wrong name or value.

    Example:
        >>> shop = Defaults(ignore=["query:ts"], on_unplayed="fail")
        >>> with shop.use("users.yaml", repeat=True) as tape:  # doctest: +SKIP
        ...     requests.get("https://api.example.com/users")
    """

    def __init__(self, **options: Unpack[Options]) -> None:
        check_names(options, Options.__annotations__)
        # This opens nothing.
        use(os.devnull, **options)
        self._options: Mapping[str, Any] = dict(options)

    def use(self, path: str | PathLike[str], **options: Unpack[Options]) -> Use:
        """Return what ``cassette.use`` returns.

        Args:
            path: The cassette.
            **options: What this use adds, or says otherwise.

        Raises:
            OptionError: An option has a wrong name or value.
        """
        return use(path, **{**self._options, **options})

    def tape(self, path: str | PathLike[str], **options: Unpack[Options]) -> Use:
        """Return what ``cassette.tape`` returns; as for ``use``."""
        return tape(path, **{**self._options, **options})

    def __repr__(self) -> str:
        return f"Defaults({', '.join(f'{name}={value!r}' for name, value in self.items())})"

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - the value of any option
        return self._options[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._options)

    def __len__(self) -> int:
        return len(self._options)
