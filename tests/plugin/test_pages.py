"""The examples of the pages about the plugin, each section a miniature project.

A block whose first line names a file is that file. A block of commands is run: below ``$ pytest``
stand lines of its output, in their order and with ``...`` for anything; below ``$ ls`` the
recordings there are.
"""

import http.server
import inspect
import json
import re
import shlex
from pathlib import Path

import pytest
import requests  # noqa: F401 - imported once, not by each of the projects
from servers.threads import serving

import cassette
import cassette.store.parsing  # libyaml cannot be loaded anew by each of the projects
from cassette.plugin.options import TABLE

DOCS = Path(__file__).parents[2] / "docs"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = {
    page: (DOCS / page).read_text(encoding="utf-8") for page in ["pytest.md", "pytest-report.md"]
}
SECTIONS = {
    f"{page}: {title}": body
    for page, text in PAGES.items()
    for title, body in re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if "```" in body
}


class Users(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"name": "Ann"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def url():
    with serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Users)) as server:
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.mark.parametrize("section", SECTIONS)
def test_the_examples_of_a_section_run(section, url, pytester, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for language, block in FENCE.findall(SECTIONS[section].replace("https://api.example.com", url)):
        if language == "console":
            for command, *lines in map(str.splitlines, block.removeprefix("$ ").split("\n$ ")):
                run(pytester, shlex.split(command, comments=True), lines)
        elif block.startswith("# "):
            name = block.partition("\n")[0].removeprefix("# ")
            (pytester.path / name).write_text(block, encoding="utf-8")


def run(pytester, command, lines):
    program, *arguments = command
    if program == "ls":
        found = [p for p in pytester.path.rglob("*") if p.suffix in (".yaml", ".partial")]
        assert sorted(p.relative_to(pytester.path).as_posix() for p in found) == lines
        return
    if program == "mkdir":
        (pytester.path / arguments[0]).mkdir()
        return
    assert program == "pytest"
    result = pytester.runpytest("-pcassette.pytest_plugin", *arguments)
    patterns = [re.sub(r"([\[*?])", r"[\1]", line).replace("...", "*") for line in lines]
    (result.stderr if lines[:1] and lines[0].startswith("ERROR") else result.stdout).fnmatch_lines(
        [f"{pattern}*" for pattern in patterns]
    )


def test_the_reference_names_every_option():
    reference = PAGES["pytest.md"].partition("## Reference")[2]
    named = set(re.findall(r"`([^`=]+)[^`]*`", reference))
    keywords = set(inspect.signature(cassette.use).parameters) - {"path"}
    assert {"name", *keywords} <= named
    assert {option.flag for option in TABLE} <= named
    assert {option.ini for option in TABLE} <= named
