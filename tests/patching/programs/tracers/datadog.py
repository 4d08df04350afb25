"""ddtrace."""

import contextlib

import ddtrace
from ddtrace.trace import TraceFilter, tracer

HEADERS = ("x-datadog-trace-id", "x-datadog-parent-id", "traceparent")

_kept = []


class _Keep(TraceFilter):
    def process_trace(self, trace):
        _kept.extend(trace)  # nothing is sent


def install():
    tracer.configure(trace_processors=[_Keep()])
    ddtrace.patch(httplib=True)


@contextlib.contextmanager
def trace():
    _kept.clear()
    spans = []
    with tracer.trace("test"):
        yield spans
    tags = [(span.name, span.get_tag("http.status_code")) for span in _kept]
    spans += [tag for tag in tags if tag[0] != "test"]
