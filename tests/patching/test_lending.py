"""Methods are lent all or none, and other tools keep what they have put on the stock classes."""

import contextlib
import functools
import sys
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection

import pytest

import cassette
from cassette import client as ours

STOCK = (HTTPConnection, HTTPSConnection, HTTPResponse)
NOT_LENT = {"connect", "response_class", "__init_subclass__"}
"""What is set on the stock connections in any case."""


def get(connection, target="/a"):
    connection.request("GET", target, headers={"Accept": "text/plain"})
    return connection.getresponse().read()


def once(port):
    with contextlib.closing(HTTPConnection("127.0.0.1", port)) as connection:
        return get(connection)


def standing():
    return [dict(vars(cls)) for cls in STOCK]


def identical(one, other):
    return all(
        a.keys() == b.keys() and all(a[name] is b[name] for name in a)
        for a, b in zip(one, other, strict=True)
    )


class Tool:
    """It wraps methods of the stock classes, counts the calls, and can be uninstalled."""

    def __init__(self, wrap, *places):
        self.calls = 0
        self._wrap = wrap
        self._places = places
        self._saw = []

    def install(self):
        for cls, name in self._places:
            self._saw.append((cls, name, vars(cls)[name]))
            setattr(cls, name, self._wrap(vars(cls)[name], self._count))

    def uninstall(self):
        while self._saw:
            setattr(*self._saw.pop())

    def counted(self):
        """Return how many calls there were since it was asked."""
        calls, self.calls = self.calls, 0
        return calls

    def _count(self):
        self.calls += 1


def by_closure(original, count):
    @functools.wraps(original)
    def method(*args, **kwargs):
        count()
        return original(*args, **kwargs)

    return method


class Proxy:
    """Like the wrappers of wrapt, it says that it equals what it wraps."""

    def __init__(self, original, count):
        self._original = original
        self._count = count

    def __eq__(self, other):
        return self._original == other

    def __hash__(self):
        return hash(self._original)

    def __get__(self, instance, owner):
        bound = self._original.__get__(instance, owner)

        def method(*args, **kwargs):
            self._count()
            return bound(*args, **kwargs)

        return method


WAYS = [by_closure, Proxy]


@pytest.fixture
def tool():
    """Return a function that makes a tool, which is uninstalled in the end."""
    with contextlib.ExitStack() as stack:

        def make(*arguments):
            made = Tool(*arguments)
            stack.callback(made.uninstall)
            return made

        yield make


@pytest.mark.parametrize("wrap", WAYS)
@pytest.mark.parametrize(
    "place",
    [
        (HTTPConnection, "putheader"),
        (HTTPConnection, "send"),
        (HTTPConnection, "connect"),
        (HTTPConnection, "__init__"),
        (HTTPSConnection, "__init__"),
    ],
    ids=lambda place: f"{place[0].__name__}.{place[1]}",
)
def test_where_another_tool_was_first_no_method_is_lent(tmp_path, server, tool, place, wrap):
    other = tool(wrap, place)
    other.install()
    once(server.port)
    live = other.counted()
    before = standing()
    for mode in ("rewrite", "none"):
        with cassette.use(tmp_path / "a.yaml", mode=mode, on_unplayed="fail"):
            for cls, old in zip(STOCK, before, strict=True):
                changed = {name for name, now in vars(cls).items() if now is not old.get(name)}
                assert changed <= NOT_LENT
            assert once(server.port) == b"GET /a"
        # A replay connects without the client's own connect.
        assert other.counted() == (0 if mode == "none" and place[1] == "connect" else live)
    assert identical(standing(), before)


def test_data_of_a_class_may_be_anybodys(tmp_path, server, monkeypatch):
    monkeypatch.setattr(HTTPConnection, "debuglevel", 0.0)
    monkeypatch.setattr(HTTPConnection, "a_note", "of another tool", raising=False)
    with cassette.use(tmp_path / "a.yaml", mode="rewrite"):
        assert HTTPConnection.getresponse is ours.HTTPConnection.getresponse
        assert once(server.port) == b"GET /a"


