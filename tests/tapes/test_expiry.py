"""Cassettes that grow too old: when, and what is done then."""

import http.client
import re
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from servers.threads import serving

import cassette
from cassette.tapes.expiry import parse_age

PLAYING = ("none", "once", "new_episodes")
LONG_AGO = datetime(2020, 2, 29, 12, tzinfo=UTC)


@pytest.fixture
def get():
    """A function that fetches a path from a server on loopback, which counts its requests."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.requests += 1
            body = b"%d" % server.requests
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    def get(path="/"):
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
        connection.request("GET", path)
        with connection.getresponse() as answer:
            return answer.read()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.requests = 0
    with serving(server):
        yield get


def age(path, *moments):
    """Make the interactions of a file as old as these moments, the last one for all that follow."""
    times = [min(moments), *moments]  # the recording began with the first
    path.write_text(
        re.sub(
            r"^(  at|recorded): .*$",
            lambda found: (
                f"{found[1]}: {(times.pop(0) if len(times) > 1 else times[0]).isoformat()}"
            ),
            path.read_text(),
            flags=re.MULTILINE,
        )
    )


@pytest.fixture
def path(tmp_path, get):
    """A cassette of two interactions, of which the second is more than five years old."""
    path = tmp_path / "a.yaml"
    with cassette.use(path, mode="rewrite"):
        get("/a"), get("/b")
    age(path, datetime.now(UTC), LONG_AGO)
    return path


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("12h", timedelta(hours=12)),
        ("30d", timedelta(days=30)),
        ("2w", timedelta(weeks=2)),
        (timedelta(minutes=5), timedelta(minutes=5)),
    ],
)
def test_an_age_is_hours_days_or_weeks(written, expected):
    assert parse_age(written) == expected


@pytest.mark.parametrize(
    "written",
    ["", "30", "d", "0d", "-1d", "1.5d", "30 d", "3m", "٣d", "9999999w", 30, timedelta(0)],
)
def test_a_wrong_age_lists_the_right_forms(tmp_path, written):
    with pytest.raises(cassette.OptionError) as caught:
        cassette.use(tmp_path / "a.yaml", max_age=written)
    assert str(caught.value) == (
        f"max_age is {written!r}\n"
        "It may be: a number of hours, days or weeks such as '12h', '30d' or '2w', "
        "or a positive timedelta"
    )


def test_a_wrong_consequence_lists_the_right_ones(tmp_path):
    with pytest.raises(cassette.OptionError) as caught:
        cassette.use(tmp_path / "a.yaml", on_expiry="record")
    assert str(caught.value) == "on_expiry is 'record'\nIt may be: warn, fail, rerecord"


@pytest.mark.parametrize("mode", PLAYING)
def test_the_oldest_interaction_decides_and_a_warning_points_at_the_use(path, get, mode):
    use = cassette.use(path, mode=mode, max_age="30d")
    with pytest.warns(cassette.CassetteExpiredWarning) as caught, use as tape:
        assert get("/a") == b"1"
    assert caught[0].filename == __file__
    assert re.fullmatch(
        rf"{re.escape(str(path))} has expired: its oldest interaction was recorded \d+ days ago, "
        r"on 2020-02-29, and max_age is 30 days\n"
        rf"To record it anew: cassette\.use\({re.escape(repr(str(path)))}, mode='rewrite'\)\n"
        r"Or let on_expiry='rerecord' do that, or give it a longer max_age\.",
        str(caught[0].message),
    )
    assert tape.expired > timedelta(days=2000)


@pytest.mark.parametrize("mode", PLAYING)
def test_an_expired_cassette_may_fail_before_anything_is_played(path, mode):
    with (
        pytest.raises(cassette.CassetteExpiredError, match="has expired") as caught,
        cassette.use(path, mode=mode, max_age="30d", on_expiry="fail"),
    ):
        pytest.fail("it was entered")
    assert (caught.value.recorded, caught.value.max_age) == (LONG_AGO, timedelta(days=30))


@pytest.mark.parametrize("mode", ["once", "new_episodes"])
def test_an_expired_cassette_may_be_recorded_anew(path, get, mode):
    with cassette.use(path, mode=mode, max_age="30d", on_expiry="rerecord") as tape:
        assert tape.mode == "rewrite"
        assert get("/a") == b"3"
    (one,) = cassette.load(path).interactions
    assert one.response.body == b"3"
    with cassette.use(path, mode=mode, max_age="30d", on_expiry="rerecord") as tape:
        assert get("/a") == b"3"
        assert (tape.mode, tape.expired) == (mode, None)


def test_mode_none_records_nothing_but_warns(path, get):
    before = path.read_bytes()
    use = cassette.use(path, mode="none", max_age="30d", on_expiry="rerecord")
    with pytest.warns(cassette.CassetteExpiredWarning) as caught, use:
        assert get("/a") == b"1"
    assert str(caught[0].message).endswith(
        "\nRecord mode none keeps on_expiry='rerecord' from recording it anew; "
        "run this where another mode is in force."
    )
    assert path.read_bytes() == before


@pytest.mark.parametrize("mode", ["all", "rewrite", "verify", "off"])
def test_a_use_that_plays_nothing_asks_for_no_age(path, get, mode):
    with cassette.use(path, mode=mode, max_age="30d", on_expiry="fail") as tape:
        assert get("/a") == b"3"
        assert tape.expired is None


def test_a_cassette_that_is_young_enough_plays(path, get):
    age(path, datetime.now(UTC) - timedelta(days=29))
    with cassette.use(path, mode="none", max_age="30d", on_expiry="fail"):
        assert get("/a") == b"1"


def test_a_cassette_without_interactions_is_as_old_as_its_header(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("cassette: 1\nrecorded: 2020-02-29T12:00:00Z\ninteractions: []\n")
    with (
        pytest.raises(cassette.CassetteExpiredError),
        cassette.use(path, mode="none", max_age="30d", on_expiry="fail"),
    ):
        pytest.fail("it was entered")
