"""Header fields that say something about the moment, the way or the one exchange, and no more."""

from __future__ import annotations

from typing import Final

_FLEETING_FIELDS: Final = """
    age alt-svc cf-cache-status connection content-length keep-alive nel proxy-connection report-to
    reporting-endpoints server-timing trailer transfer-encoding via warning x-cache x-cache-hits
    x-served-by x-timer
"""
FLEETING: Final = frozenset(_FLEETING_FIELDS.split())
"""Header fields that come and go with caches, proxies and connections: they do not count."""

_VARYING_FIELDS: Final = """
    cf-ray content-digest content-md5 date digest etag expires last-modified ratelimit
    ratelimit-remaining ratelimit-reset repr-digest request-id retry-after set-cookie traceparent
    tracestate x-amz-cf-id x-amz-id-2 x-amz-request-id x-amz-version-id x-amzn-requestid
    x-amzn-trace-id x-b3-spanid x-b3-traceid x-correlation-id x-github-request-id
    x-ms-request-id x-rate-limit-remaining x-rate-limit-reset x-ratelimit-remaining
    x-ratelimit-reset x-ratelimit-used x-request-id x-response-time x-runtime x-trace-id
"""
VARYING: Final = frozenset(_VARYING_FIELDS.split())
"""Header fields whose value is another one each time, or with each change of the data: that they
are there counts, their value does not."""
