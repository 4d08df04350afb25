"""Values: which ones look like a credential, and which are said to people or stand in for one.

A name alone hides too much: ``token`` is a coin, ``key`` a sort order, ``password`` the label of a
field. So the value decides with it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from cassette.redaction.names import words_in

_BIGRAMS: Final = words_in("""
    ab ac ad af ag ai ak al am an ap ar as at au av aw ay ba bb be bi bl bo br bs bu by ca cc ce ch
    ci ck cl co cr cs ct cu cy da dd de di do dr ds du dy ea ec ed ee ef eg ei el em en eo ep eq er
    es et ev ew ex ey fa fe ff fi fl fo fr ft fu fy ga ge gh gi gl gn go gr gs gu ha he hi ho hr ht
    hu ia ib ic id ie if ig ik il im in io ip ir is it iv ix iz ja je jo ju ke ki kn ks la lc ld le
    lf li lk ll lo ls lt lu ly ma mb me mi mm mo mp ms mu my na nc nd ne nf ng ni nk nn no ns nt nu
    nv ny oa ob oc od oe of og oi ok ol om on oo op or os ot ou ov ow ox oy pa pe ph pi pl po pp pr
    ps pt pu py qu ra rb rc rd re rf rg ri rk rl rm rn ro rp rr rs rt ru rv ry sa sc se sh si sk sl
    sm sn so sp ss st su sw sy ta tc te th ti tl to tp tr ts tt tu tw ty ub uc ud ue ug ui ul um un
    up ur us ut va ve vi vo wa we wh wi wn wo wr xc xe xi xp xt ye yi ym yo yp ys za ze zi
    """)
"""Pairs of letters that follow each other in words; of random letters two in five do."""

_PART: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")
_TOKEN: Final = re.compile(r"[\x21\x23-\x26\x28-\x3b\x3d\x3f-\x5b\x5d-\x7e]+")
"""Printable characters but blanks, quotes, angle brackets and the backslash."""

_FACT: Final = r"""
    \d{4}-\d\d-\d\d(?:[T_ ].*)? | \d\d?[:/.]\d\d(?:[:/.]\d\d(?:\d\d)?)?(?:[.,]\d+)?  # dates, times
    | \d{1,3}(?:\.\d{1,3}){3}(?:[:/]\d+)?                               # addresses
    | v?\d+(?:\.\d+){1,3}(?:[-+.][A-Za-z0-9.]+)?                        # versions
    | [a-z][a-z0-9+.-]*://\S* | (?:\.{0,2}|~)/[a-z_./-]*                 # URLs, paths
    | [\w.+-]+@[\w-]+(?:\.[\w-]+)+                                      # mail
    | (?:text|image|audio|video|application|multipart|font)/[\w.+-]+
    | arn:aws[\w-]*:.* | urn:[\w-]+:.* | [A-Z]{2,}(?:_[A-Z0-9]+)*       # ids, CONSTANTS
    | (?:[a-z][\w-]*\.)+(?:com|org|net|io|dev|example|local|test|app|co)
    | W/".*" | \#[0-9a-fA-F]{3,8}
    """
_PLAIN_FACT: Final = re.compile(_FACT, re.VERBOSE)
_NO_SECRET: Final = re.compile(rf"{_FACT} | [a-z]+(?:[-_ ][a-z]+)*", re.VERBOSE)

_TEMPLATE: Final = r"""
    <[^<>]{1,80}> | \{\{?[^{}]{1,80}\}?\} | \$\{?\(?[A-Za-z_][\w.]*\)?\}? | %[A-Za-z_]\w*%
    | \[[A-Za-z _.-]{1,40}\] | \(?(?:hidden|masked|redacted|filtered|removed|sensitive)\)?
    | [*xX•.#-]{3,}.{0,4} | .{0,4}[*•]{3,}.{0,4} | \*+\w{0,4}
    """
"""What a program puts a value into, or a tool has put in its place."""

_PLACEHOLDER: Final = re.compile(
    rf"""{_TEMPLATE}
    | (.)\1*                                                            # xxx, 0000
    | _{0, 2}(?:redacted|filtered|removed|masked|hidden|secret|sanitized|scrubbed)_{0, 2}
    | (?:your|insert|enter|replace|paste)[-_ ].*
    | .*[-_ ](?:here|goes|placeholder)
    | (?:example|sample|dummy|fake|mock|placeholder|changeme|change[-_]me|todo|tbd|foo|bar|foobar)
      (?:[-_ ].*)?
    | (?:string|none|null|nil|undefined|true|false|yes|no|on|off|n/?a|unknown|empty|blank)
    | process\.env\.\w+ | os\.environ.* | (?:env|secrets|vars|config|var|vault|ssm|op):?[./:].*
    """,
    re.VERBOSE | re.IGNORECASE,
)

_LABELS: Final = words_in("""
    password passwd secret required optional string text hidden invalid weak strong medium basic
    bearer digest oauth oauth2 none plain default any all api_key apikey token header query cookie
    session password_confirmation incorrect missing blank empty valid number integer boolean
    object array saml ldap kerberos sso jwt login user manual automatic enabled disabled expired
    active inactive unset changed updated confirmed present access refresh id_token access_token
    refresh_token hmac md5 sha1 sha256 bcrypt argon2 scrypt pbkdf2
    """)
"""What forms, schemas and settings say where a credential could stand."""


_TEMPLATE_ONLY: Final = re.compile(_TEMPLATE, re.VERBOSE)


def is_template(value: str) -> bool:
    """Return whether a value was never filled in: ``<token>``, ``${TOKEN}``, ``***``."""
    return len(value) < 100 and _TEMPLATE_ONLY.fullmatch(value) is not None  # noqa: PLR2004


def is_placeholder(value: str) -> bool:
    """Return whether a value stands in for a secret: ``YOUR_API_KEY``, ``<token>``, ``***``."""
    return len(value) < 100 and _PLACEHOLDER.fullmatch(value) is not None  # noqa: PLR2004


def is_plain_fact(value: str) -> bool:
    """Return whether a value is a date, a version, an address, a path or the like."""
    return _PLAIN_FACT.fullmatch(value) is not None


def is_for_people(value: str) -> bool:
    """Return whether a value is a label, a message or a link, rather than a password."""
    if value.lower() in _LABELS or re.match(r"https?://[^\s@]+\Z", value):
        return True
    words = value.split()
    if len(words) == 1:
        # "Password", "Kennwort:"; a capital and nothing but letters.
        return re.fullmatch(r"[A-ZÀ-Þ][a-zà-ÿ]+[:.!?*]?", value) is not None
    return all(
        re.fullmatch(r"[\W_]*[^\W\d_]*(?:['\u2019-][^\W\d_]+)*\W*|\d{1,3}\W*", w) for w in words
    )


@lru_cache(4096)
def looks_random(value: str, size: int) -> bool:
    """Return whether a value of at least ``size`` characters looks like one that a machine made."""
    if len(value) < size or not _TOKEN.fullmatch(value):
        return False
    if len(value) > 4096:  # noqa: PLR2004 - long enough to be told by its beginning
        value = value[:4096]
    if value.isdigit():
        return len(value) >= max(size, 8) and len(set(value)) > 2  # noqa: PLR2004
    if len(set(value)) < 6 or _NO_SECRET.fullmatch(value):  # noqa: PLR2004
        # Lower-case letters alone may be either.
        return value.isalpha() and len(set(value)) > 5 and not _is_word(value)  # noqa: PLR2004
    return _is_mostly_noise(value)


def _is_mostly_noise(value: str) -> bool:
    noise, letters = 0.0, 0
    parts = _PART.findall(value)
    for part in parts:
        letters += len(part)
        if part.isdigit():
            # A number beside words counts them: a year, a version.
            noise += len(part) if len(part) > 4 else len(part) / 2  # noqa: PLR2004
        elif len(part) < 3:  # noqa: PLR2004
            noise += len(part) / 2 if part.islower() else len(part)
        elif not _is_word(part):
            noise += len(part)
    # Humps as many as these are not the humps of words, nor are digits between all letters.
    if len(parts) * 3 > letters or (len(value) >= 16 and _mixes(value) >= len(value) // 5):  # noqa: PLR2004
        return True
    return noise * 5 >= letters * 2


_MIX: Final = re.compile(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])|(?<=[a-z])(?=[A-Z])")


def _mixes(value: str) -> int:
    """Return how often a text goes from letters to digits, back, or to capitals."""
    return len(_MIX.findall(value))


def _is_word(part: str) -> bool:
    pairs = [part[i : i + 2].lower() for i in range(len(part) - 1)]
    common = sum(pair in _BIGRAMS for pair in pairs)
    return common * 4 >= len(pairs) * 3 and not (part.isupper() and len(part) > 16)  # noqa: PLR2004
