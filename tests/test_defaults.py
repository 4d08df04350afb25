"""What a project repeats in every use is said once."""

import pytest

import cassette


def test_a_use_has_the_options_of_the_project_and_its_own(tmp_path):
    shop = cassette.Defaults(mode="none", freeze=False)
    with shop.use(tmp_path / "a.yaml") as tape:
        assert tape.mode == "none"
    with shop.tape(tmp_path / "a.yaml", mode="off") as tape:
        assert tape.mode == "off"
    assert dict(shop) == {"mode": "none", "freeze": False}
    assert repr(shop) == "Defaults(mode='none', freeze=False)"
    assert len(shop) == 2


def test_a_wrong_value_is_told_where_it_is_said():
    with pytest.raises(cassette.OptionError, match="there is no record mode 'nones'"):
        cassette.Defaults(mode="nones")
