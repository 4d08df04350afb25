"""Move the tests of two public packages over from VCR.py, as docs/migrating.md says, and run them.

    python tests/migration/run.py                all of it, in a folder that is gone afterwards
    python tests/migration/run.py --keep DIR     leave the moved projects there, to look at
    python tests/migration/run.py --unedited     move nothing, and run them as they came

It needs the package index, and makes a virtual environment of its own for each project. The tests
run twice: as they came, with VCR.py, and moved over, with this project. Neither run reaches a
network: both replay only.
"""

import argparse
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FIGURES = re.compile(r"(?:(\d+) failed.*?)?(\d+) passed")


@dataclass(frozen=True, slots=True)
class Project:
    """A package whose source distribution has its tests and their recordings.

    Attributes:
        name: Name and version on the package index.
        needs: What its tests need besides pytest and VCR.py.
        tests: The folder of its tests.
        theirs: Options for pytest that replay with VCR.py.
        convert: Options for ``cassette convert``.
        edits: Patterns and replacements, applied to every Python file of the tests in this order.
        conftest: What stands in a new ``conftest.py``.
    """

    name: str
    needs: tuple[str, ...]
    tests: str
    theirs: tuple[str, ...]
    convert: tuple[str, ...]
    edits: tuple[tuple[str, str], ...]
    conftest: str = ""


HABANERO = Project(
    "habanero==2.3.0",
    (
        "httpx",
        "packaging",
        "tqdm",
        "urllib3",
        "PyYAML",
        "bibtexparser==2.0.0b8",
        "pytest-recording",
    ),
    "test",
    ("--record-mode=none", "--block-network"),
    (),
    (
        # The marker. Its positional arguments named files that pytest-recording did not find.
        (r"@pytest\.mark\.vcr\b(?:\(\w+\))?", "@pytest.mark.cassette"),
        # Seven tests look at the request in the recording.
        (
            r'x = open\((\w+), "r"\)\.read\(\)\s+xy = .*\s+heads = .*',
            r"heads = cassette.load(\1).interactions[0].request.headers",
        ),
        (r'heads\["([\w-]+)"\]\[0\]', r'heads["\1"]'),
        (r"yaml\.safe_load\(f\)", "cassette.load(f.name)"),
        (r'x\["interactions"\]\[0\]\["request"\]\["uri"\]', "x.interactions[0].request.url"),
        (r"^import yaml$", "import cassette"),
    ),
)

XLED = Project(
    "xled==0.7.0",
    # Its test of the command line is older than click 8.2.
    (
        "click<8.2",
        "click-log",
        "cryptography",
        "netaddr",
        "pyzmq",
        "requests",
        "requests-toolbelt",
        "setuptools",
        "tornado",
    ),
    "tests",
    (),
    # The device's token goes into UDP packets, so a mask in its place shows.
    ("--keep", "X-Auth-Token", "--keep", "authentication_token"),
    (
        (r"@vcr\.use_cassette\(", "@pytest.mark.cassette("),
        (r'"tests/cassettes/', '"'),
        (r"^( *)import vcr$", r"\1import pytest"),
    ),
    # Each login sends a random challenge.
    """\
import pytest


@pytest.fixture(scope="session")
def cassette_config():
    return {"match_on": ["method", "scheme", "host", "port", "path", "query"]}
""",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave the moved projects there")
    parser.add_argument("--unedited", action="store_true", help="run them as they came")
    chosen = parser.parse_args()
    keep = chosen.keep
    how = as_it_came if chosen.unedited else move
    say("| project | passed with VCR.py | CPU s | passed with cassette | CPU s | new lines |")
    say("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory(prefix="migration-") as folder:
        place = (keep or Path(folder)).absolute()
        lost = [how(project, place) for project in (HABANERO, XLED)]
    sys.exit(any(lost))


def move(project: Project, folder: Path) -> bool:
    """Move a project over; print its row; return whether fewer tests pass than before."""
    own = folder / project.name.partition("==")[0]
    python = environment(own / "venv", project)
    source = unpack(python, project, own)
    before, slow = tests(python, source, "-p", "no:cassette", *project.theirs)
    arguments = ["--from", "vcrpy", "--overwrite", *project.convert, f"{project.tests}/cassettes"]
    call([python, "-m", "cassette", "convert", *arguments], source)
    changed = edit(project, source / project.tests)
    after, fast = tests(python, source, "-p", "no:recording")
    say(f"| {project.name} | {before} | {slow} | {after} | {fast} | {changed} |")
    return after < before


def as_it_came(project: Project, folder: Path) -> bool:
    """Run a project as it came; print its row; return whether fewer tests pass than before."""
    own = folder / project.name.partition("==")[0]
    python = environment(own / "venv", project)
    source = unpack(python, project, own)
    before, slow = tests(python, source, "-p", "no:cassette", *project.theirs)
    after, fast = tests(python, source, "-p", "no:recording", "-o", "cassette_vcr=true")
    say(f"| {project.name} | {before} | {slow} | {after} | {fast} | 0 |")
    return after < before


def environment(place: Path, project: Project) -> str:
    venv.create(place, with_pip=True, clear=True)
    python = str(place / ("Scripts" if os.name == "nt" else "bin") / "python")
    install = [python, "-m", "pip", "install", "--quiet", "vcrpy", *project.needs]
    call([*install, str(ROOT)], place)
    return python


def unpack(python: str, project: Project, folder: Path) -> Path:
    """Return the folder of the project's sources."""
    download = [python, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    call([*download, project.name], folder)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")


def edit(project: Project, folder: Path) -> int:
    """Apply the edits; return how many lines of Python are new."""
    new = project.conftest.count("\n")
    for path in sorted(folder.rglob("*.py")):
        old = text = path.read_text(encoding="utf-8")
        for pattern, replacement in project.edits:
            text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
        path.write_text(text, encoding="utf-8")
        left = old.splitlines()
        new += sum(line not in left for line in text.splitlines())
    if project.conftest:
        (folder / "conftest.py").write_text(project.conftest, encoding="utf-8")
    return new


def tests(python: str, source: Path, *options: str) -> tuple[int, str]:
    """Run the project's tests; return how many pass, and the seconds of CPU that they took."""
    start = os.times()
    done = subprocess.run(
        [python, "-m", "pytest", "-q", *options],
        cwd=source,
        env={**os.environ, "CI": "1"},  # replay only
        capture_output=True,
        text=True,
        check=False,
    )
    end = os.times()
    took = end.children_user + end.children_system - start.children_user - start.children_system
    figures = FIGURES.search(done.stdout)
    if figures is None or figures[1]:
        sys.stderr.write(done.stdout + done.stderr)
    return (int(figures[2]) if figures else 0), f"{took:.2f}"


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - this is a command


def call(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    main()
