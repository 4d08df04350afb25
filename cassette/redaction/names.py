"""Names of fields that hold credentials, judged by their words.

A name is split at separators, digits and humps: ``stripeSecretKey``, ``X-Secret-Key`` and
``SECRET_KEY`` are the same words. The last word says what the value is, those before it may take
that back: ``max_tokens``, ``next_page_token`` and ``sort_key`` are no credentials. How sure the
name alone is differs, so a name has a ``Tier``, and for all but the surest the value decides too.
"""

from __future__ import annotations

import enum
import re
from functools import lru_cache
from itertools import product
from typing import Final

_IGNORED: Final = "-_."
_STRIP: Final = str.maketrans("", "", _IGNORED)


def words_in(text: str) -> frozenset[str]:
    """Return the words of a list that stands in the source as text."""
    return frozenset(text.split())


def byte_words_in(text: bytes) -> frozenset[bytes]:
    """Return the same of bytes."""
    return frozenset(text.split())


class Tier(enum.IntEnum):
    """How much the name of a field says about its value."""

    NONE = 0
    MAYBE = 1  # a secret where it is long and random, in queries, forms and headers only
    LIKELY = 2  # a secret where it looks random
    NUMERIC = 3  # a secret where it is a short number, in requests only
    CERTAIN = 4  # a secret unless it is a placeholder, or a word for people
    OWN = 5  # the user says so: a secret whatever it is


def normal_name(name: str) -> str:
    """Return how the names that a user gives are compared.

    Lower case, without ``-``, ``_`` and ``.``; of ``user[password]``, the last part in brackets.
    """
    return _innermost(name).lower().translate(_STRIP)


def _innermost(name: str) -> str:
    if name.endswith("]"):
        return name[:-1].rpartition("[")[2] or name.partition("[")[0]
    return name


_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+")


def words_of(name: str) -> list[str]:
    """Return the words of a name in lower case: ``["x", "api", "key"]`` of ``X-API-Key2``."""
    return [word.lower() for word in _WORD.findall(_innermost(name).replace("OAuth", "Oauth"))]


_CERTAIN: Final = words_in("""
    password passwd passwort passphrase passcode pwd pass pswd passw kennwort contrasena senha
    motdepasse wachtwoord parola secret secrets passwords apikey apikeys privatekey authorization
    cookie cookies htpasswd
    """)
_LIKELY: Final = words_in("""
    token tokens auth authentication jwt csrf xsrf sid sessionid bearer credential credentials
    sessid phpsessid
    jsessionid nonce assertion authenticity verifier cookie signature hmac accesskey mnemonic
    connectionstring kubeconfig samlresponse samlrequest otpauth dsn webhook sas session
    """)
_NUMERIC: Final = words_in("pin otp cvv cvc totp cvn")
_MAYBE: Final = words_in("code key sign sig hash ticket license licence digest state")
"""Last words that are too common to say much."""

_HASHES: Final = words_in("signature hmac sig sign hash digest nonce state session webhook")
"""What is a credential where it is sent along, and a checksum where it is a member of JSON."""

_GLUED: Final = (
    ("password", Tier.CERTAIN), ("passwd", Tier.CERTAIN), ("passphrase", Tier.CERTAIN),
    ("passcode", Tier.CERTAIN), ("secret", Tier.CERTAIN), ("apikey", Tier.CERTAIN),
    ("secretkey", Tier.CERTAIN), ("privatekey", Tier.CERTAIN), ("pwd", Tier.CERTAIN),
    ("token", Tier.LIKELY), ("sessionid", Tier.LIKELY), ("sessid", Tier.LIKELY),
    ("accesskey", Tier.LIKELY), ("authkey", Tier.LIKELY), ("sharedkey", Tier.LIKELY),
    ("signingkey", Tier.LIKELY), ("encryptionkey", Tier.LIKELY), ("masterkey", Tier.LIKELY),
    ("subscriptionkey", Tier.LIKELY), ("accesskeyid", Tier.LIKELY), ("signature", Tier.LIKELY),
    ("authorization", Tier.CERTAIN), ("credential", Tier.LIKELY), ("cookie", Tier.LIKELY),
    ("licensekey", Tier.LIKELY), ("servicekey", Tier.LIKELY), ("userkey", Tier.LIKELY),
    ("appkey", Tier.LIKELY), ("userpass", Tier.CERTAIN),
)  # fmt: skip
"""What a word may end in where nothing shows that it is two."""

_SPECIAL: Final = words_in("""
    samlresponse samlrequest relaystate xjfrogartapi xrhidentity xmsclientprincipal xamznoidcdata
    xclientcert
    """)
"""Whole names, without separators, whose words say nothing."""

_NEUTRAL: Final = words_in("""
    value values string str text pem base confirm confirmation confirmed again repeat repeated
    verify retype plain plaintext raw encoded encrypted binary data der hex val
    """)
"""Last words that say nothing about what stands there."""

_HARMLESS_LAST: Final = words_in("""
    count counts type types url urls uri name names id ids expires expiry expiration expire exp at
    in policy policies limit limits hint hints length len size format status required reset
    strength ttl age date time algorithm alg method methods mode scheme usage used version field
    fields label labels placeholder prefix title description message messages error errors help
    rule rules score index path file endpoint supported valid ok changed updated created last
    provider scope scopes logprobs enabled disabled present exists set info header headers
    """)
