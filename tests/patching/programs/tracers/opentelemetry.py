"""opentelemetry-instrumentation-requests, its sisters, and what they share."""

import contextlib

from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.instrumentation.urllib import URLLibInstrumentor
from opentelemetry.instrumentation.urllib3 import URLLib3Instrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import set_tracer_provider
from opentelemetry.util.http.httplib import HttpClientInstrumentor

HEADERS = ("traceparent",)

_kept = InMemorySpanExporter()


def install():
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(_kept))
    set_tracer_provider(provider)
    for instrumentor in (
        HttpClientInstrumentor(),  # it makes no spans; it wraps `connect` and `send`
        RequestsInstrumentor(),
        URLLibInstrumentor(),
        URLLib3Instrumentor(),
    ):
        instrumentor.instrument()


@contextlib.contextmanager
def trace():
    _kept.clear()
    spans = []
    yield spans
    for span in _kept.get_finished_spans():
        status = span.attributes.get("http.status_code")
        spans.append((span.name, status, "net.peer.ip" in span.attributes))
