"""The cassette of a test that was renamed is named where one is missing."""

import urllib.request

import pytest
from recordings import URL, interaction, write

import cassette
from cassette.matching import Matching
from cassette.tapes.nearby import renamed_from

USERS, ORDERS = "/users?page=1", "/orders"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cassettes" / "test_users"


def found(path, taken=lambda _: False):
    return renamed_from(path, f"GET {URL}{USERS}", Matching(), taken)


def keep(path, *targets):
    path.parent.mkdir(parents=True, exist_ok=True)
    return write(path, *[interaction(path=target) for target in targets])


def test_a_cassette_with_the_request_is_found_the_nearest_name_first(folder):
    keep(folder / "test_alike.yaml", ORDERS)
    keep(folder / "something.yaml", USERS)
    near = keep(folder / "test_pages.yaml", ORDERS, USERS)
    assert found(folder / "test_page.yaml") == near


def test_that_of_a_renamed_module_is_found_in_the_folder_beside(folder):
    near = keep(folder / "test_page.yaml", USERS)
    assert found(folder.parent / "test_people" / "test_page.yaml").samefile(near)


def test_none_is_found_where_none_holds_the_request(folder):
    keep(folder / "test_pages.yaml", ORDERS)
    (folder / "test_pag.yaml").write_text("this: is no cassette")
    (folder / "test_pa.yaml").mkdir()
    assert found(folder / "test_page.yaml") is None
    assert found(folder / "missing" / "test_page.yaml") is None


def test_that_of_another_test_is_left_out(folder):
    near = keep(folder / "test_pages.yaml", USERS)
    assert found(folder / "test_page.yaml", taken=near.__eq__) is None


def test_the_error_gives_the_command(folder, monkeypatch):
    keep(folder / "test pages.yaml", USERS)
    monkeypatch.chdir(folder.parent.parent)
    monkeypatch.setenv("CI", "1")
    users = "cassettes/test_users"
    renamed = "If its test was renamed, rename it too: git mv "
    assert told(folder / "test_page.yaml") == [
        f"no interaction in {users}/test_page.yaml answers this request (record mode: none)",
        f"  GET {URL}{USERS}",
        "",
        "There is no such file yet.",
        f"Nearby, {users}/test pages.yaml holds this request.",
        f"{renamed}'{users}/test pages.yaml' {users}/test_page.yaml",
        "",
        "Nothing is recorded here, since CI is set in the environment.",
        f"To record it: cassette.use({str(folder / 'test_page.yaml')!r}, mode='new_episodes')",
    ]
    said = told(folder.parent / "test_people" / "test pages.yaml")
    assert said[5].endswith(": git mv cassettes/test_users cassettes/test_people")


def told(path):
    with cassette.use(path) as tape:
        with pytest.raises(cassette.UnmatchedRequestError) as caught:
            urllib.request.urlopen(f"{URL}{USERS}")
        tape.errors.clear()
    return str(caught.value).splitlines()
