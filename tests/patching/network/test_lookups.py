"""The names of addresses: the latest first, however an address is spelt."""

import pytest

from cassette.patching.network.lookups import LookUps


@pytest.fixture
def lookups():
    found = LookUps()
    found.note("127.0.0.1", "one.test")
    found.note("127.0.0.1", "two.test")
    found.note("::1", "one.test")
    return found


def test_the_latest_name_of_an_address_comes_first(lookups):
    assert lookups.names_of("127.0.0.1") == ["two.test", "one.test"]
    lookups.note("127.0.0.1", "one.test")
    assert lookups.names_of("127.0.0.1") == ["one.test", "two.test"]


@pytest.mark.parametrize("spelt", ["::1", "0:0::1", "0000::0001"])
def test_an_address_is_the_same_in_every_spelling(lookups, spelt):
    assert lookups.names_of(spelt) == ["one.test"]


def test_what_nobody_has_looked_up_has_no_name(lookups):
    assert lookups.names_of("192.0.2.1") == []
    lookups.forget()
    assert lookups.names_of("127.0.0.1") == []
