"""A wrong name of an option is answered with the right one, also where it is another library's."""

import re

import pytest

import cassette
from cassette.naming import FOREIGN

ANSWERS = {
    "record_mode": "here that is mode",
    "allow_playback_repeats": "here that is repeat",
    "match_requests_on": "here that is match_on",
    "assert_all_called": "here that is on_unplayed='fail'",
    "filter_headers": "here that is redact=cassette.Redactor([NAME]), for what is not masked by "
    "default",
    "match_one": "did you mean 'match_on'?",
}


@pytest.mark.parametrize(("name", "answer"), ANSWERS.items())
@pytest.mark.parametrize(
    "use",
    [
        lambda **options: cassette.use("a.yaml", **options),
        lambda **options: cassette.tape("a.yaml", **options),
        cassette.Defaults,
        lambda **options: cassette.Defaults().use("a.yaml", **options),
    ],
    ids=["use", "tape", "Defaults", "Defaults.use"],
)
def test_a_name_of_another_library_is_answered_with_ours(use, name, answer):
    with pytest.raises(cassette.OptionError) as caught:
        use(**{name: "none"})
    first, options = str(caught.value).split("\n")
    assert first == f"there is no option {name!r}; {answer}"
    assert options.startswith("Options: ")
    assert ", mode, match_on, " in f", {options.removeprefix('Options: ')}"


@pytest.mark.parametrize("advice", sorted(set(FOREIGN.values()), key=repr))
def test_an_advice_starts_with_an_option_that_there_is(advice):
    option = re.match(r"\w+", advice)[0]
    assert option in cassette.Options.__annotations__ or option in {"the", "a", "always"}
