"""What goes past a cassette is kept once, by host or by port of this machine."""

from cassette.tapes.bypasses import Bypasses
from cassette.tapes.family import Family


def test_a_host_is_noted_once_and_a_port_of_this_machine_apart():
    bypasses = Bypasses(Family())
    bypasses.note("db.example", "first")
    bypasses.note("db.example", "second")
    bypasses.note("localhost", "a port", 5432)
    assert bypasses.hosts == {"db.example": "first"}
    assert bypasses.ports == {5432: {"localhost": "a port"}}
    assert bypasses.knows("db.example")
    assert bypasses.knows("localhost", 5432)
    assert not bypasses.knows("localhost")
    assert not bypasses.knows("localhost", 5433)
