"""``cassette diff``: what came, went and changed."""

import subprocess

import pytest
import shop_traffic as shop
from recordings import write

from cassette.commands.main import main
from cassette.model import Response

CHANGED = """\
shop.yaml -> new.yaml
~ #0 POST http://api.shop.example/orders?dry=1
    body (JSON)
      - $.id: 7
      + $.id: 8
      - $.lines[0].count: 2
      + $.lines[0].count: "2"
~ #1 POST http://ai.example/v1/messages
    events
      - #2 {"type":"delta","delta":{"text":" flush"}}
      + #2 {"type":"delta","delta":{"text":" blush"}}
= #2
- #3 GET http://api.shop.example/feed.xml   200
= #3 to #4
~ #5 GET http://api.shop.example/export   was #6
    - answer: 200 reset
    + answer: 404 Not Found
    headers
      + content-type: text/plain
    body
      - only
      + no body
= #6
+ #7 GET http://api.shop.example/new   200

9 interactions: 3 changed, 1 new, 1 gone, 4 the same. Left out: dates, times \
(1 of the same differ in what is left out).
"""


def recorded_anew():
    """The shop, recorded another day."""
    new = shop.shop()
    new[0] = shop.exchange(
        0,
        "POST",
        "/orders?dry=1",
        shop.answer(b'{"id":8,"lines":[{"tea":"Assam","count":"2"}],"total":12.50}'),
        sent=new[0].request.body.replace(b"REDACTED-1", b"REDACTED-7"),
        fields=b"Content-Type: application/json\r\nX-Api-Key: REDACTED-9-xxxxxx\r\n",
        took=0.5,
    )
    new[1].response = Response(new[1].response.raw.replace(b" flush", b" blush"), "POST")
    dated = b"Date: Fri, 27 Nov 2026 09:14:02 GMT\r\nContent-Length"
    new[5].response = Response(new[5].response.raw.replace(b"Content-Length", dated), "GET")
    new[6] = shop.exchange(2.1, "GET", "/export", shop.answer(b"", "text/plain", b"404 Not Found"))
    del new[3]
    return [*new, shop.exchange(3, "GET", "/new", shop.answer(b"x", "text/plain"))]


@pytest.fixture
def new(folder):
    return write(folder / "new.yaml", *recorded_anew())


def test_two_recordings_in_the_words_of_mismatches(run, new):
    assert run("diff", "shop.yaml", "new.yaml") == (1, CHANGED)


def test_nothing_differs(run):
    assert run("diff", "shop.yaml", "shop.yaml") == (
        0,
        "8 interactions: 8 the same. Left out: dates, times.\n",
    )


@pytest.mark.parametrize(
    ("options", "shown", "hidden"),
    [
        (["--exact"], ["took: 91 ms", "+ date: Fri, 27"], []),
        (["--ignore", "times"], ["+ date: Fri, 27", "$.id: 8"], ["took"]),
        (["--ignore", "dates,ids"], ["took: 500 ms", "count"], ["$.id", "date:"]),
        (["--ignore", "json:$.lines[*].count"], ["$.id"], ["count"]),
        (["--ignore", "header:Date,times"], ["$.id"], ["date:"]),
    ],
    ids=" ".join,
)
def test_what_is_left_out_does_not_count(run, new, options, shown, hidden):
    status, out = run("diff", "shop.yaml", "new.yaml", *options)
    assert status == 1
    assert [text for text in shown if text not in out] == []
    assert [text for text in hidden if text in out] == []


