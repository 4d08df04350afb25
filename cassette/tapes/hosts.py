"""Which hosts are left alone: the patterns of ``allow_hosts``, in the one place that reads them."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from cassette.errors import OptionError
from cassette.model import DEFAULT_PORTS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

Address = IPv4Address | IPv6Address

_LOOPBACK = ("127.0.0.1", "::1")


class Hosts:
    """Hosts that are left alone.

    Args:
        patterns: A pattern is a name or an address, in which ``*``, ``?`` and ``[...]`` stand for
            characters as they do in file names, with a port behind it or not: ``*.local``,
            ``localhost:8080``, ``[::1]:8080``. Or it is a network, such as ``10.0.0.0/8``.
            ``localhost`` stands for the addresses 127.0.0.1 and ::1 too (RFC 6761, section 6.3).

    Raises:
        OptionError: A pattern can be no host.
    """

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        self._patterns = tuple(rule for pattern in patterns_of(patterns) for rule in _read(pattern))

    def allow(self, host: str, port: int | None = None) -> bool:
        """Return whether a host is left alone.

        Args:
            host: Name or address, without brackets.
            port: Port number; None asks whether the host is left alone at any port.
        """
        if not self._patterns:
            return False
        address = address_of(host)
        name = str(address) if address is not None else host.lower().rstrip(".")
        return any(rule.covers(name, address, port) for rule in self._patterns)


def patterns_of(given: object) -> tuple[Any, ...]:
    """Return the patterns that an option ``allow_hosts`` holds: those of a list, or a single one.

    Raises:
        OptionError: It is neither.
    """
    if isinstance(given, str):
        return (given,)
    if not isinstance(given, Iterable):
        raise _wrong(given, "is no list of hosts")
    return tuple(given)


def address_of(host: str) -> Address | None:
    """Return the address that a host is written as; None where it is a name.

    A zone is left out, and an IPv4 address in the form of IPv6 comes back as what it is.
    """
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped if mapped is not None else address


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine, reached without any network.

    So are the names of RFC 6761, section 6.3; and whoever connects to no address in particular,
    such as 0.0.0.0, reaches this machine as well.
    """
    address = address_of(host)
    if address is None:
        return f".{host.lower().rstrip('.')}".endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def has_port_here(origins: Iterable[str], names: Collection[str], port: int) -> bool:
    """Return whether one of some origins is a port of this machine.

    Args:
        origins: Such as ``http://localhost:8080``.
        names: What the machine is called, beside its addresses and the names of loopback.
        port: The port.
    """
    for origin in origins:
        parts = urlsplit(origin)
        host = parts.hostname or ""
        here = is_loopback(host) or host in names
        if here and (parts.port or DEFAULT_PORTS.get(parts.scheme)) == port:
            return True
    return False


class _Rule(NamedTuple):
    name: str
    network: IPv4Network | IPv6Network | None
    port: int | None

    def covers(
        self, name: str, address: IPv4Address | IPv6Address | None, port: int | None
    ) -> bool:
        if self.port is not None and port is not None and port != self.port:
            return False
        if self.network is not None:
            return address is not None and address in self.network
        return fnmatchcase(name, self.name)


def _read(pattern: object) -> Iterator[_Rule]:
    if not isinstance(pattern, str) or not pattern.strip():
        raise _wrong(pattern, "is no host")
    text = pattern.strip().lower()
    if "://" in text:
        raise _wrong(pattern, "is a URL, not a host")
    if "/" in text:
        try:
            yield _Rule("", ip_network(text, strict=False), None)
        except ValueError:
            raise _wrong(pattern, "is no network") from None
        return
    name, port = _split(text)
    if port is not None and not (port.isascii() and port.isdigit() and int(port) < 1 << 16):
        raise _wrong(pattern, f"has {port!r} for its port")
    address = address_of(name)
    if ":" in name and address is None and not set("*?") & set(name):
        raise _wrong(pattern, "is no host")
    number = None if port is None else int(port)
    yield _Rule(str(address) if address is not None else name.rstrip("."), None, number)
    if name == "localhost":
        for loopback in _LOOPBACK:
            yield _Rule(loopback, None, number)


def _split(text: str) -> tuple[str, str | None]:
    """Take the port off; what has several colons and no bracket is an address of IPv6."""
    if text.startswith("[") and text.count(":") > 1:
        name, bracket, port = text[1:].partition("]:")
        return (name, port) if bracket else (name.removesuffix("]"), None)
    if text.count(":") == 1:
        name, _, port = text.partition(":")
        return name, port
    return text, None


def _wrong(pattern: object, problem: str) -> OptionError:
    return OptionError(
        f"{pattern!r} in allow_hosts {problem}\n"
        "A host is a name, an address or a pattern, with a port or without, or a network: "
        "localhost, *.local, 127.0.0.1:8080, [::1]:8080, 10.0.0.0/8"
    )
