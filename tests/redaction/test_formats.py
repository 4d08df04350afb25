# ruff: noqa: E501 - values, one beside the other
"""What parsed before it was masked parses after, with the same structure."""

import html.parser
import json
from datetime import UTC, datetime
from email.parser import BytesParser
from urllib.parse import parse_qsl, urlencode
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from hypothesis import given, settings
from hypothesis import strategies as st
from redaction.corpus import request, response

from cassette.model import Interaction, Request, Response
from cassette.redaction import Redactor

NAMES = st.sampled_from(
    ["password", "token", "access_token", "apiKey", "session_id", "name", "key", "value", "text", "code",
     "pin", "id", "secret", "signature", "Authorization", "cookie"]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["send <token> in the header", "<password>", "</password>x", 'say "password": "abcdefgh1234"',
         "token=abc123XYZ789qrs", "api_key: 'hunter2hunter2'", "https://u:p4ssw0rd99@h/?token=Zx81kQ22mm",
         "ghp_0123456789abcdefghijABCDEFGHIJ456789", "\\", '\\"', "a\nb", "]]>", "&amp;", "é\U0001f511",
         "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----", "--token Zx81kQ22mm7",
         '{"password": "Zx81kQ22mm7"}', "Bearer Zx81kQ22mm7Zx81kQ22mm7", "Zx81kQ22mm7", "a;b=c", "\0",
         "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib2IiLCJleHAiOjE3OTUwMDAwMDB9.c2lnbmF0dXJlMTIzNDU2"]
    ),
)  # fmt: skip
VALUES = st.recursive(
    TEXTS | st.integers(-(10**12), 10**12) | st.booleans() | st.none() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
PAIRS = st.lists(st.tuples(NAMES, TEXTS), max_size=5)
EXAMPLES = settings(max_examples=120, deadline=None)


def masked(sent, received, redactor=None):
    method = sent.split(b" ")[0].decode()
    known = Interaction(
        f"{method} https://h/x", Request(sent, "https://h/x"), Response(received, method), datetime.now(UTC)
    )  # fmt: skip
    return (redactor or Redactor()).redact(known)


def answered(body, kind):
    return masked(request(), response(body, kind=kind)).response.body


def shape(value):
    """A value of JSON without what its strings and numbers say."""
    if isinstance(value, dict):
        return {name: shape(member) for name, member in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    return "number" if isinstance(value, int | float) else "string"


@EXAMPLES
@given(value=VALUES, ascii_only=st.booleans(), indent=st.sampled_from([None, 2]))
def test_json_stays_json(value, ascii_only, indent):
    body = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode(
        "utf-8", "surrogatepass"
    )
    after = answered(body, "application/json")
    assert len(after) == len(body)
    assert shape(json.loads(after)) == shape(value)


@EXAMPLES
@given(value=VALUES)
def test_what_stands_before_a_secret_in_json_is_not_cut(value):
    body = json.dumps({"help": "send <token> in the header", "status": "ok", "v": value}).encode()
    after = json.loads(answered(body, "application/json"))
    assert (after["help"], after["status"]) == ("send <token> in the header", "ok")


@EXAMPLES
@given(PAIRS)
def test_forms_stay_forms(pairs):
    pairs = [(name, text.replace("\0", "")) for name, text in pairs]
    body = urlencode(pairs, errors="surrogatepass").encode()
    sent = request("/x", method="POST", body=body, kind="application/x-www-form-urlencoded")
    after = masked(sent, response(b"{}")).request.body
    assert len(after) == len(body)
    found = parse_qsl(after.decode(), keep_blank_values=True)
    assert [name for name, _ in found] == [name for name, _ in pairs]


@EXAMPLES
@given(PAIRS)
def test_multipart_stays_multipart(pairs):
    parts = [(n, t.encode("utf-8", "replace").replace(b"\n", b" ")) for n, t in pairs]
    body = b"".join(
        b'--B0\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (name.encode(), text)
        for name, text in parts
    ) + b"--B0--\r\n"  # fmt: skip
    kind = "multipart/form-data; boundary=B0"
    after = masked(request("/x", method="POST", body=body, kind=kind), response(b"{}")).request.body
    assert len(after) == len(body)
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    if parts:
        found = BytesParser().parsebytes(head + after).get_payload()
        names = [part.get_param("name", header="content-disposition") for part in found]
        assert names == [name for name, _ in parts]


def xml_text(text):
    return "".join(c for c in text if c in "\t\n" or " " <= c < "\ud800" or c > "\ufffd")


@EXAMPLES
@given(PAIRS)
def test_xml_stays_xml(pairs):
    pairs = [(name, xml_text(text)) for name, text in pairs]
    inner = "".join(
        f"<{name} {name}={quoteattr(text)}>{escape(text)}</{name}><c><![CDATA[{text.replace(']]>', '')}]]></c>"
        for name, text in pairs
    )
    body = f"<r>{inner}</r>".encode()
    after = answered(body, "application/xml")
    assert len(after) == len(body)
    before, now = ET.fromstring(body), ET.fromstring(after)
    assert [e.tag for e in before.iter()] == [e.tag for e in now.iter()]
    assert [[*e.attrib] for e in before.iter()] == [[*e.attrib] for e in now.iter()]


class Tags(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, [name for name, _ in attrs]))


@EXAMPLES
@given(PAIRS)
def test_html_stays_html(pairs):
    inner = "".join(
        f'<input name="{name}" value={quoteattr(xml_text(text))}><p>{escape(xml_text(text))}</p>'
        for name, text in pairs
    )
    body = f"<html><body>{inner}</body></html>".encode()
    after = answered(body, "text/html")
    assert len(after) == len(body)
    assert Tags(after.decode()).found == Tags(body.decode()).found


@EXAMPLES
@given(st.lists(VALUES, max_size=3), st.sampled_from(["application/x-ndjson", "text/event-stream"]))
def test_lines_of_json_stay_lines_of_json(values, kind):
    lead = "data: " if "event" in kind else ""
    gap = "\n\n" if lead else "\n"
    body = "".join(f"{lead}{json.dumps(value)}{gap}" for value in values).encode()
    after = answered(body, kind).decode()
    assert len(after.encode()) == len(body)
    found = [json.loads(line.removeprefix(lead)) for line in after.splitlines() if line]
    assert list(map(shape, found)) == list(map(shape, values))


@EXAMPLES
@given(st.lists(st.tuples(NAMES, TEXTS), max_size=5))
def test_headers_stay_headers(pairs):
    lines = [
        (name.replace("_", "-"), "".join(c for c in text if " " <= c < "\x7f"))
        for name, text in pairs
    ]
    sent = request("/x", *[f"{name}: {text}" for name, text in lines])
    after = masked(sent, response(b"{}"))
    assert len(after.request.raw) == len(sent)
    assert after.request.headers.keys() == Request(sent).headers.keys()
    assert after.request.parsed.complete