@pytest.mark.parametrize(
    ("bodies", "groups", "same"),
    [
        ((b'{"made":"2026-01-02"}', b'{"made":"2026-03-04"}'), "dates", True),
        ((b'{"made":1795781420}', b'{"made":1795781421}'), "dates", True),
        ((b'{"made":"2026-01-02"}', b'{"made":"later"}'), "dates", False),
        ((b'{"user_id":1}', b'{"user_id":2}'), "ids", True),
        ((b'{"userId":1}', b'{"userId":2}'), "ids", True),
        ((b'{"paid":1}', b'{"paid":2}'), "ids", False),
        ((b'{"k":"01JDN3Q8ABCD"}', b'{"k":"01JDN3Q9ABCE"}'), "ids", True),
        ((b'{"price":1.0}', b'{"price":1.5}'), "ids,dates,times", False),
    ],
)
def test_a_group_knows_its_values_by_their_look_or_their_name(run, folder, bodies, groups, same):
    for name, body in zip(("a.yaml", "b.yaml"), bodies, strict=True):
        write(folder / name, shop.exchange(0, "GET", "/", shop.answer(body)))
    assert run("diff", "a.yaml", "b.yaml", "--ignore", groups)[0] == (0 if same else 1)


def test_bytes_that_mean_the_same_are_told_all_the_same(run, folder):
    one = shop.answer(b'{"a":1}', fields=b"X-One: 1\r\nX-Two: 2\r\n")
    other = one.replace(b"X-One", b"x-one")
    for name, raw in (("a.yaml", one), ("b.yaml", other)):
        write(folder / name, shop.exchange(0, "GET", "/", raw))
    status, out = run("diff", "a.yaml", "b.yaml")
    assert status == 1
    assert "bytes of the response, which mean the same" in out


def test_folders_are_compared_by_the_names_in_them(run, folder):
    for place in ("a/one.yaml", "a/gone.yaml", "b/one.yaml", "b/come.yaml"):
        (folder / place).parent.mkdir(exist_ok=True)
        write(folder / place, shop.exchange(0, "GET", "/", shop.answer(b"{}")))
    assert run("diff", "a", "b") == (
        1,
        (
            "come.yaml\n+ #0 GET http://api.shop.example/   200\n\n"
            "gone.yaml\n- #0 GET http://api.shop.example/   200\n\n"
            "3 interactions: 1 new, 1 gone, 1 the same. Left out: dates, times.\n"
        ),
    )


def git(folder, *words):
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "init.defaultBranch=m"]
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


def test_a_path_is_compared_with_what_git_has(run, folder, capsys):
    (folder / "tests").mkdir()
    write(folder / "tests" / "gone.yaml", shop.exchange(0, "GET", "/", shop.answer(b"{}")))
    write(folder / "tests" / "kept.yaml", shop.exchange(0, "GET", "/", shop.answer(b'{"a":1}')))
    git(folder, "init")
    git(folder, "add", "tests")
    git(folder, "commit", "-m", "a")
    assert run("diff", "tests/kept.yaml")[0] == 0
    write(folder / "tests" / "kept.yaml", shop.exchange(0, "GET", "/", shop.answer(b'{"a":2}')))
    (folder / "tests" / "gone.yaml").unlink()
    assert run("diff", "tests") == (
        1,
        (
            "tests/gone.yaml against HEAD\n- #0 GET http://api.shop.example/   200\n\n"
            "tests/kept.yaml against HEAD\n~ #0 GET http://api.shop.example/\n"
            "    body (JSON)\n      - $.a: 1\n      + $.a: 2\n\n"
            "2 interactions: 1 changed, 1 gone. Left out: dates, times.\n"
        ),
    )
    assert main(["diff", "tests", "--rev", "nowhere"]) == 2
    assert "git says: fatal" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["shop.yaml", "nowhere.yaml"], "there is no cassette at nowhere.yaml"),
        (["shop.yaml", "."], "one is a folder, the other a file"),
        (["shop.yaml"], "git says: fatal: not a git repository"),
        (["shop.yaml", "shop.yaml", "--ignore", "dats"], "did you mean 'dates'?"),
    ],
)
def test_what_cannot_be_compared_is_trouble_and_no_difference(folder, capsys, words, complaint):
    assert main(["diff", *words]) == 2
    assert complaint in capsys.readouterr().err
