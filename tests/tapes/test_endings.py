"""Who is told about uses that end."""

import cassette
from cassette.tapes.endings import watch


def test_the_watcher_that_came_last_is_told_of_every_use_that_has_ended(tmp_path):
    outer, inner = [], []
    leave_outer = watch(lambda tape: outer.append(tape.path.name))
    leave_inner = watch(lambda tape: inner.append(tape.path.name))
    with cassette.use(tmp_path / "a.yaml"):
        assert inner == []
    leave_inner()
    with cassette.use(tmp_path / "b.yaml"):
        pass
    leave_outer()
    assert (outer, inner) == (["b.yaml"], ["a.yaml"])
