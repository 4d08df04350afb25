"""Which hosts a pattern covers."""

import pytest

import cassette
from cassette.tapes.hosts import Hosts


@pytest.mark.parametrize(
    ("pattern", "host"),
    [
        ("api.example.com", "api.example.com"),
        ("API.example.com.", "api.Example.com"),
        ("api.example.com", "api.example.com."),
        ("*.example.com", "api.example.com"),
        ("api?.example.com", "api1.example.com"),
        ("api[12].example.com", "api2.example.com"),
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.*", "127.0.0.9"),
        ("127.0.0.1", "::ffff:127.0.0.1"),
        ("::1", "0:0:0:0:0:0:0:1"),
        ("[::1]", "::1"),
        ("fe80::1", "fe80::1%eth0"),
        ("fe80::*", "fe80::1"),
        ("10.0.0.0/8", "10.1.2.3"),
        ("10.1.2.3/8", "10.4.5.6"),
        ("fd00::/8", "fd12::1"),
        ("localhost", "127.0.0.1"),
        ("localhost", "::1"),
    ],
)
def test_a_pattern_covers_a_host(pattern, host):
    assert Hosts([pattern]).allow(host, 80)
    assert Hosts(["elsewhere", pattern]).allow(host)


@pytest.mark.parametrize(
    ("pattern", "host"),
    [
        ("api.example.com", "example.com"),
        ("*.example.com", "example.com"),
        ("10.0.0.0/8", "11.1.2.3"),
        ("10.0.0.0/8", "::1"),
        ("10.0.0.0/8", "ten.example.com"),
        ("127.0.0.1", "localhost"),
        ("localhost", "127.0.0.2"),
    ],
)
def test_a_pattern_covers_no_other_host(pattern, host):
    assert not Hosts([pattern]).allow(host, 80)


@pytest.mark.parametrize(
    ("pattern", "host"),
    [
        ("api.example.com:443", "api.example.com"),
        ("*.example.com:443", "api.example.com"),
        ("127.0.0.1:443", "127.0.0.1"),
        ("[::1]:443", "::1"),
        ("localhost:443", "127.0.0.1"),
    ],
)
def test_a_port_in_a_pattern_is_the_only_one(pattern, host):
    hosts = Hosts([pattern])
    assert hosts.allow(host, 443)
    assert not hosts.allow(host, 80)
    assert hosts.allow(host), "at some port"


def test_one_pattern_may_stand_without_a_list():
    assert Hosts("*.local").allow("printer.local")


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("", "is no host"),
        (7, "is no host"),
        ("https://example.com/", "is a URL, not a host"),
        ("10.0.0.0/99", "is no network"),
        ("example.com/path", "is no network"),
        ("localhost:http", "has 'http' for its port"),
        ("localhost:65536", "has '65536' for its port"),
        ("[::1]80", "is no host"),
        ("fe80::x", "is no host"),
        ("[::1]:", "has '' for its port"),
    ],
)
def test_what_can_be_no_host_is_an_error_of_ours(tmp_path, pattern, problem):
    with pytest.raises(cassette.OptionError) as caught:
        cassette.use(tmp_path / "a.yaml", allow_hosts=[pattern])
    assert str(caught.value) == (
        f"{pattern!r} in allow_hosts {problem}\n"
        "A host is a name, an address or a pattern, with a port or without, or a network: "
        "localhost, *.local, 127.0.0.1:8080, [::1]:8080, 10.0.0.0/8"
    )


def test_hosts_that_are_no_list_are_an_error_of_ours():
    with pytest.raises(cassette.OptionError, match="7 in allow_hosts is no list of hosts"):
        Hosts(7)
