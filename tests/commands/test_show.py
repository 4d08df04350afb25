"""``cassette show``: the table, and an interaction in full."""

import json
import os
import re
import subprocess
import sys

import pytest
import shop_traffic as shop
from recordings import write

from cassette.commands.main import main
from cassette.traffic.bodies import body_lines
from cassette.traffic.pieces import plain
from cassette.traffic.structured import xml_lines

ANSI = re.compile(r"\x1b\[[0-9;]*m")

TABLE = """\
shop.yaml   8 interactions, recorded 2020-02-29 12:00, 2.40 s
 # method  URL                           status    type      size    took pieces
 0 POST    /orders?dry=1  api.shop.exam… 200       json      58 B   91 ms        ━                *
 1 POST    /v1/messages  ai.example      200       events   164 B  1.22 s      3 ──┃┃━━━━┃
 2 GET     /img/7.png  api.shop.example  200       png       83 B   81 ms                 ━
 3 GET     /feed.xml  api.shop.example   200       xml       64 B   30 ms                 ─━
 4 GET     /hostile  api.shop.example    200       html      84 B   <1 ms                  ━
 5 GET     /report  api.shop.example     503       text       2 B  310 ms                   ──━   e
 6 GET     /export  api.shop.example     200 reset text       4 B  240 ms                     ──×
 7 connect down.shop.example             refused                     1 ms                       ×

8 interactions in 1 cassette: 2 ended badly, 1 masked (*), 1 edited (e). One in full: -n NUMBER
"""  # noqa: RUF001 - the sign of a bad end

COLUMNS = """\
shop.yaml:4    0  POST     http://api.shop.example/orders?dry=1  200  json    58   0.091  1  open     masked
shop.yaml:37   1  POST     http://ai.example/v1/messages         200  events  164  1.222  3  open     -
shop.yaml:65   2  GET      http://api.shop.example/img/7.png     200  png     83   0.081  1  open     -
shop.yaml:80   3  GET      http://api.shop.example/feed.xml      200  xml     64   0.030  1  open     -
shop.yaml:96   4  GET      http://api.shop.example/hostile       200  html    84   0.000  1  open     -
shop.yaml:112  5  GET      http://api.shop.example/report        503  text    2    0.310  1  open     edited
shop.yaml:128  6  GET      http://api.shop.example/export        200  text    4    0.240  1  reset    -
shop.yaml:147  7  connect  http://down.shop.example              -    -       0    0.001  0  refused  -
"""  # noqa: E501 - no column is cut


