"""What look-ups gave: whoever may reach a name may reach its addresses."""

from __future__ import annotations

from typing import Final

from cassette.tapes.hosts import address_of


class LookUps:
    """The names of addresses, as long as the socket module is watched.

    Attributes:
        vouched: Names that an event loop may look up in a thread of its own.
    """

    def __init__(self) -> None:
        self.vouched: list[str] = []
        self._names: dict[str, list[str]] = {}

    def note(self, address: str, name: str) -> None:
        """Note that the look-up of a name gave an address."""
        names = self._names.setdefault(_canonical(address), [])
        if name in names:
            names.remove(name)
        names.insert(0, name)

    def names_of(self, host: str) -> list[str]:
        """Return the names whose look-up gave an address, the latest first."""
        return self._names.get(_canonical(host), [])

    def forget(self) -> None:
        """Forget the names."""
        self._names.clear()


lookups: Final = LookUps()
"""Those of this process."""


def _canonical(host: str) -> str:
    address = address_of(host)
    return host if address is None else str(address)
