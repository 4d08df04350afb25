"""The section about cassettes at the end of a run, whole."""

import pytest

from cassette.plugin.orphans import Orphans
from cassette.plugin.prune import Pruned
from cassette.plugin.summary import Summary
from cassette.plugin.use_record import Outcome, UseRecord
from cassette.plugin.uses import RunUses

DAY = 86400.0


def entry(name, outcome=Outcome.REPLAYED, **facts):
    path = f"/project/cassettes/{name}.yaml"
    return UseRecord(path, "once", outcome, test=f"test_{name}", **facts)


def command(mode, tests):
    return f"record {mode}: {', '.join(tests)}"


def lines(*entries, **facts):
    uses = RunUses()
    uses.records += entries
    return Summary(uses, "/project", command).lines(**facts)


def test_there_is_nothing_to_say_where_everything_was_replayed():
    left = entry("b", played=1, unplayed={0: "GET http://a.example/"})
    assert lines(entry("a", played=3), left) == []


def test_what_was_recorded_is_ready_to_be_committed():
    assert lines(
        entry("a", played=3),
        entry("b c", Outcome.RECORDED, recorded=2),
        entry("d", Outcome.REWRITTEN, recorded=1),
    ) == [
        "Cassettes: 1 recorded, 1 rewritten, 1 replayed. Interactions: 3 played, 3 recorded.",
        "To commit, once you have looked at it:",
        "  git add 'cassettes/b c.yaml'",
        "  git add cassettes/d.yaml",
    ]


def test_what_was_recorded_without_an_answer_is_told():
    assert lines(
        entry("a", Outcome.OUTAGE, recorded=4, unanswered=4),
        entry("b", Outcome.RECORDED, recorded=3, unanswered=1),
    ) == [
        "Cassettes: 1 recorded, 1 without an answer. Interactions: 7 recorded.",
        "Not made a cassette, since nothing was recorded but failures to connect:",
        "  cassettes/a.yaml.partial (4 interactions, test_a)",
        "Recorded although nobody answered, so that every replay meets the failure:",
        "  cassettes/b.yaml (1 of 3 interactions, test_b)",
        "  Record again once the service is up; if it is meant so: failures=True",
        "To commit, once you have looked at it:",
        "  git add cassettes/b.yaml",
    ]


def test_a_cassette_that_was_recorded_and_then_replayed_counts_once():
    assert lines(
        entry("a", Outcome.REPLAYED, played=1), entry("a", Outcome.RECORDED, recorded=1)
    ) == [
        "Cassettes: 1 recorded. Interactions: 1 played, 1 recorded.",
        "To commit, once you have looked at it:",
        "  git add cassettes/a.yaml",
    ]


def test_what_was_edited_by_hand_is_told_once():
    some = {2: "GET http://a.example/2", 0: "GET http://a.example/"}
    assert lines(entry("a b", played=3, edited=some), entry("a b", played=1, edited=some)) == [
        "Cassettes: 1 replayed. Interactions: 4 played.",
        "Edited by hand, and played as edited:",
        "  cassettes/a b.yaml #0 GET http://a.example/",
        "  cassettes/a b.yaml #2 GET http://a.example/2",
        "  To make that the recording: cassette fix 'cassettes/a b.yaml'",
    ]


def test_every_use_is_told_on_request():
    assert lines(
        entry("a", played=2, unplayed={1: "GET http://a.example/"}),
        entry("b", Outcome.UNUSED),
        verbose=True,
    ) == [
        "Cassettes: 1 replayed, 1 not used. Interactions: 2 played, 1 left unplayed.",
        "  test_a: 2 played, 1 left unplayed (cassettes/a.yaml, mode once)",
        "  test_b: none (cassettes/b.yaml, mode once)",
    ]
    assert lines(verbose=True) == []


def test_an_unfinished_recording_is_pointed_at():
    assert lines(entry("a", Outcome.UNFINISHED, recorded=1)) == [
        "Cassettes: 1 not completed. Interactions: 1 recorded.",
        "Recorded by tests that did not end well, and so not made a cassette:",
        "  cassettes/a.yaml.partial (test_a)",
    ]