_HARMLESS_ANYWHERE: Final = words_in("""
    next prev previous page pages paging cursor sort sorting partition public publishable foreign
    cache cached lock continuation continue pagination idempotency max min total num prompt
    completion input output reasoning tokenizer stop eos bos pad unk mask site sitekey row column
    issue project dedup deduplication translation routing message event group parent child natural
    composite unique range attribute item record i18n locale country zip postal postcode area
    status error response exit http product currency discount coupon promo promotion voucher
    language lang region iso airport airline icao iata bar qr source short dial phone calling
    vat tax swift sync delta resume since max start end license_type spdx sample symbol coin
    contract erc nft
    """)
_NO_KEYS: Final = words_in("""
    object hash s map primitive sequence data json column field search ordering order shortcut
    hot arrow keyboard up down left right enter index storage_class dict msg text label name
    template theme asset file path content image entity category type answer grid lookup param
    parameter query filter metric series tag option setting config property resource
    """)
"""What a ``key`` is for where it opens nothing."""

_QUALIFIED_IDS: Final = frozenset(
    ("accesskey", "session", "sess", "secret", "token", "privatekey", "apikey", "keyid")
)


@lru_cache(4096)
def tier_of(name: str) -> Tier:
    """Return what a name says about the value behind it."""
    words = words_of(name)
    if not words or len(name) > 200:  # noqa: PLR2004 - no name is so long, some texts are
        return Tier.NONE
    if words[-2:] == ["connection", "string"]:
        return Tier.LIKELY
    while len(words) > 1 and words[-1] in _NEUTRAL:
        words.pop()
    last, before = words[-1], words[:-1]
    if last == "id" and before:
        return Tier.LIKELY if _names_a_credential(before) else Tier.NONE
    if last in _HARMLESS_LAST and "".join(words) not in _SPECIAL:
        return Tier.NONE
    tier = Tier.LIKELY if "".join(words) in _SPECIAL else _tier_of_words(last, before)
    # What is called a password or a secret is one for a page, a group or a route too.
    if last not in _CERTAIN and not _HARMLESS_ANYWHERE.isdisjoint(before):
        return Tier.NONE
    return tier


def _names_a_credential(before: list[str]) -> bool:
    """Return whether an ``id`` is one of a key or a session, which are credentials themselves."""
    return (
        before[-1] in ("session", "sess", "phpsess", "jsession")
        or (before[-1] == "key" and any(word in ("access", "private") for word in before))
        or before[-1] in _QUALIFIED_IDS - {"session", "secret", "token"}
    )


_LAST: Final = {
    **dict.fromkeys(_MAYBE, Tier.MAYBE),
    **dict.fromkeys(_LIKELY, Tier.LIKELY),
    **dict.fromkeys(_NUMERIC, Tier.NUMERIC),
    **dict.fromkeys(_CERTAIN, Tier.CERTAIN),
}


def _tier_of_words(last: str, before: list[str]) -> Tier:
    if last in ("key", "keys"):
        return _tier_of_key(before)
    if last in ("code", "codes"):
        # A code that follows such a word is asked for, where others only sort things.
        if not _ASKED.isdisjoint(before):
            return Tier.LIKELY
        return Tier.MAYBE if last == "code" else Tier.NONE
    for words, tier in _AFTER.get(last, {}).items():
        if not words.isdisjoint(before):
            return tier
    known = _LAST.get(last)
    if known is None:
        known = max((tier for end, tier in _GLUED if last.endswith(end)), default=Tier.NONE)
    return known


_ASKED: Final = words_in("otp mfa totp verification recovery backup scratch factor device")
_OF_TOKENS: Final = words_in(
    """
    access refresh id auth oauth api bearer session client bot csrf xsrf secret private personal
    security service admin root master login sso identity github gitlab slack npm
    """
)
_PASSES: Final = words_in("boarding season day test ski visitor")
_AFTER: Final = {
    "token": {_OF_TOKENS: Tier.CERTAIN},
    "hash": {_CERTAIN: Tier.CERTAIN},
    "pass": {_PASSES: Tier.NONE},
}
"""What words are where others stand before them."""


def _tier_of_key(before: list[str]) -> Tier:
    """Return what a ``key`` is: by what it is said to be for."""
    if not before:
        return Tier.MAYBE
    kind = before[-1]
    if kind in ("api", "private", "secret", "signing", "encryption", "master", "shared"):
        return Tier.CERTAIN
    return Tier.NONE if kind in _NO_KEYS else Tier.LIKELY


def is_checksum(name: str) -> bool:
    """Return whether the value would be a checksum, not a credential, as a member of JSON."""
    words = words_of(name)
    return bool(words) and words[-1] in _HASHES and not (words[-1] == "hash" and len(words) > 1)


def _tails() -> frozenset[bytes]:
    """Return the last three letters of every name with a tier, in the usual cases."""
    ends = {*_CERTAIN, *_LIKELY, *_NUMERIC, *_MAYBE, *_NEUTRAL, *(end for end, _ in _GLUED)}
    ends |= {"key", "keys", "codes", "accesskeyid", "keyid", "sessionid", "_id", "-id"}
    ends |= _SPECIAL
    return frozenset(
        "".join(letters).encode()
        for tail in {end[-3:] for end in ends}
        for letters in product(*((letter, letter.upper()) for letter in tail))
    )


TAILS: Final = _tails()
"""What a name with a tier may end in, digits and brackets left out: a quick test."""
