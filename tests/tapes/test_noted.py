"""What a use has met is kept for its end."""

import threading

from cassette.errors import OptionError
from cassette.tapes import telling
from cassette.tapes.family import Family
from cassette.tapes.noted import NotedErrors


def test_an_error_is_kept_once_however_often_it_is_met(tmp_path):
    noted = NotedErrors(tmp_path / "a.yaml", Family())
    first, like_it = OptionError("x"), OptionError("x")
    for error in (first, like_it, first):
        noted.note(error)
    assert noted.all == [first, like_it]


def test_no_error_is_lost_between_threads(tmp_path):
    noted = NotedErrors(tmp_path / "a.yaml", Family())
    errors = [OptionError(str(n)) for n in range(400)]
    threads = [
        threading.Thread(target=lambda part: [noted.note(one) for one in part], args=[part])
        for part in (errors[::2], errors[1::2], errors)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(noted.all) == 400
    assert set(map(str, noted.all)) == set(map(str, errors))


def test_a_listener_hears_of_each_error_once(tmp_path):
    noted = NotedErrors(tmp_path / "a.yaml", Family())
    heard = []
    end = telling.listen(heard.append)
    try:
        error = OptionError("wrong")
        noted.note(error)
        noted.note(error)
    finally:
        end()
    (told,) = heard
    assert (told.how, told.path, told.error) == ("refused", tmp_path / "a.yaml", "wrong")