@pytest.mark.parametrize("wrap", WAYS)
def test_responses_are_ours_or_theirs(tmp_path, server, tool, wrap):
    other = tool(wrap, (HTTPResponse, "read"))
    with cassette.use(tmp_path / "a.yaml", mode="rewrite"):
        connection = HTTPConnection("127.0.0.1", server.port)
        kinds = []
        for change in (lambda: None, other.install, other.uninstall):
            change()
            connection.request("GET", "/a")
            response = connection.getresponse()
            kinds.append(type(response))
            assert response.read() == b"GET /a"
        connection.close()
    assert kinds == [ours.HTTPResponse, HTTPResponse, ours.HTTPResponse]
    assert other.calls == 1


@pytest.mark.parametrize("wrap", WAYS)
@pytest.mark.parametrize("mode", ["rewrite", "none"])
def test_a_tool_that_comes_meanwhile_stays_and_leaves_nothing_of_ours(
    tmp_path, server, tool, mode, wrap
):
    before = standing()
    other = tool(wrap, *[(HTTPConnection, name) for name in ("putheader", "connect")])
    with cassette.use(tmp_path / "a.yaml", mode="rewrite"):
        once(server.port)
    with cassette.use(tmp_path / "a.yaml", mode=mode):
        other.install()
        assert once(server.port) == b"GET /a"
        counts = {other.counted()}
    for between in (contextlib.nullcontext(), cassette.use(tmp_path / "b.yaml", mode="rewrite")):
        with between:
            assert once(server.port) == b"GET /a"
        counts.add(other.counted())
    assert len(counts) == 1
    other.uninstall()
    assert once(server.port) == b"GET /a"
    with cassette.use(tmp_path / "c.yaml", mode="rewrite"):
        assert HTTPConnection.getresponse is ours.HTTPConnection.getresponse
    assert identical(standing(), before)


@pytest.mark.parametrize("install_first", [True, False])
def test_a_tool_may_go_while_a_cassette_is_in_use(tmp_path, server, tool, install_first):
    before = standing()
    other = tool(by_closure, (HTTPConnection, "putheader"), (HTTPResponse, "read"))
    if install_first:
        other.install()
    with cassette.use(tmp_path / "a.yaml", mode="rewrite"):
        if not install_first:
            other.install()
        once(server.port)
        assert other.counted()
        other.uninstall()
        once(server.port)
    assert other.calls == 0
    assert identical(standing(), before)


METHODS = [name for name, value in vars(ours.HTTPConnection).items() if callable(value)]


@pytest.mark.parametrize("name", [name for name in METHODS if name in vars(HTTPConnection)])
def test_a_method_of_ours_works_among_those_of_stock_and_one_of_stock_among_ours(server, name):
    """As a tool that has wrapped one while a cassette was in use goes on calling it."""
    mixed = {method: vars(ours.HTTPConnection)[method] for method in METHODS}
    for methods in ({name: mixed[name]}, {**mixed, name: vars(HTTPConnection)[name]}):
        kind = type("HTTPConnection", (HTTPConnection,), methods)
        with contextlib.closing(kind("127.0.0.1", server.port)) as connection:
            assert get(connection) == b"GET /a"
            connection.request("POST", "/b", iter([b"a", b"b"]))
            assert connection.getresponse().read() == b"POST /b"


@pytest.mark.parametrize("lent", [True, False])
def test_a_request_that_began_before_the_cassette_ends_where_it_began(tmp_path, server, tool, lent):
    if not lent:
        tool(by_closure, (HTTPConnection, "putheader")).install()
    connection = HTTPConnection("127.0.0.1", server.port)
    connection.putrequest("POST", "/a")
    connection.putheader("Content-Length", "10")
    connection.endheaders()
    with cassette.use(tmp_path / "a.yaml", mode="none"):
        connection.send(b"0123456789")
        assert connection.getresponse().read() == b"POST /a"
    connection.close()


@pytest.mark.parametrize("lent", [True, False])
def test_a_connection_from_outside_is_claimed_where_a_debugger_sees_it(
    tmp_path, server, tool, lent
):
    class Traced(HTTPConnection):
        def connect(self):
            super().connect()

    if not lent:
        tool(by_closure, (HTTPConnection, "putheader")).install()
    connection = Traced("127.0.0.1", server.port)
    get(connection)
    seen = set()
    before = sys.gettrace()
    with cassette.use(tmp_path / "a.yaml", mode="rewrite") as tape:
        sys.settrace(lambda frame, *_: seen.add(frame.f_code))
        try:
            assert get(connection) == b"GET /a"
        finally:
            sys.settrace(before)
    assert tape.recorded == 1
    assert Traced.__dict__["connect"].__code__ in seen
    connection.close()