def test_a_terminal_gets_a_table_as_wide_as_it_is(run, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    status, out = run("show", "shop.yaml")
    assert (status, ANSI.sub("", out)) == (0, TABLE)
    assert "\x1b[1;31m refused  " in out, "red is what went wrong"
    assert "\x1b[35m *" in out, "and violet what is masked"


def test_a_narrow_one_gives_up_the_strip_and_hosts(run, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "76")
    lines = ANSI.sub("", run("show", "shop.yaml")[1]).splitlines()
    assert max(map(len, lines[:-1])) <= 76
    assert lines[2].split()[-7:] == ["200", "json", "58", "B", "91", "ms", "*"]


@pytest.mark.parametrize("variable", ["NO_COLOR", "TERM"])
def test_who_wants_no_colours_gets_none(run, monkeypatch, variable):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv(variable, "dumb")
    assert "\x1b" not in run("show", "shop.yaml", "-n", "0")[1]


def test_a_pipe_gets_a_line_for_each_in_columns_without_blanks(run):
    assert run("show", "shop.yaml") == (0, COLUMNS)
    assert {len(line.split()) for line in COLUMNS.splitlines()} == {11}


FULL = """\
POST http://ai.example/v1/messages
200 OK   took 1.22 s, first byte after 220 ms, 3 pieces, connection stayed open
shop.yaml:37  #1  2020-02-29 12:00:00.100

Request   form, 24 B
  POST /v1/messages HTTP/1.1
  Host: ai.example
  Content-Type: application/x-www-form-urlencoded
  Content-Length: 24

  stream= 1
  q= What is it?

Response   events, 164 B, 3 chunks
  HTTP/1.1 200 OK
  Content-Type: text/event-stream
  Transfer-Encoding: chunked

  First flush

  +0.220   message_start  {"type":"message_start","tokens":31}
  +0.401                  {"type":"delta","delta":{"text":"First"}}
           821 ms of silence
  +1.222                  {"type":"delta","delta":{"text":" flush"}}  torn over pieces 2 and 3
"""


def test_one_in_full_reads_like_a_letter(run):
    assert run("show", "shop.yaml", "-n", "1") == (0, FULL)


def test_json_is_indented_and_its_numbers_stay_as_they_were_sent(run):
    out = run("show", "shop.yaml", "-n", "0")[1]
    assert "\nmasked request.headers.x-api-key, request.json.token\n" in out
    assert out.endswith('\n    "lines": [{"tea": "Assam", "count": 2}],\n    "total": 12.50\n  }\n')


def test_xml_is_indented_and_an_image_is_told_by_its_measures(run):
    out = run("show", "shop.yaml", "-n", "3", "-n", "2", "--response")[1]
    assert "\n  <feed>\n    <tea id='1'>Assam</tea>\n    <none/>\n  </feed>\n" in out
    assert "\n  png image, 48 x 32, 83 B\n    0000  89 50 4e 47 0d 0a 1a 0a " in out
    assert "Request" not in out


def test_a_failure_and_an_edit_are_told(run):
    out = run("show", "shop.yaml", "-n", "7", "-n", "5")[1]
    assert "\nrefused: ConnectionRefusedError (errno 111): Connection refused\n" in out
    assert "\nedited, line 113: request:  # by hand\n" in out


def test_nothing_in_a_body_steers_the_terminal(run, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    for form in ([], ["--raw"], ["--bytes"], ["--curl"]):
        out = run("show", "shop.yaml", "-n", "4", *form)[1]
        assert not set(ANSI.sub("", out)) & {"\x1b", "\x07", "\x9b", "\u202e"}
    out = run("show", "shop.yaml", "-n", "4")[1]
    assert "plain\\x1b]0;title\\x07 \\u202eevil\\x9b31m <script>alert(1)</script>" in out


def test_bytes_are_named_and_cut_where_the_pieces_were(run):
    out = run("show", "shop.yaml", "-n", "1", "--bytes", "--response")[1]
    assert "-- piece 2, +0.401 s, 83 B --" in out
    assert "  0050  34 31 0d 0a                    " in out
    assert "41..              chunk 1: 65 bytes\n" in out
    assert "\nchunk 3, continued\n" in out
    assert out.endswith("0....             chunk of 0 bytes, the end\n")


def test_raw_gives_the_very_bytes_to_a_pipe(folder):
    command = [sys.executable, "-m", "cassette", "show", "shop.yaml", "-n", "2", "--raw"]
    one = shop.shop()[2]
    for words, raw in (
        ([], one.request.raw + one.response.raw),
        (["--response"], one.response.raw),
    ):
        done = subprocess.run([*command, *words], capture_output=True, check=True, timeout=60)
        assert done.stdout == raw


def test_curl_quotes_for_a_shell_and_leaves_the_masks_in(run):
    assert run("show", "shop.yaml", "-n", "0", "--curl")[1] == (
        "curl -i 'http://api.shop.example/orders?dry=1' \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        "  -H 'X-Api-Key: REDACTED-2-xxxxxx' \\\n"
        """  --data-binary '{"tea":"Assam","token":"REDACTED-1-xxx"}'\n"""
    )


@pytest.mark.parametrize(
    ("sent", "argument"),
    [
        (b"it's\ntwo lines", "--data-binary 'it'\"'\"'s\ntwo lines'"),
        (b"a\x1b'", "--data-binary $'a\\x1b\\''"),
        (b"\0", "--data-binary @body.bin"),
        (b"@/etc/passwd", "--data-binary @body.bin"),
    ],
)
def test_a_body_reaches_curl_as_it_is_or_by_a_file(run, folder, sent, argument):
    write(folder / "a.yaml", shop.exchange(0, "PUT", "/", b"HTTP/1.1 204 No\r\n\r\n", sent=sent))
    assert run("show", "a.yaml", "--curl") == (
        0,
        f"curl -i -X PUT http://api.shop.example/ \\\n  {argument}\n",
    )


def test_json_for_programs(run):
    (cassette,) = json.loads(run("show", "shop.yaml", "--json")[1])
    assert [one["status"] for one in cassette["interactions"]][5:] == [503, 200, None]
    assert cassette["interactions"][0]["masked"] == [
        "request.headers.x-api-key",
        "request.json.token",
    ]
    one = json.loads(run("show", "shop.yaml", "-n", "1", "--json")[1])
    assert one["request"]["start"] == "POST /v1/messages HTTP/1.1"
    assert one["request"]["text"] == "stream=1&q=What+is+it%3F"
    assert [event["at"] for event in one["response"]["events"]] == [0.22, 0.401, 1.222]
    image = json.loads(run("show", "shop.yaml", "-n", "2", "--json")[1])
    assert image["response"]["base64"].startswith("iVBORw0KGgo")


def test_a_folder_stands_for_all_cassettes_below_it_and_a_damaged_one_stops_none(
    run, folder, capsys
):
    (folder / ".hidden").mkdir()
    for name in (".hidden/a.yaml", "b.yaml", "theirs.yml"):
        (folder / name).write_text("cassette: 1\ninteractions: 5\n" if name[0] != "t" else "a: b\n")
    assert main(["show", "."]) == 1
    told = capsys.readouterr()
    assert told.out == COLUMNS
    assert told.err.startswith("cassette: b.yaml:1: ")
    assert told.err.count("cassette: ") == 1


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["nowhere"], "there is no cassette at nowhere"),
        (["empty"], "there is no cassette at empty"),
        (["shop.yaml", "-n", "8"], "its numbers are 0 to 7"),
        ([".", "-n", "0"], "-n needs one cassette, and these are 2"),
    ],
)
def test_what_cannot_be_shown_is_told(folder, capsys, words, complaint):
    (folder / "empty").mkdir()
    shop.write_shop(folder / "two.yaml")
    assert main(["show", *words]) > 0
    assert complaint in capsys.readouterr().err


