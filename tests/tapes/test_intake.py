"""What went live is compared, written, or known already."""

from dataclasses import replace

import pytest
from recordings import URL, interaction, write

import cassette
from cassette.matching import Matching
from cassette.model import Response
from cassette.redaction import Redactor
from cassette.store.reader import CassetteReader, load
from cassette.tapes.family import Family
from cassette.tapes.hooks import Hooks
from cassette.tapes.intake import Intake
from cassette.tapes.modes import RecordMode
from cassette.tapes.options import TapeOptions
from cassette.tapes.source import Source
from cassette.tapes.writer import Writer


class Kit:
    """An intake that writes, and what it has noted."""

    def __init__(self, path, known=(), verifier=None, **options):
        redactor = Redactor()
        matching = Matching(redactor=redactor)
        asked = replace(TapeOptions(path, RecordMode.ALL, matching, redactor), **options)
        self.noted = []
        self.writer = Writer(asked, None, Family(), before=None, anew=False)
        self.told = {}
        self.intake = Intake(
            asked, known, self.writer, verifier, self.noted.append, self.told.__setitem__
        )


class Verifier:
    """Compares nothing, and may find that it cannot."""

    def __init__(self, error=None):
        self.compared = []
        self.error = error

    def compare(self, live):
        self.compared.append(live.call)
        if self.error is not None:
            raise self.error


def test_what_a_cassette_beside_this_one_knows_is_not_written_again(tmp_path):
    reader = CassetteReader.open(write(tmp_path / "b.yaml", interaction(path="/known")))
    kit = Kit(tmp_path / "a.yaml", [Source(reader, Matching(), Family(), repeat=True)])
    for path in ("/known", "/new", "/known"):
        kit.intake.take(interaction(path=path))
    kit.writer.close(good=True)
    assert [one.call for one in load(tmp_path / "a.yaml").interactions] == [f"GET {URL}/new"]


def test_a_verifier_is_given_what_would_be_written(tmp_path):
    verifier = Verifier()
    kit = Kit(tmp_path / "a.yaml", verifier=verifier)
    kit.intake.take(interaction(path="/1"))
    assert (verifier.compared, kit.writer.recorded) == ([f"GET {URL}/1"], 0)


def test_a_drift_is_noted_and_the_client_reads_on(tmp_path):
    drift = cassette.OptionError("drifted")
    kit = Kit(tmp_path / "a.yaml", verifier=Verifier(drift))
    kit.intake.take(interaction())
    assert kit.noted == [drift]


def test_what_cannot_be_written_is_noted_and_stops_the_client(tmp_path):
    def hook(_):
        raise ValueError("no")

    kit = Kit(tmp_path / "a.yaml", hooks=Hooks(before_record=hook))
    with pytest.raises(cassette.CassetteError) as caught:
        kit.intake.take(interaction())
    assert kit.noted == [caught.value]


def test_what_a_hook_leaves_out_is_neither_written_nor_compared(tmp_path):
    verifier = Verifier()
    kit = Kit(tmp_path / "a.yaml", verifier=verifier, hooks=Hooks(before_record=lambda _: None))
    kit.intake.take(interaction())
    assert verifier.compared == []


@pytest.mark.parametrize("upgrade", ["websocket", "echo"])
def test_a_connection_that_goes_over_to_websocket_is_told_of(tmp_path, upgrade):
    kit = Kit(tmp_path / "a.yaml")
    switching = f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: {upgrade}\r\n\r\n".encode()
    kit.intake.take(replace(interaction(path="/live"), response=Response(switching)))
    kit.writer.close(good=True)
    told = [said.partition(" past ")[0] for said in kit.told.values()]
    assert told == ([f"GET {URL}/live went over to WebSocket"] if upgrade == "websocket" else [])
