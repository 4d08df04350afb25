"""On replay the program sees the time of the recording; what must not stand still does not."""

import asyncio
import concurrent.futures
import datetime as dt
import http.client
import queue
import subprocess
import sys
import threading
import time
import urllib.request
from datetime import UTC

import freezegun
import freezegun.api
import httpx
import pytest
import requests
from hypothesis import given, settings, strategies
from recordings import OK, THEN, URL, after, interaction, write
from servers.raw import Step

import cassette
from cassette.clock import Clock
from cassette.model import Ended, Failure, Interaction, Request, Response
from cassette.tapes.freezing import FrozenClock, Timeline, built


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.yaml"


@pytest.fixture
def server(raw_server):
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlive"
    return raw_server([Step.READ_HEAD, answer])


@pytest.fixture(autouse=True)
def the_real_time_is_back():
    """Whatever a test does, afterwards every clock is what it was."""
    before = time.time, time.monotonic, dt.datetime
    limit = freezegun.api.call_stack_inspection_limit
    yield
    assert (time.time, time.monotonic, dt.datetime) == before
    assert freezegun.api.call_stack_inspection_limit == limit


def get(target="/"):
    with urllib.request.urlopen(URL + target) as answer:
        return answer.read()


def now():
    """Seconds since THEN, as three clocks tell; they agree."""
    seconds = time.time() - THEN.timestamp()
    assert dt.datetime.now(UTC) == after(seconds)
    assert time.time_ns() == int(time.time() * 1e9)
    return seconds


def play(path, **options):
    return cassette.use(path, mode="none", freeze=True, **options)


# Where the clock stands


def test_the_clock_stands_where_the_next_interaction_begins(path):
    write(path, interaction(1), interaction(5, "/b", took=2), interaction(9.5, "/c"))
    with play(path):
        seen = [now()]
        for target in ("/", "/b", "/c"):
            get(target)
            seen.append(now())
    assert seen == [1, 5, 9.5, 9.5]


def test_while_a_response_is_read_the_clock_stands_at_its_request(path):
    write(path, interaction(1), interaction(5, "/b"))
    with play(path):
        answer = urllib.request.urlopen(URL + "/")
        assert now() == 1
        answer.read()
        assert now() == 5


def test_behind_the_last_one_the_clock_stands_at_its_end(path):
    write(path, interaction(1, took=2.5))
    with play(path):
        get()
        assert now() == 3.5


def test_the_clock_never_goes_back(path):
    write(path, interaction(9), interaction(5, "/b"), interaction(7, "/c"), interaction(11, "/d"))
    with play(path):
        seen = [now()]
        for target in ("/", "/d", "/c", "/b"):
            get(target)
            seen.append(now())
    assert seen == [9, 9, 11, 11, 11]


@settings(deadline=None)
@given(strategies.data())
def test_in_whatever_order_it_is_played_the_clock_goes_on(data):
    moments = data.draw(strategies.lists(strategies.floats(0, 1e6), min_size=1))
    recorded = [interaction(seconds, took=seconds / 2) for seconds in moments]
    timeline = Timeline(recorded.__getitem__, len(recorded), recorded=THEN, returns=False)
    before = timeline.clock.monotonic()
    for number in data.draw(strategies.lists(strategies.sampled_from(range(len(recorded))))):
        timeline.play(number, recorded[number])
        playing = timeline.clock.monotonic()
        timeline.finish()
        done = timeline.clock.monotonic()
        start = recorded[0].at
        assert before <= playing <= done
        assert start + dt.timedelta(seconds=playing) >= recorded[number].at
        before = done


def test_what_was_left_out_is_passed_over(path):
    write(path, interaction(1), interaction(5, "/b"), interaction(9, "/c"), interaction(11, "/d"))
    with play(path):
        get()
        get("/c")
        assert now() == 11


def test_what_another_cassette_answers_does_not_move_the_clock(path, tmp_path):
    write(path, interaction(1), interaction(5, "/b"))
    extra = write(tmp_path / "extra.yaml", interaction(100, "/extra", took=7))
    with play(path, extra=[extra]):
        get("/extra")
        assert now() == 1
        get()
        get("/extra")
        assert now() == 5


def test_the_clock_moves_before_the_body_where_the_client_waits_for_leave_to_send_it(path):
    ready = b"HTTP/1.1 100 Continue\r\n\r\n"
    write(path, interaction(5, fields=b"Date: Sat, 29 Feb 2020 12:00:01 GMT\r\n", raw=ready + OK))
    with play(path):
        connection = http.client.HTTPConnection("api.example.com")
        connection.putrequest("GET", "/")
        connection.putheader("Expect", "100-continue")
        connection.putheader("Content-Length", "0")
        assert now() == 1
        connection.endheaders()
        assert now() == 5
        assert connection.getresponse().read() == b"ok"