def test_more_than_fits_on_a_terminal_goes_through_a_pager(folder):
    ours, theirs = os.openpty()
    environment = {**os.environ, "LINES": "5", "TERM": "xterm", "PAGER": "sed s/^/paged:/"}
    for words, paged in (([], True), (["--no-pager"], False)):
        command = [sys.executable, "-m", "cassette", "show", "shop.yaml", *words]
        done = subprocess.run(
            command, stdin=theirs, stdout=theirs, check=False, timeout=60, env=environment
        )
        assert done.returncode == 0
        text = os.read(ours, 1 << 16).decode()
        assert text.startswith("paged:\x1b[1mshop.yaml") is paged
        assert "\x1b[35m *" in text
    os.close(ours)
    os.close(theirs)


class Searched(str):
    """A text that counts how often something is looked for in it."""

    __slots__ = ("searches",)

    def find(self, *what):
        self.searches = getattr(self, "searches", 0) + 1
        return super().find(*what)


def test_the_end_of_what_never_ends_is_looked_for_once():
    text = Searched("<!--" * 1000 + "<?" * 1000)
    shown = "".join(map(plain, xml_lines(text)))
    assert shown.replace(" ", "") == text
    assert text.searches < 2010


@pytest.mark.parametrize("body", [b"[" * 20_000, b"[" * 20_000 + b"]" * 20_000])
def test_json_may_be_nested_deeper_than_the_stack(body):
    one = shop.exchange(0, "GET", "/", shop.answer(body))
    assert "".join(plain(line).strip() for line in body_lines(one, one.response))[-1] in "[]"


def test_what_is_no_plain_file_is_no_cassette(run, folder):
    os.mkfifo(folder / "pipe.yaml")
    (folder / "gone.yaml").symlink_to("nowhere")
    (folder / "folder.yaml").mkdir()
    assert run("show", ".") == (0, COLUMNS)
    assert run("list")[0] == 0
