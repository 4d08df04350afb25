"""sentry-sdk."""

import contextlib

import sentry_sdk

HEADERS = ("sentry-trace", "baggage")

_kept = []


def install():
    sentry_sdk.init(
        "http://key@sentry.invalid/1",
        traces_sample_rate=1.0,
        auto_enabling_integrations=False,
        before_send_transaction=_keep,
    )


def _keep(event, _hint):
    _kept.extend(event["spans"])  # nothing is sent


@contextlib.contextmanager
def trace():
    _kept.clear()
    spans = []
    with sentry_sdk.start_transaction(name="test"):
        yield spans
    spans += [(span["description"], span["data"].get("reason")) for span in _kept]
