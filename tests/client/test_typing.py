"""A type checker sees what typeshed says about ``http.client``, or something better."""

from __future__ import annotations

import ast
import http.client
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import mypy
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

STUB = Path(mypy.__file__).parent / "typeshed" / "stdlib" / "http" / "client.pyi"

BETTER = {
    # The older keywords are known as well, and who opens the transport.
    "HTTPConnection": "def (host: str, port: int | None =, timeout: float | None =, "
    "source_address: tuple[str, int] | None =, blocksize: int =, *, "
    "transport: cassette.transport.base.Connector | None =, strict: object =) -> HTTPConnection",
    "HTTPResponse": "def (sock: socket.socket, debuglevel: int =, method: str | None =, "
    "url: str | None =, *, strict: object =) -> HTTPResponse",
    # It is a ConnectionResetError too, and made of what that is made of.
    "RemoteDisconnected": "def (*args: object) -> RemoteDisconnected",
}
"""By name, what a type checker sees here and not with the stock module. The signatures of
``HTTPSConnection`` differ from one interpreter to the next, and have a test of their own."""

HTTPS_CALLS = {
    "h, 1": True,
    "h, 1, timeout=2.5, source_address=('a', 0), context=None, blocksize=1": True,
    "h, key_file='k', cert_file=b'c', check_hostname=True, strict=True": True,
    "h, 1, 'k', 'c', 2.5, ('a', 0), context=None": sys.version_info < (3, 12),
    "h, 1, 'k', 'c', 2.5, ('a', 0), None": False,
    "h, 1, timeout='x'": False,
    "h, 1, key_file=1": False,
    "1": False,
}
"""What ``HTTPSConnection`` is called with, and whether that is right."""


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield what holds for the running interpreter, of both sides of every condition."""
    for node in body:
        if isinstance(node, ast.If):
            condition = compile(ast.Expression(node.test), STUB, "eval")
            yield from statements(node.body if eval(condition, {"sys": sys}) else node.orelse)
        else:
            yield node


def names(body: list[ast.stmt]) -> Iterator[str]:
    """Yield the public names that a stub defines, ``Class.member`` included."""
    for node in statements(body):
        match node:
            case ast.ClassDef(name=name):
                yield name
                yield from (f"{name}.{member}" for member in names(node.body))
            case ast.FunctionDef(name=name):
                yield name
            case ast.Assign(targets=[ast.Name(name)]) | ast.AnnAssign(target=ast.Name(name)):
                yield name


NAMES = [
    name
    for name in dict.fromkeys(names(ast.parse(STUB.read_text()).body))
    if not re.search(r"(^|\.)_(?!_(iter|enter|exit)__)", name)
]


def told(lines: list[str], folder: Path) -> dict[int, str]:
    """Return what mypy says about each line of a program; a line that is fine has no entry."""
    program = folder / "program.py"
    program.write_text("\n".join(lines))
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", f"{folder / 'cache'}"]
    ran = subprocess.run(
        [*command, f"{program}"], cwd=folder, capture_output=True, check=False, text=True
    )
    assert not ran.stderr
    said = re.findall(r"^program\.py:(\d+): \w+: (.*)$", ran.stdout, re.MULTILINE)
    return {int(number): text for number, text in said}


@pytest.fixture(scope="module")
def revealed(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], str]:
    """Return the type of each name in both modules, the module's own name left out of it."""
    places = [(module, name) for name in NAMES for module in ("http.client", "cassette.client")]
    lines = ["import http.client, cassette.client"]
    for module, name in places:
        owner, _, member = name.partition(".")
        lines.append(
            f"def f{len(lines)}(it: {module}.{owner}) -> None: reveal_type(it.{member})"
            if member
            else f"reveal_type({module}.{name})"
        )
    types = told(lines, tmp_path_factory.mktemp("typing"))
    return {
        place: re.sub(
            # Where a class stands, and what a type variable is where nothing says so.
            r"(?:cassette\.client\.\w+|http\.client)\.(?=\w)| = email[\w.]*\[str, str\]",
            "",
            types[line].removeprefix("Revealed type is ").strip('"'),
        )
        for line, place in enumerate(places, start=2)
    }


def test_the_stub_names_all_that_the_module_exports() -> None:
    assert set(http.client.__all__) <= set(NAMES)
    assert "HTTPResponse.readinto" in NAMES


@pytest.mark.parametrize("name", [name for name in NAMES if name != "HTTPSConnection"])
def test_types_are_those_of_typeshed_or_better(name: str, revealed) -> None:
    stock, ours = revealed["http.client", name], revealed["cassette.client", name]
    if "HTTPStatus" in ours:
        # typeshed knows the number alone; it is a member of the enumeration.
        assert stock.startswith("Literal[")
        assert re.fullmatch(rf"Literal\[http\.HTTPStatus\.{name}\]\?|http\.HTTPStatus", ours)
    else:
        assert ours == BETTER.get(name, stock)


def test_https_connections_take_what_this_interpreter_takes(tmp_path: Path) -> None:
    lines = ["from cassette.client import HTTPSConnection", "h = 'h'"]
    lines += [f"HTTPSConnection({call})" for call in HTTPS_CALLS]
    wrong = told(lines, tmp_path)
    assert {
        call: number not in wrong for number, call in enumerate(HTTPS_CALLS, start=3)
    } == HTTPS_CALLS
