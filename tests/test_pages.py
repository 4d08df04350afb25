"""Every error tells the page that explains it, and that page is there."""

import copy
import pickle
import re
import traceback

import pytest

from cassette.errors import CassetteError, CassetteNotFoundError, OptionError
from cassette.pages import DOCS, address
from cassette.verify.drift import DriftError  # noqa: F401 - one more class of error


def classes(kind=CassetteError):
    return [kind, *(one for below in kind.__subclasses__() for one in classes(below))]


def anchors(page):
    """The names that the headings of a page get on the site, and in editors."""
    headings = re.findall(r"^#+ (.*)$", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE)
    return [re.sub(r"[^\w -]", "", one.lower()).strip().replace(" ", "-") for one in headings]


@pytest.mark.parametrize("kind", classes())
def test_a_class_of_errors_names_a_page_and_a_section_that_exist(kind):
    page, _, section = kind.page.partition("#")
    assert (DOCS / page).is_file()
    assert not section or section in anchors(page)


def test_a_traceback_ends_in_the_address():
    error = CassetteNotFoundError("a.yaml")
    assert traceback.format_exception_only(error)[-1] == f"More: {address('tutorial.md#modes')}\n"


@pytest.mark.parametrize("copied", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_a_copy_tells_the_address_once(copied):
    error = OptionError("no such option")
    told = f"no such option\nMore: {address('pytest.md#options-of-the-marker')}"
    assert copied(error).told() == told


def test_an_address_is_as_a_person_would_type_it(monkeypatch):
    monkeypatch.chdir(DOCS.parent)
    assert address("time.md#time") == "docs/time.md#time"
