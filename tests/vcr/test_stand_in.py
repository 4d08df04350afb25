"""``import vcr`` gives ours, where that was asked for, and says what it does not have."""

import importlib
import sys
from http.client import HTTPConnection

import pytest

import cassette.vcr
from cassette.vcr.stand_in import stand_in


@pytest.fixture(autouse=True)
def _standing_in(monkeypatch):
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    for name in [name for name in sys.modules if name.partition(".")[0] == "vcr"]:
        monkeypatch.delitem(sys.modules, name)
    stand_in()
    stand_in()
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "vcr"]:
        del sys.modules[name]


def test_the_modules_of_vcrpy_are_ours():
    theirs = importlib.import_module("vcr")
    assert theirs.VCR is cassette.vcr.VCR
    assert importlib.import_module("vcr.request").Request is cassette.vcr.Request
    assert importlib.import_module("vcr.record_mode").RecordMode is cassette.vcr.RecordMode


def test_what_there_is_not_is_told():
    with pytest.raises(ModuleNotFoundError, match=r"has no module 'vcr\.none'"):
        importlib.import_module("vcr.none")


def test_connections_can_be_patched_to_no_effect(monkeypatch):
    stubs = importlib.import_module("vcr.stubs")
    monkeypatch.setattr(stubs.VCRConnection, "getresponse", None)
    assert HTTPConnection.getresponse is not None
