"""The command line and the ini file: one table, and how to read a value from either.

A row is an option ``--cassette-NAME`` and an ini option ``cassette_name`` at once. Where its name
is a keyword of ``cassette.use``, it is an option of every test's cassette and nothing more need be
done; ``cassette.plugin.settings`` layers it. Any other is read with ``value`` where it is used.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import pytest

from cassette.tapes.modes import RecordMode

if TYPE_CHECKING:
    from pathlib import Path


class Kind(Enum):
    """The kind of value that an option holds."""

    TEXT = auto()
    PATH = auto()  # meant from where pytest was started, or from the folder of the ini file
    LIST = auto()  # repeated, or separated by commas; in an ini file one a line, too
    FLAG = auto()


class Option(NamedTuple):
    """One row of the table.

    Attributes:
        name: Such as ``on_unplayed``, in the spelling of Python.
        help: What it does, for ``pytest --help``, which shows it twice.
        metavar: What stands for the value there; a flag has none.
        kind: What it holds.
    """

    name: str
    help: str
    metavar: str = ""
    kind: Kind = Kind.TEXT

    @property
    def flag(self) -> str:
        """The option of the command line."""
        return "--" + self.ini.replace("_", "-")

    @property
    def ini(self) -> str:
        """The ini option, which is the attribute of ``config.option`` too."""
        return f"cassette_{self.name}"


TABLE: Final = (
    Option(
        "mode",
        f"when to record: {', '.join(RecordMode)}; "
        "without it none where CI is set in the environment, else once",
        "MODE",
    ),
    Option(
        "dir",
        "folder for the cassettes instead of the folders 'cassettes' beside the test files; "
        "within it the folders of the tests are kept",
        "PATH",
        Kind.PATH,
    ),
    Option(
        "on_unplayed",
        "what to do about interactions that no request of the test asked for: "
        "ignore (the default), warn or fail",
        "WHAT",
    ),
    Option(
        "allow_hosts",
        "hosts that are left alone, such as localhost or *.local: separated by commas, or given "
        "several times; the command line adds to what a test allows",
        "HOSTS",
        Kind.LIST,
    ),
    Option(
        "block_network",
        "refuse every attempt of a test to reach a host, but for what cassettes record and the "
        "hosts that are allowed",
        kind=Kind.FLAG,
    ),
    Option(
        "max_age",
        "how old the interactions of a cassette may be when they are played, such as 12h, 30d or "
        "2w; without it, any age",
        "AGE",
    ),
    Option(
        "on_expiry",
        "what to do about a cassette that is older: warn (the default), fail or rerecord",
        "WHAT",
    ),
    Option(
        "orphans",
        "tell which cassettes no collected test uses",
        kind=Kind.FLAG,
    ),
    Option(
        "prune",
        "drop the interactions that no test has played from the cassettes whose tests all passed",
        kind=Kind.FLAG,
    ),
    Option(
        "report",
        "write a page about the run to this file: which test and which line sent what, what "
        "answered it, and what was not played",
        "FILE",
        Kind.PATH,
    ),
)
"""Every option, in the order of the help."""


def add_options(parser: pytest.Parser) -> None:
    """Declare the table to pytest."""
    group = parser.getgroup("cassette", "record HTTP once, replay it offline")
    for option in TABLE:
        how: dict[str, Any] = {"metavar": option.metavar}
        ini_type: Literal["string", "linelist", "bool"] = "string"
        if option.kind is Kind.LIST:
            how["action"], ini_type = "append", "linelist"
        elif option.kind is Kind.FLAG:
            how, ini_type = {"action": "store_true"}, "bool"
        group.addoption(option.flag, dest=option.ini, default=None, help=option.help, **how)
        parser.addini(option.ini, option.help, type=ini_type, default=None)


class Given(NamedTuple):
    """A value, and the place where it was given.

    Attributes:
        value: The value: a text, an absolute path, a tuple of texts, or True.
        where: Where it stands, in the words of whoever gave it.
    """

    value: Any
    where: str


def from_command_line(config: pytest.Config) -> dict[str, Given]:
    """Return the values of the command line, by the name of the option."""
    folder = config.invocation_params.dir
    given = ((option, config.getoption(option.ini)) for option in TABLE)
    return {
        option.name: Given(_read(option, text, folder), option.flag)
        for option, text in given
        if text is not None
    }


def from_ini(config: pytest.Config) -> dict[str, Given]:
    """Return the values of the ini file, by the name of the option.

    Raises:
        UsageError: A switch is neither on nor off.
    """
    folder = config.inipath.parent if config.inipath else config.rootpath
    given: dict[str, Given] = {}
    for option in TABLE:
        where = f"{option.ini} in {config.inipath or 'the ini options'}"
        try:
            text = config.getini(option.ini)
        except (ValueError, pytest.UsageError) as error:  # as its version has it
            if option.ini in str(error):
                raise
            raise pytest.UsageError(f"{where}: {error}\nIt may be: true, false") from None
        # pytest before 8.1 has an empty value where there is none.
        if text:
            given[option.name] = Given(_read(option, text, folder), where)
    return given


def check_ini_names(config: pytest.Config) -> None:
    """Answer what stands in the ini file under a name of another library with our own.

    Other names that nobody knows are told by pytest itself.

    Raises:
        UsageError: There is one.
    """
    # Private; before pytest 9 the same was public. A name nobody declared is given nowhere else.
    names = config._inicfg if hasattr(config, "_inicfg") else config.inicfg  # noqa: SLF001
    own = {option.ini for option in TABLE}
    unknown = [name for name in names if name.startswith("cassette_") and name not in own]
    if not unknown:
        return
    from cassette.naming import FOREIGN  # noqa: PLC0415 - hardly ever needed

    for name in unknown:
        foreign = name.removeprefix("cassette_")
        if foreign in FOREIGN:
            advice = FOREIGN[foreign]
            raise pytest.UsageError(
                f"{config.inipath}: there is no option {name!r}; for a test, that is {advice}\n"
                f"Options: {', '.join(sorted(own))}"
            )


def value(config: pytest.Config, name: str) -> Any:  # noqa: ANN401 - as the table says
    """Return an option as the command line gives it, else the ini file, else None."""
    given = {**from_ini(config), **from_command_line(config)}
    return given[name].value if name in given else None


def _read(option: Option, given: Any, folder: Path) -> Any:  # noqa: ANN401 - text, lines or a flag
    if option.kind is Kind.LIST:
        return tuple(part.strip() for line in given for part in line.split(",") if part.strip())
    if option.kind is Kind.PATH:
        if not given:  # on the command line: in an ini file, nothing is as good as no option
            raise pytest.UsageError(
                f"{option.flag}: expected a path, found none\n"
                "Write one, such as . for this folder, or leave the option out."
            )
        return folder / given
    return given
