"""aws-xray-sdk."""

import contextlib

from aws_xray_sdk import core
from aws_xray_sdk.core import xray_recorder

HEADERS = ("x-amzn-trace-id",)


class _Nowhere:
    def send_entity(self, entity):
        """Send nothing."""


def install():
    xray_recorder.configure(sampling=False, emitter=_Nowhere(), service="test")
    core.patch(["httplib"])


@contextlib.contextmanager
def trace():
    spans = []
    with xray_recorder.in_segment("test"), xray_recorder.in_subsegment("part") as part:
        yield spans
    waiting = list(part.subsegments)
    for span in waiting:
        waiting += span.subsegments
        spans.append((span.name, span.http.get("response", {}).get("status")))
