"""Secrets in header and trailer fields, by their names and by their grammar."""

from __future__ import annotations

import base64
import contextlib
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

from cassette.redaction.hits import Hit
from cassette.redaction.judging import CHECKSUM_FIELDS
from cassette.redaction.names import Tier, byte_words_in, words_in, words_of
from cassette.redaction.values import is_template, looks_random
from cassette.wire.heads import field_spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cassette.redaction.judging import Court

_LINE: Final = re.compile(rb"[^\s](?:[^\r\n]*[^\s])?")
_SCHEME: Final = re.compile(rb"[A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]*[ \t]+(?=\S)")
_AWS: Final = re.compile(rb"(?i:credential=([^/,\s]+))|(?i:signature=([^,\s]+))")
_PARAMETERS: Final = re.compile(rb"([\w-]+)[ \t]*=[ \t]*(?!=)(?:\"([^\"]*)\"|([^\s,;\"]+))")
_COOKIE: Final = re.compile(
    rb"([^=;]*)=[ \t]*(?:\"([^\"]*)\"(?=[ \t]*(?:;|\Z))|([^;]*))|[ \t]*([^=;]+)"
)
_PUBLIC: Final = words_in(
    "realm username user uri qop nc algorithm scope error error_description charset version "
    "oauth_version oauth_signature_method oauth_timestamp signedheaders stale domain"
)
"""Parameters of credentials and challenges that tell nothing (RFC 7616, RFC 5849, RFC 6750)."""

_SETTING: Final = re.compile(rb"[\w.:/+,%-]{1,24}")
_SETTINGS: Final = byte_words_in(b"deleted expired delete none null true false 0 1 yes no on off")


def in_fields(data: bytes, start: int, stop: int, court: Court) -> Iterator[Hit]:
    """Yield the secrets in header or trailer fields.

    Args:
        data: A message.
        start: Where its head, or the trailers, begin; a first line that is no field is passed over.
        stop: Where they end.
        court: Judges names and values.
    """
    for spelt, value_start, value_stop in field_spans(data, start, stop):
        name = spelt.decode("latin-1").lower()
        tier = court.tier(name)
        if tier is Tier.NONE:
            continue
        place = f"headers.{name}"
        # Line by line, so that the line breaks of a folded value stay.
        for line in _LINE.finditer(data, value_start, value_stop):
            yield from in_field(line[0], line.start(), name, tier, court, place)


def in_field(  # noqa: PLR0913, PLR0917 - what is known of one line
    value: bytes, at: int, name: str, tier: Tier, court: Court, place: str
) -> Iterator[Hit]:
    """Yield the secrets in the value of one field.

    Args:
        value: Its value.
        at: Its offset.
        name: Its name in lower case.
        tier: What the name says.
        court: Judges names and values.
        place: What a hit is to say of where it stands.
    """
    words = words_of(name)
    last = words[-1] if words else ""
    if tier is not Tier.OWN and last == "authorization":
        yield from _in_authorization(value, at, place)
    elif tier is not Tier.OWN and last in ("cookie", "cookies"):
        yield from _in_cookies(value, at, court, place, last=words[:1] == ["set"])
    elif tier is Tier.CERTAIN or court.hides(name, value, "headers"):
        scheme = _SCHEME.match(value)
        if scheme is not None and scheme[0].strip().lower() in _SCHEMES:
            yield from _in_authorization(value, at, place)
        elif not is_template(value.decode("latin-1")):
            yield Hit(at, at + len(value), value, place)
    elif b"=" in value and name not in CHECKSUM_FIELDS:
        # A signature as Stripe, Slack or a proxy spells it: ``t=1492774577,v1=5257a869...``.
        for pair in _PARAMETERS.finditer(value):
            group = 2 if pair[2] is not None else 3
            if looks_random(pair[group].decode("latin-1"), 16):
                yield Hit(at + pair.start(group), at + pair.end(group), pair[group], place)