def test_a_journal_is_pointed_at_once_and_only_while_it_stands():
    failed = entry("a", Outcome.UNFINISHED, recorded=1)
    assert lines(failed, failed)[2:] == ["  cassettes/a.yaml.partial (test_a)"]
    assert lines(failed, entry("a", Outcome.RECORDED, recorded=1))[1:] == [
        "To commit, once you have looked at it:",
        "  git add cassettes/a.yaml",
    ]


def test_an_expired_cassette_is_told_with_the_command_that_records_it():
    assert lines(
        entry("a[1]", played=1, expired=41 * DAY),
        entry("b", Outcome.REWRITTEN, recorded=1, expired=50 * DAY),
    ) == [
        "Cassettes: 1 rewritten, 1 replayed. Interactions: 1 played, 1 recorded.",
        "Older than max_age:",
        "  cassettes/a[1].yaml (41 days)",
        "  cassettes/b.yaml (50 days, recorded anew)",
        "  To record anew: record rewrite: test_a[1]",
        "To commit, once you have looked at it:",
        "  git add cassettes/b.yaml",
    ]


def test_what_was_pruned_is_to_be_committed_and_what_was_not_says_why():
    pruned = [
        Pruned("/project/cassettes/a.yaml", 1),
        Pruned("/project/cassettes/b.yaml", 2),
        Pruned("/project/cassettes/c.yaml", 0, "test_d uses it too, and has not passed"),
    ]
    assert lines(entry("a", played=1), pruned=pruned)[1:] == [
        "Pruned of what no test plays:",
        "  cassettes/a.yaml (1 interaction)",
        "  cassettes/b.yaml (2 interactions)",
        "Not pruned:",
        "  cassettes/c.yaml: test_d uses it too, and has not passed",
        "To commit, once you have looked at it:",
        "  git add cassettes/a.yaml",
        "  git add cassettes/b.yaml",
    ]


def test_orphans_are_listed_and_journals_that_were_told_already_are_not():
    orphans = Orphans(
        ["/project/cassettes/old.yaml"],
        ["/project/cassettes/a.yaml.partial", "/project/cassettes/b.yaml.partial"],
        total=3,
    )
    assert lines(entry("a", Outcome.UNFINISHED, recorded=1), orphans=orphans)[3:] == [
        "Used by no test that was collected:",
        "  cassettes/old.yaml",
        "Left of recordings that were not completed:",
        "  cassettes/b.yaml.partial",
    ]


@pytest.mark.parametrize(
    ("total", "said"),
    [
        (0, "No orphans: there is no cassette."),
        (1, "No orphans: a test uses the only cassette."),
        (3, "No orphans: tests use each of the 3 cassettes."),
    ],
)
def test_that_there_are_no_orphans_is_said_where_it_was_asked_for(total, said):
    assert lines(orphans=Orphans([], [], total)) == [
        said,
    ]


def test_a_doubt_is_told():
    assert lines(doubt="only test_it.py was collected") == [
        "What no test uses cannot be told: only test_it.py was collected.",
    ]


def test_what_was_recorded_anew_without_a_change_is_not_to_commit(project):
    project.write(
        "test_it.py",
        """
        def test_same(cassette, fetch): fetch("/same")
        def test_other(cassette, fetch): fetch("/other")
        """,
    )
    project.run().assert_outcomes(passed=2)
    project.edit("cassettes/test_it/test_other.yaml", "hello", "hallo")
    result = project.run("--cassette-mode=rewrite")
    result.stdout.fnmatch_lines(
        [
            "Cassettes: 1 rewritten, 1 recorded anew without a change. Interactions: 2 recorded.",
            "Recorded anew, and nothing has changed but the time of the recording:",
            "  git add cassettes/test_it/test_same.yaml",
            "To commit, once you have looked at it:",
            "  git add cassettes/test_it/test_other.yaml",
            "*passed*",
        ],
        consecutive=True,
    )
