"""Servers written in Python, each in a process of its own so that no patch reaches it."""

import importlib.util
import sys
from pathlib import Path

from servers import calls
from servers.address import address_of, listen
from servers.calls import Call
from servers.process import Program, Server, ServerMissingError
from servers.tls import Authority

PROGRAMS = Path(__file__).parent / "programs"


def start_http_server(folder: Path, authority: Authority) -> Server:
    """Return the standard library's ``http.server``, one thread a connection."""
    return _start("http_server", calls.WEB, folder, authority)


def start_uvicorn(folder: Path, authority: Authority) -> Server:
    """Return a running uvicorn.

    Raises:
        ServerMissingError: uvicorn is not installed.
        ServerFailedError: It does not start.
    """
    _require("uvicorn")
    offered = tuple(call for call in calls.WEB if call is not calls.UNTIL_CLOSE)
    return _start("uvicorn", offered, folder, authority)


def start_hypercorn(folder: Path, authority: Authority) -> Server:
    """Return a running hypercorn.

    Raises:
        ServerMissingError: hypercorn is not installed.
        ServerFailedError: It does not start.
    """
    _require("hypercorn")
    offered = tuple(call for call in calls.WEB if call is not calls.UNTIL_CLOSE)
    return _start("hypercorn", offered, folder, authority)


def start_s3(folder: Path, authority: Authority) -> Server:
    """Return moto's server, which is an S3 to whoever asks it without credentials.

    Raises:
        ServerMissingError: moto is not installed.
        ServerFailedError: It does not start.
    """
    _require("moto", "flask", "werkzeug")
    return _start("s3", calls.S3, folder, authority)


def _require(*modules: str) -> None:
    for module in modules:
        if importlib.util.find_spec(module) is None:
            raise ServerMissingError(f"{module} is not installed in this Python")


def _start(name: str, offered: tuple[Call, ...], folder: Path, authority: Authority) -> Server:
    plain, secure = listen(), listen()
    addresses = address_of(plain), address_of(secure)
    program = Program(
        [
            sys.executable,
            f"{PROGRAMS / f'run_{name}.py'}",
            f"{plain.fileno()}",
            f"{secure.fileno()}",
            f"{authority.chain}",
            f"{authority.key}",
        ],
        folder=folder,
        inherit=(plain, secure),
    )
    program.wait_for(addresses[0], tls=False)
    program.wait_for(addresses[1], tls=True)
    return Server(name, *addresses, offered, program)