def test_with_repeat_the_clock_stays_where_it_is(path):
    write(path, interaction(1), interaction(5, "/b"))
    with play(path, repeat=True):
        get("/b")
        get("/")
        get("/")
        assert now() == 5


def test_with_httpx_the_clock_moves_on_with_the_last_byte(path):
    write(path, interaction(1), interaction(5, "/b"), interaction(9, "/c", ended=Ended.CLOSED))
    with play(path), httpx.Client() as client:
        seen = [now()]
        for target in ("/", "/b", "/c"):
            client.get(URL + target)
            seen.append(now())
    assert seen == [1, 5, 9, 9]


def test_a_failure_to_connect_passes_too(path):
    refused = Failure("ConnectionRefusedError", 111, "Connection refused")
    failed = Interaction(
        f"connect {URL}",
        Request(b"", URL),
        Response(b""),
        at=after(1),
        took=2,
        ended=Ended.REFUSED,
        failure=refused,
    )
    write(path, failed, interaction(5))
    with play(path):
        assert now() == 1
        with pytest.raises(ConnectionRefusedError):
            http.client.HTTPConnection("api.example.com").request("GET", "/")
        assert now() == 5


def test_damage_is_told_of_when_it_is_to_be_played(path):
    write(path, interaction(1), interaction(5, "/b"))
    path.write_bytes(path.read_bytes().replace(b"2020-02-29T12:00:05Z", b"five past"))
    with play(path) as tape:
        get()
        assert now() == 1
        with pytest.raises(cassette.CassetteFormatError):
            get("/b")
        tape.errors.clear()
    path.write_bytes(path.read_bytes().replace(b"2020-02-29T12:00:01Z", b"one past"))
    with play(path):
        assert now() == 0


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        (b"X-Amz-Date: 20200229T120058Z\r\n", 58),
        (b"x-goog-date: 20200229T120058Z\r\n", 58),
        (b"Date: Sat, 29 Feb 2020 12:00:58 GMT\r\n", 58),
        (b"x-ms-date: Sat, 29 Feb 2020 12:00:58 GMT\r\n", 58),
        (b"X-Amz-Date: 20200229T120001Z\r\n", 1),
        (b"X-Amz-Date: 20200229T115959Z\r\n", 60.5),  # too long ago to be the cause of this request
        (b"X-Amz-Date: 20200229T120101Z\r\n", 60.5),  # a clock that went ahead
        (b"Date: yesterday\r\n", 60.5),
        (b"Date: 2020-02-29T12:00:58\r\n", 58),
        (b"Date: \xff\r\n", 60.5),
        (b"Update: 20200229T120058Z\r\n", 60.5),
        (b"", 60.5),
    ],
)
def test_a_request_that_says_when_it_was_made_begins_there(fields, seconds):
    assert built(interaction(60.5, fields=fields)) == after(seconds)


def test_a_url_that_says_when_it_was_signed_begins_there():
    signed = interaction(60.5, "/?X-Amz-Date=20200229T120058Z&X-Amz-Expires=600")
    assert built(signed) == after(58)


# When it does not stand


@pytest.mark.parametrize("mode", ["once", "new_episodes", "rewrite", "all"])
def test_a_recording_runs_on_the_real_clock(path, server, mode):
    before = Clock.now()
    url = f"http://{server.address.host}:{server.address.port}/"
    with cassette.use(path, mode=mode, freeze=True):
        assert time.time is freezegun.api.real_time
        assert requests.get(url, timeout=5).text == "live"
        assert time.time is freezegun.api.real_time
    assert before <= cassette.load(path).interactions[0].at <= Clock.now()


def test_what_goes_live_ends_the_frozen_time(path, server):
    write(path, interaction(1), interaction(5, "/b"))
    before = Clock.now()
    with cassette.use(path, mode="new_episodes", freeze=True):
        get()
        assert now() == 5
        url = f"http://{server.address.host}:{server.address.port}/"
        assert requests.get(url, timeout=5).text == "live"
        assert time.time is freezegun.api.real_time
        get("/b")
        assert time.time is freezegun.api.real_time
    assert before <= cassette.load(path).interactions[2].at <= Clock.now()


def test_when_all_is_played_what_comes_next_is_built_on_the_real_clock(path):
    write(path, interaction(1), interaction(5, "/b"))
    with cassette.use(path, mode="new_episodes", freeze=True):
        get("/b")
        assert now() == 5
        get()
        assert time.time is freezegun.api.real_time


def test_without_an_interaction_nothing_is_frozen(path):
    write(path)
    with play(path):
        assert time.time is freezegun.api.real_time


# Nesting


def test_the_inner_cassette_has_the_clock(path, tmp_path):
    write(path, interaction(1), interaction(5, "/b"))
    other = write(tmp_path / "b.yaml", interaction(100))
    with play(path):
        with play(other):
            assert now() == 100
        assert now() == 1
        get()
        assert now() == 5


