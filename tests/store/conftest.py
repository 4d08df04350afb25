"""A factory of interactions, and a strict comparison."""

from dataclasses import fields
from datetime import UTC, datetime
from importlib import import_module
from types import SimpleNamespace

import pytest

from cassette import store
from cassette.model import Interaction, Request, Response
from cassette.store.document import compose
from cassette.store.files import Journal
from cassette.store.places import Stamp
from cassette.store.reader import CassetteReader
from cassette.store.schema import LocatedNode, read_entry
from cassette.store.writer import encode_entry

AT = datetime(2026, 11, 23, 1, 26, 42, 103000, UTC)
REQUEST = b"GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def make(response=HEAD, request=REQUEST, call="GET http://a.example/x", **facts):
    """An interaction with these bytes."""
    method, _, url = call.partition(" ")
    facts = {"at": AT, "took": 0.5, **facts}
    return Interaction(call, Request(request, url), Response(response, method), **facts)


def facts_of(interaction):
    """All that an interaction is, as data that compares."""
    found = {field.name: getattr(interaction, field.name) for field in fields(Interaction)}
    return found | {
        "request": interaction.request.raw,
        "response": interaction.response.raw,
        "url": interaction.request.url,
        "played": 0,
    }


def parse(entry):
    """An entry as the YAML parser reads it."""
    return read_entry(LocatedNode(compose(entry).value[0], "a.yaml"))


@pytest.fixture(scope="session")
def kit():
    """What every test of the store needs."""
    return SimpleNamespace(
        make=make,
        parse=parse,
        facts_of=facts_of,
        at=AT,
        head=HEAD,
        chunked=CHUNKED,
        request=REQUEST,
    )


@pytest.fixture
def record(tmp_path):
    """Record interactions in a cassette; return its path."""

    def record(*interactions, name="a.yaml"):
        journal = Journal(tmp_path / name, AT, before=Stamp.of(tmp_path / name))
        try:
            for interaction in interactions:
                journal.append(interaction)
            journal.commit()
        finally:
            journal.abandon()
        return tmp_path / name

    return record


@pytest.fixture
def no_parser(monkeypatch):
    """Let no YAML parser be used."""
    monkeypatch.setattr("cassette.store.parsing.compose", None)


@pytest.fixture(params=["libyaml", "pure Python"])
def parser(request, monkeypatch):
    """Run a test with and without libyaml."""
    if request.param == "pure Python":
        monkeypatch.setattr("cassette.store.document.CParser", None)
    return request.param


@pytest.fixture(params=["mapped", "read"])
def small(request):
    """Everything is large: the sizes shrink, so that odd places are met often."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("writer", "large", "reader"):
            patch.setattr(import_module(f"cassette.store.{module}"), "LARGE", 64)
        for module in ("slices", "large"):
            patch.setattr(import_module(f"cassette.store.{module}"), "_SLICE", 24)
        for module in ("large", "mapped"):
            patch.setattr(getattr(store, module), "_WINDOW", 16)
        if request.param == "mapped":
            patch.setattr(store.file_text, "_LARGE_FILE", 0)
            patch.setattr(store.mapped, "_ALWAYS_MAPPED", 0)
        yield


@pytest.fixture
def opened(tmp_path):
    """A reader of a cassette with this text."""

    def opened(text):
        (tmp_path / "a.yaml").write_bytes(text)
        return CassetteReader.open(tmp_path / "a.yaml")

    return opened


@pytest.fixture
def entry(kit):
    """An entry as the writer writes it, with a body."""
    return lambda body=b"hello", **facts: encode_entry(kit.make(kit.head + body, **facts))
