"""What goes past a cassette while it records: a replay will refuse it, so a use warns of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cassette.tapes.family import Family


class Bypasses:
    """What went past one use, in this process and in those that it forks.

    Attributes:
        hosts: A sentence for each host or call by its name. A use that ends well warns of it.
        ports: The same for ports of this machine, by port and then by name. A use warns only of
            those that it has a recording of: the others are left alone on replay, too.

    Args:
        family: The processes that share the use.
    """

    def __init__(self, family: Family) -> None:
        self.hosts: dict[str, str] = {}
        self.ports: dict[int, dict[str, str]] = {}
        self._family = family
        self._topic = f"bypassed {id(self)}"
        family.hear(self._topic, self._keep)

    def knows(self, name: str, port: int | None = None) -> bool:
        """Return whether it is noted already; asked before a sentence is made of it."""
        return name in (self.hosts if port is None else self.ports.get(port, ()))

    def note(self, name: str, told: str, port: int | None = None) -> None:
        """Keep a sentence for the end of the use.

        Args:
            name: The host or the call, or the client where its host is not known.
            told: The sentence.
            port: The port, if it is one of this machine.
        """
        self._keep(name, told, port)
        self._family.tell(self._topic, name, told, port)

    def _keep(self, name: str, told: str, port: int | None) -> None:
        sentences = self.hosts if port is None else self.ports.setdefault(port, {})
        sentences.setdefault(name, told)
