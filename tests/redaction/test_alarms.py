"""What raises no alarm is not searched, so a name must raise one however it is spelt."""

import json
from urllib.parse import quote

import pytest
from messages import FORM, call_of, post
from recordings import OK, after

from cassette.model import Interaction, Response
from cassette.redaction import Redactor
from cassette.redaction.alarms import has_name, words_of

SECRET = "abcdefgh12345678"


def masked(redactor, message):
    interaction = Interaction(call_of(message), message, Response(OK, "POST"), after(0))
    return redactor.redact(interaction).request.raw


@pytest.mark.parametrize("name", ["password", "Schlüssel", "пароль", "合言葉"])
@pytest.mark.parametrize(
    ("spell", "kind"),
    [
        (lambda name: json.dumps({name: SECRET}), "application/json"),
        (lambda name: json.dumps({name: SECRET}, ensure_ascii=False), "application/json"),
        (lambda name: f"{quote(name)}={SECRET}", FORM),
        (lambda name: "".join(f"%{b:02x}" for b in name.encode()) + f"={SECRET}", FORM),
    ],
    ids=["JSON in ASCII", "JSON in UTF-8", "a form", "a form, all of it escaped"],
)
def test_a_name_is_found_in_any_alphabet_and_spelling(name, spell, kind):
    body = spell(name).encode()
    assert SECRET.encode() in body
    assert SECRET.encode() not in masked(Redactor([name]), post(body, kind))


@pytest.mark.parametrize("letter", [chr(code) for code in range(ord("a"), ord("z") + 1)])
def test_a_letter_of_a_name_may_be_spelt_as_an_escape(letter):
    body = f'{{"pass\\u{ord(letter):04x}": 1}}'.encode()
    assert has_name(body, words_of(frozenset([f"pass{letter}"])))


def test_accented_letters_raise_no_alarm_of_themselves():
    assert not has_name(b'{"label": "\\u00dcberraschung"}', words_of(frozenset(["token"])))
