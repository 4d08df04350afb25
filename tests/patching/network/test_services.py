"""What is behind a well-known port."""

import pytest

from cassette.patching.network.services import service_at


@pytest.mark.parametrize("port", [5432, "5432", b"5432"])
def test_a_port_is_told_however_it_is_given(port):
    assert service_at(port) == ("PostgreSQL", 5432)


def test_the_name_of_a_service_stands_for_its_port():
    assert service_at("ssh") == ("SSH", 22)


@pytest.mark.parametrize("port", [None, 80, 443, 8080, "http", "no-such-service", "", "\x00", 0])
def test_what_may_be_anything_or_speaks_http_is_not_named(port):
    assert service_at(port) is None