def test_cassettes_may_be_left_in_any_order(path, tmp_path):
    first, second = (
        play(write(path, interaction(1))),
        play(write(tmp_path / "b.yaml", interaction(100))),
    )
    first.__enter__()
    second.__enter__()
    first.__exit__(None)
    assert now() == 100
    second.__exit__(None)
    assert time.time is freezegun.api.real_time
    assert dt.datetime is freezegun.api.real_datetime


def test_the_frozen_time_of_a_user_is_there_again_afterwards(path):
    write(path, interaction(1))
    with freezegun.freeze_time(after(50)):
        with play(path):
            assert now() == 1
        assert now() == 50


def test_the_frozen_time_of_a_user_wins_inside(path):
    write(path, interaction(1), interaction(5, "/b"))
    with play(path):
        with freezegun.freeze_time(after(50)):
            get()
            assert now() == 50
        assert now() == 5


def test_a_name_imported_before_and_one_imported_meanwhile_are_put_back(path, tmp_path):
    write(path, interaction(1))
    (tmp_path / "late.py").write_text("from time import time\n")
    sys.path.insert(0, str(tmp_path))
    try:
        with play(path):
            import late  # noqa: PLC0415

            assert late.time() == time.time() == THEN.timestamp() + 1
        assert late.time is time.time is freezegun.api.real_time
    finally:
        sys.path.remove(str(tmp_path))
        sys.modules.pop("late", None)


@pytest.mark.parametrize("kind", ["function", "coroutine", "generator", "async generator"])
def test_a_decorated_function_runs_at_the_time_of_the_recording(path, kind):
    @play(write(path, interaction(1), interaction(5, "/b")))
    def function():
        get()
        return now()

    @play(path)
    async def coroutine():
        get()
        await asyncio.sleep(0)
        return now()

    @play(path)
    def generator():
        get()
        yield now()

    @play(path)
    async def async_generator():
        get()
        yield now()

    async def first():
        return await anext(async_generator())

    run = {
        "function": function,
        "coroutine": lambda: asyncio.run(coroutine()),
        "generator": lambda: next(generator()),
        "async generator": lambda: asyncio.run(first()),
    }[kind]
    assert run() == 5
    assert time.time is freezegun.api.real_time


# What must not stand still


def test_asyncio_goes_on(path):
    write(path, interaction(1))

    async def program():
        await asyncio.sleep(0.001)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 0.001)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await asyncio.Event().wait()
        return now()

    with play(path):
        assert asyncio.run(program()) == 1


def test_threads_see_the_frozen_time_too(path):
    write(path, interaction(1), interaction(5, "/b"))
    with play(path), concurrent.futures.ThreadPoolExecutor(1) as pool:
        assert pool.submit(now).result() == 1
        seen = []
        thread = threading.Thread(target=lambda: seen.append(now()))
        thread.start()
        thread.join()
        assert seen == [1]


def test_whoever_waits_for_a_thread_or_a_process_does_not_wait_for_ever(path):
    never = threading.Event()
    with play(write(path, interaction(1))), concurrent.futures.ThreadPoolExecutor(1) as pool:
        assert not never.wait(0.001)
        condition = threading.Condition()
        with condition:
            assert not condition.wait_for(never.is_set, 0.001)
        with pytest.raises(queue.Empty):
            queue.Queue().get(timeout=0.001)
        future = pool.submit(never.wait)
        with pytest.raises(TimeoutError):
            next(concurrent.futures.as_completed([future], 0.001))
        with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.001)
            process.communicate(b"\n")
        never.set()


def test_our_own_clock_is_real_even_if_it_is_imported_late(path):
    source = """if True:
        import time, freezegun
        with freezegun.freeze_time("2020-02-29"):
            from cassette.clock import Clock
            assert Clock.wall() > time.time() + 1e6
            assert Clock.now().timestamp() > time.time() + 1e6
            before = Clock.monotonic()
        assert 0 <= time.monotonic() - before < 1e6
        with freezegun.freeze_time("2020-02-29"):
            assert Clock.wall() > time.time() + 1e6
    """
    subprocess.run([sys.executable, "-c", source], check=True)


def test_an_interaction_played_alone_costs_no_import_of_freezegun(path):
    source = f"""if True:
        import sys, urllib.request, cassette
        with cassette.use({str(path)!r}, mode="none"):
            urllib.request.urlopen({URL!r} + "/").read()
        assert "freezegun" not in sys.modules
    """
    write(path, interaction(1))
    subprocess.run([sys.executable, "-c", source], check=True)


def test_a_clock_that_was_never_frozen_can_be_released():
    clock = FrozenClock(THEN)
    clock.release()
    assert clock.pass_to(3) == 0
    assert clock.monotonic() == 3


# Options


@pytest.mark.parametrize("value", ["yes", 1, None, "2020-02-29"])
def test_freeze_is_true_or_false(path, value):
    with pytest.raises(cassette.OptionError) as caught:
        cassette.use(path, freeze=value)
    assert str(caught.value) == f"freeze is {value!r}\nIt may be: True, False"