_SCHEMES: Final = byte_words_in(
    b"basic bearer digest negotiate ntlm token apikey key oauth hawk bot sso-key genie key "
    b"snippet jwt hmac signature aws4-hmac-sha256 splunk discogs private-token klaviyo-api-key "
    b"pve pveapitoken sharedkey sharedkeylite sharedaccesssignature mac dpop gnap privatetoken "
    b"genieke geniekey zoho-oauthtoken client-id"
)


def _in_authorization(value: bytes, at: int, place: str) -> Iterator[Hit]:
    """Yield the credentials; the scheme stays (RFC 9110, section 11.4)."""
    scheme = _SCHEME.match(value)
    if scheme is None:
        if value.lower() not in _SCHEMES and not is_template(value.decode("latin-1")):
            yield Hit(at, at + len(value), value, place)
        return
    if value[:4].upper() == b"AWS4":
        # The date, region and service in the scope, and the signed names, are no secrets.
        for part in _AWS.finditer(value, scheme.end()):
            group = 1 if part[1] is not None else 2
            start, stop = part.span(group)
            yield Hit(at + start, at + stop, part[group], place, learn=group == 1)
        return
    start = scheme.end()
    rest = value[start:]
    if _PARAMETERS.match(rest) and (b"," in rest or b'="' in rest or b" " not in rest):
        found = list(_in_parameters(rest, at + start, place))
        if found:
            yield from found
            return
    if is_template(rest.decode("latin-1")):
        return
    yield Hit(at + start, at + len(value), rest, place)
    if value[:5].lower() == b"basic":
        with contextlib.suppress(ValueError):
            password = base64.b64decode(rest).partition(b":")[2]
            yield Hit(at, at, password, place)


def _in_parameters(value: bytes, at: int, place: str) -> Iterator[Hit]:
    """Yield the secrets among the parameters of credentials (RFC 9110, section 11.4)."""
    end = 0
    for pair in _PARAMETERS.finditer(value):
        if value[end : pair.start()].strip(b" \t,;"):
            return  # no list of parameters
        end = pair.end()
        name = pair[1].decode().lower()
        group = 2 if pair[2] is not None else 3
        if name in _PUBLIC or not pair[group]:
            continue
        start, stop = pair.span(group)
        yield Hit(at + start, at + stop, unquote_to_bytes(pair[group]), f"{place}.{name}")


def _in_cookies(value: bytes, at: int, court: Court, place: str, *, last: bool) -> Iterator[Hit]:
    """Yield the values of cookies; names and attributes stay (RFC 6265, section 4).

    Args:
        value: Value of the field.
        at: Its offset.
        court: Judges names and values.
        place: Its name.
        last: Whether only the first pair is a cookie, and the rest its attributes.
    """
    for pair in _COOKIE.finditer(value):
        # A cookie without a name is all value (RFC 6265bis, section 5.6).
        group = next(n for n in (2, 3, 4) if pair[n] is not None)
        secret = pair[group].rstrip()
        name = b"" if pair[1] is None else pair[1].strip()
        if secret and not _is_setting(name.decode("latin-1"), secret, court):
            start = at + pair.start(group)
            decoded = unquote_to_bytes(secret)
            learn = re.search(rb"[A-Za-z]", decoded) and re.search(rb"\d", decoded)
            yield Hit(start, start + len(secret), secret, place, learn=bool(learn))
        if last:
            return


def _is_setting(name: str, value: bytes, court: Court) -> bool:
    """Return whether a cookie is a setting, such as ``tz=Europe/Berlin``, that opens nothing."""
    if value.lower() in _SETTINGS:
        return True
    if court.tier(name) is not Tier.NONE:
        return is_template(value.decode("latin-1"))
    if not name or not _SETTING.fullmatch(value):
        return False
    text = unquote_to_bytes(value).decode("latin-1")
    return not looks_random(text, 6) and not (text.isdigit() and len(text) > 5)  # noqa: PLR2004
