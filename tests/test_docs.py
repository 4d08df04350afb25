"""The code in README and docs/ runs as it stands."""

import http.server
import re
from datetime import UTC, datetime
from pathlib import Path
from textwrap import indent

import pytest
import requests
from messages import post
from servers.threads import Hello, serving

import cassette
from cassette.model import Interaction, Response
from cassette.store.files import Journal

ROOT = Path(__file__).parent.parent
FENCE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page):
    """The Python of a page as one program; every line keeps its number."""
    text = (ROOT / page).read_text(encoding="utf-8")
    lines = [""] * (text.count("\n") + 2)
    for found in FENCE.finditer(text):
        first = text.count("\n", 0, found.start(1))
        for offset, line in enumerate(found[1].splitlines()):
            lines[first + offset] = line
    assert any(lines), f"{page} has no Python block"
    return compile("\n".join(lines), str(ROOT / page), "exec")


@pytest.mark.parametrize(
    "page",
    [
        "docs/tutorial.md",
        "docs/async.md",
        "docs/check.md",
        "docs/hooks.md",
        "docs/matching.md",
        "docs/migrating.md",
        "docs/network-guard.md",
        "docs/redaction.md",
        "docs/responses.md",
        "docs/streams.md",
        "docs/time.md",
        "docs/transports.md",
    ],
)
def test_the_blocks_of_a_page_run_one_after_the_other(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(blocks(page), {"__name__": "docs"})


ORIGIN = "https://api.example.com"
USERS = b'{"users": [{"id": 1, "name": "Ann"}, {"id": 2, "name": "Bob"}], "password": "a"}'


def tape(path, *messages):
    """Write a cassette in which each of these requests was answered."""
    at = datetime(2026, 11, 23, tzinfo=UTC)
    journal = Journal(Path(path), at)
    for message in messages:
        url = ORIGIN + message.target.decode()
        response = Response(b"HTTP/1.1 204 No Content\r\n\r\n", message.method)
        journal.append(Interaction(f"{message.method} {url}", message, response, at))
    journal.commit()


def mismatch(send):
    with (
        pytest.raises(cassette.UnmatchedRequestError) as caught,
        cassette.use("cassettes/users.yaml", mode="none"),
    ):
        send()
    return str(caught.value)


def test_the_messages_in_the_page_about_matching_are_what_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "matching.md").read_text(encoding="utf-8")
    tape(
        "cassettes/users.yaml",
        post(USERS, target="/users?page=1"),
        post(USERS, target="/users?page=2"),
        post(bytes(range(48)), "image/png", target="/picture"),
    )
    now = USERS.replace(b"Bob", b"Robert").replace(b'[{"id": 1', b'[{"id": 3}, {"id": 1')
    kind = {"Content-Type": "application/json"}
    said = mismatch(lambda: requests.post(f"{ORIGIN}/users?page=2", data=now, headers=kind))
    assert f"```text\n{said}\n```" in page
    picture = bytes(range(20)) + b"!!" + bytes(range(22, 48))
    kind = {"Content-Type": "image/png"}
    said = mismatch(lambda: requests.post(f"{ORIGIN}/picture", data=picture, headers=kind))
    hexdump = "\n".join(line[4:] for line in said.splitlines()[5:-3])
    assert indent(f"```text\n{hexdump}\n```", "  ") in page


def test_the_page_about_verifying_runs_and_its_message_is_what_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "docs"}
    exec(blocks("docs/verify.md"), names)
    said = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8000", names["message"])
    said = re.sub(r"recorded \d{4}-\d\d-\d\d", "recorded 2026-11-23", said)
    assert f"```text\n{said}\n```" in (ROOT / "docs" / "verify.md").read_text(encoding="utf-8")


def test_the_example_of_the_readme_records_and_replays(pytester, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    with serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hello)) as server:
        source = FENCE.findall(page)[0].replace("8765", str(server.server_port))
        pytester.makepyfile(test_page=source)
        pytester.runpytest("-pcassette.pytest_plugin").assert_outcomes(passed=1)
    pytester.runpytest("-pcassette.pytest_plugin").assert_outcomes(passed=1)
    written = (pytester.path / "cassettes/test_page/test_page.yaml").read_text(encoding="utf-8")
    (line,) = (line for line in written.splitlines() if "Authorization: " in line)
    assert f"\n{line}\n" in page


def test_the_reference_has_every_public_name():
    page = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    names = re.findall(r"^::: cassette\.(\w+)$", page, re.MULTILINE)
    assert sorted(names) == sorted(cassette.__all__)


def test_every_link_between_pages_leads_somewhere():
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page}: {target}"
