"""What speaks no HTTP and is reached by a well-known port, so that a refusal can name it."""

from __future__ import annotations

import socket
from typing import Final, NamedTuple

_PORTS: Final = {
    "FTP": (21,),
    "SSH": (22,),
    "A mail server": (25, 110, 143, 465, 587, 993, 995, 1025, 2525),
    "A name server": (53, 853),
    "LDAP": (389, 636),
    "Syslog": (514,),
    "Microsoft SQL Server": (1433,),
    "Oracle": (1521, 2484),
    "MQTT": (1883, 8883),
    "ZooKeeper": (2181,),
    "MySQL or MariaDB": (3306, 33060),
    "PostgreSQL": (5432, 5433, 6432),
    "RabbitMQ": (5671, 5672),
    "Redis": (6379, 6380, 26379),
    "Cassandra": (9042,),
    "Kafka": (9092, 9093, 9094),
    "NATS": (4222,),
    "Memcached": (11211,),
    "MongoDB": (27017, 27018, 27019),
    "StatsD": (8125,),
    "gRPC": (50051,),
}

_SERVICES: Final = {port: name for name, ports in _PORTS.items() for port in ports}


class Service(NamedTuple):
    """What is usually behind a port.

    Attributes:
        name: What it is, at the start of a sentence.
        port: The port number.
    """

    name: str
    port: int


def service_at(port: object) -> Service | None:
    """Return what is usually behind a port; None where it may be anything, or speaks HTTP.

    Args:
        port: As ``getaddrinfo`` takes it: a number, a text of digits, the name of a service.
    """
    if isinstance(port, bytes):
        port = port.decode("latin-1")
    if isinstance(port, str):
        port = _number_of(port)
    if not isinstance(port, int) or port not in _SERVICES:
        return None
    return Service(_SERVICES[port], port)


def _number_of(port: str) -> int | None:
    if port.isascii() and port.isdigit():
        return int(port)
    try:
        return socket.getservbyname(port)
    except (OSError, ValueError):  # no such service; or no name at all
        return None


def remedy_for(host: str, port: object, otherwise: str) -> str:
    """Return what to do about a refusal: where the port tells what it was, that comes first."""
    service = service_at(port)
    if service is None:
        return otherwise.format(host=host)
    place = f"[{host}]:{service.port}" if ":" in host else f"{host}:{service.port}"
    return _SERVICE_REMEDY.format(service=service.name, place=place)


_SERVICE_REMEDY: Final = (
    "{service}? Let it through: allow_hosts=[{place!r}], or for all tests in the ini file of "
    "pytest: cassette_allow_hosts = {place}"
)
