"""What counts as drift is checked when it is said."""

import pytest

import cassette
from cassette.verify.verification import Verification


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"compare": "body"},
            ("compare: expected a list, found the string 'body'\n"
            "Write compare=('body',) for a single one."),
        ),
        (
            {"compare": ["bodies"]},
            ("compare: 'bodies' cannot be compared; did you mean 'body'?\n"
            "It may be: status, headers, shape, body"),
        ),
        ({"tolerance": 5}, "tolerance is 5\nIt is a share from 0 up to 1, such as 0.01."),
        (
            {"ignore": ["query:a"]},
            "ignore: 'query:a' stands in no response\nWrite header:NAME or json:$.PATH",
        ),
    ],
)  # fmt: skip
def test_a_wrong_option_says_what_would_be_right(options, message):
    with pytest.raises(cassette.OptionError) as caught:
        Verification(**options)
    assert str(caught.value) == message
