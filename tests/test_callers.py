"""Who tried to reach the network, as the frames on the stack tell it."""

import socket
import threading
import types

import pytest

from cassette.callers import asks_about_a_proxy, callers, is_exempt, is_own, who


def told_by(source, name, file, ask):
    """Run code of another module, and return the answer about the frames where it calls back."""
    answers = []
    module = types.ModuleType(name)
    module.back = lambda: answers.append(ask(callers()[1:]))
    exec(compile(source, file, "exec"), vars(module))
    return answers[0]


def test_the_nearest_function_is_told_first_and_ours_not_at_all():
    frames = callers()
    names = [frame.f_code.co_name for frame in frames]
    assert names[0] == "test_the_nearest_function_is_told_first_and_ours_not_at_all"
    assert not any(frame.f_globals["__name__"].startswith("cassette.") for frame in frames)


def test_the_function_that_asked_is_told_with_file_and_line(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    source = "def fetch():\n    back()\n\nfetch()"
    told = told_by(source, "shop", str(tmp_path / "shop.py"), who)
    assert told == ["shop.fetch (shop.py:2)"]


def test_behind_an_installed_package_the_code_of_the_user_is_told_as_well():
    source = "def send():\n    back()\n\nsend()"
    told = told_by(source, "client", "/x/site-packages/client/api.py", who)
    assert told[0] == "client.send (client/api.py:2)"
    assert "told_by" in told[1]


def test_a_thread_of_the_standard_library_alone_is_named():
    assert who([]) == [f"the thread {threading.current_thread().name!r}"]


@pytest.mark.parametrize(
    ("name", "file", "expected"),
    [
        ("shop", "/project/shop.py", True),
        ("client", "/x/site-packages/client.py", False),
        ("client", "/x/dist-packages/client.py", False),
        ("test.shop", "/project/test/shop.py", True),
        ("socket", socket.__file__, False),
    ],
)
def test_code_of_the_user_is_what_is_neither_installed_nor_pythons(name, file, expected):
    assert told_by("back()", name, file, lambda frames: is_own(frames[0])) is expected


@pytest.mark.parametrize(
    ("source", "name", "file", "exempt"),
    [
        ("back()", "debugpy.server", "/x/site-packages/debugpy/server.py", True),
        ("def _fallback_socketpair(): back()\n_fallback_socketpair()", "socket", "socket.py", True),
        ("back()", "shop", "/project/shop.py", False),
    ],
    ids=["debugger", "socket pair", "code of the user"],
)
def test_a_debugger_and_a_socket_pair_go_on(source, name, file, exempt):
    assert told_by(source, name, file, is_exempt) is exempt


def test_a_question_about_a_proxy_is_known_by_its_function():
    source = "def proxy_bypass_registry(): back()\nproxy_bypass_registry()"
    assert told_by(source, "urllib.request", "/x/urllib/request.py", asks_about_a_proxy)
    assert not told_by("back()", "shop", "/project/shop.py", asks_about_a_proxy)
