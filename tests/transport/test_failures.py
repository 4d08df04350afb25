"""Errors of a connection survive being written down."""

import http.client
import socket
import ssl

import pytest

from cassette import client
from cassette.model import Ended, Failure
from cassette.transport.failures import describe, rebuild


@pytest.mark.parametrize(
    ("error", "ended"),
    [
        (ConnectionRefusedError(111, "Connection refused"), Ended.REFUSED),
        (ConnectionResetError(104, "Connection reset by peer"), Ended.RESET),
        (ConnectionAbortedError(103, "Software caused connection abort"), Ended.RESET),
        (BrokenPipeError(32, "Broken pipe"), Ended.RESET),
        (TimeoutError("timed out"), Ended.TIMEOUT),
        (socket.gaierror(-2, "Name or service not known"), Ended.NOT_FOUND),
        (socket.herror(1, "Unknown host"), Ended.NOT_FOUND),
        (ssl.SSLCertVerificationError(1, "certificate verify failed"), Ended.TLS),
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), Ended.TLS),
        (OSError(101, "Network is unreachable"), Ended.FAILED),
        (OSError("Tunnel connection failed: 403 Forbidden"), Ended.FAILED),
        (client.RemoteDisconnected("hung up"), Ended.RESET),
        (client.BadStatusLine("garbage\r\n"), Ended.FAILED),
    ],
)
def test_an_error_comes_back_as_it_was(error, ended):
    how, failure = describe(error)
    again = rebuild(failure)
    assert how is ended
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert getattr(again, "errno", None) == getattr(error, "errno", None)


def test_an_error_of_a_class_of_its_own_comes_back_as_what_it_is_a_kind_of():
    class RefusalError(ConnectionRefusedError):
        pass

    for error, known in (
        (RefusalError(111, "no"), ConnectionRefusedError),
        (http.client.RemoteDisconnected("hung up"), client.RemoteDisconnected),
    ):
        assert type(rebuild(describe(error)[1])) is known


def test_what_a_client_wrapped_is_unwrapped():
    error = RuntimeError("cannot connect")
    error.__cause__ = ConnectionRefusedError(111, "Connection refused")
    assert describe(error) == (
        Ended.REFUSED,
        Failure("ConnectionRefusedError", 111, "Connection refused"),
    )


def test_an_error_from_no_socket_is_kept_by_its_message():
    assert describe(ValueError("odd")) == (Ended.FAILED, Failure("OSError", None, "odd"))


def test_a_number_that_a_kind_has_no_place_for_is_passed_over():
    assert str(rebuild(Failure("BadStatusLine", 5, "garbage"))) == "garbage"


@pytest.mark.parametrize("kind", ["SystemExit", "os.system", "", "Exception"])
def test_no_name_in_a_cassette_reaches_another_class(kind):
    assert type(rebuild(Failure(kind, None, "x"))) is OSError
