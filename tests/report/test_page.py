"""The page of a report: in a real browser, and as the text that a browser gets."""

import importlib.resources
import json
import re
import socket
import struct
import sys
import threading
import zlib
from html import escape

import browser
import optional
import pytest
import shop_traffic as shop
from recordings import THEN, write

from cassette.commands.main import main
from cassette.errors import CassetteError
from cassette.report.page import SCRIPTS, page
from cassette.store.files import Journal

PARTS = importlib.resources.files("cassette.report") / "page"
TREATMENT = (
    "<img src=x onerror=fetch('{url}/i')><script>fetch('{url}/s');alert(1)</script>"
    "<iframe src='{url}/f'></iframe><meta http-equiv=refresh content='0;url={url}/m'>"
    "<svg onload=fetch('{url}/v')><style>@import '{url}/c';</style></svg>"
    "<link rel=stylesheet href='{url}/l'><base href='{url}/b'><object data='{url}/o'></object>"
    "<form action='{url}/a'><input autofocus onfocus=alert(2)></form></script><!--"
)


@pytest.fixture(scope="session")
def chromium():
    """One browser for all; on one interpreter, since it is the same on each."""
    if browser.installed() is None:
        optional.give_up("there is no Chromium here")
    if optional.REQUIRED and sys.version_info[:2] != (3, 11):
        pytest.skip("a browser is the same on every interpreter: 3.11 has tried it")
    running = browser.Browser()
    yield running
    running.close()


@pytest.fixture
def opened(chromium, tmp_path, monkeypatch, capsys):
    """Open the page that the command line writes of some cassettes."""
    monkeypatch.chdir(tmp_path)

    def opened(*words, **how):
        assert main(["report", *(words or [shop.write_shop(tmp_path / "shop.yaml").name])]) == 0
        capsys.readouterr()
        chromium.open(tmp_path / "traffic.html", **how)
        return chromium

    return opened


@pytest.fixture
def quiet(chromium):
    """Whoever uses this asks for nothing but the page, and nothing in it goes wrong."""
    yield
    assert [url for url in chromium.requests if not url.startswith(("file:", "data:"))] == []
    assert chromium.complaints == []


def rows(page):
    return [text.split("·")[0] for text in page.texts("#space .row .c-url")]


def colours(picture):
    """The colours of a PNG of 8 bits a channel."""
    width, _, _, kind = struct.unpack(">IIBB", picture[16:26])
    depth, data, at = {2: 3, 6: 4}[kind], b"", 8
    while at < len(picture):
        size, name = struct.unpack(">I4s", picture[at : at + 8])
        data += picture[at + 8 : at + 8 + size] if name == b"IDAT" else b""
        at += 12 + size
    raw = zlib.decompress(data)
    line = 1 + width * depth
    # The first pixel of a line is itself whatever the filter, if that looks to the left only.
    return {raw[at + 1 : at + 4] for at in range(0, len(raw), line) if raw[at] in (0, 1)}


@pytest.mark.usefixtures("quiet")
def test_the_list_has_a_row_for_each_with_its_marks_and_a_waterfall(opened):
    page = opened()
    assert rows(page)[:2] == ["/orders?dry=1api.shop.example", "/v1/messagesai.example"]
    assert page.texts("#space .c-st") == [*["200"] * 5, "503", "200 reset", "refused"]
    assert page.texts("#space .c-st.bad") == ["503", "200 reset", "refused"]
    assert page.run("document.querySelectorAll('#space .row:nth-child(2) .wf .p').length") == 3
    assert page.texts(".tag.m span") == ["masked"]
    assert page.texts(".tag.e span") == ["edited"]
    assert page.texts("#foot span")[0] == "8 interactions"


@pytest.mark.usefixtures("quiet")
def test_columns_stand_below_their_titles_also_beside_a_scroll_bar(opened, tmp_path):
    write(tmp_path / "many.yaml", *shop.shop() * 9)
    page = opened("many.yaml")
    for column in ("c-st", "c-type", "c-took"):
        left = f"Math.round(document.querySelector('%s .{column}').getBoundingClientRect().left)"
        assert page.run(left % "#head") == page.run(left % "#space")


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("status:5xx", ["/report"]),
        ("is:failed", ["/export", "down.shop.example"]),
        ("is:masked type:json", ["/orders"]),
        ("-host:api.shop", ["/v1/messages", "down.shop.example"]),
        ("assam", ["/orders", "/feed.xml"]),
        ("alert onerror", ["/hostile"]),
        ("nothing-has-this", []),
    ],
)
def test_a_search_looks_at_addresses_heads_and_bodies(opened, words, found):
    page = opened()
    page.search(words)
    shown = rows(page)
    assert len(shown) == len(found)
    assert all(map(str.startswith, shown, found))


@pytest.mark.usefixtures("quiet")
def test_filters_count_and_combine(opened):
    page = opened()
    assert "JSON1" in page.texts("#chips button")
    page.click("#chips button", "failed")
    assert page.texts("#space .c-st") == ["200 reset", "refused"]
    assert "text1" in page.texts("#chips button"), "counted under the other filter"
    page.click("#chips button", "text")
    assert page.texts("#space .c-st") == ["200 reset"]


@pytest.mark.usefixtures("quiet")
def test_keys_walk_through_the_list_and_the_three_views(opened):
    page = opened()
    page.press("j")
    page.press("j")
    assert page.run("location.hash") == "#shop.yaml:1"
    assert "First flush" in page.texts("#dbody .joined")
    assert page.texts("#dbody .ev .tag") == ["torn over pieces 2 and 3"]
    page.press("2")
    assert "HTTP/1.1 200 OK" in page.texts("#dbody .hd .first")
    page.press("3")
    assert [text.split(" · ")[0] for text in page.texts("#dbody .pc")] == [
        "piece 1",
        "piece 2",
        "piece 3",
    ]
    page.press("Escape")
    assert page.run("$('detail').hidden")
    page.press("?")
    assert page.run("$('keys').open")


@pytest.mark.usefixtures("quiet")
def test_json_keeps_its_spelling_and_folds(opened, tmp_path):
    body = b'{"a": {"long": "' + b"x" * 80 + b'", "n": 1.50}, "b": [1, 2]}'
    write(tmp_path / "a.yaml", shop.exchange(0, "GET", "/", shop.answer(body)))
    page = opened("a.yaml", fragment="#a.yaml:0")
    assert '"n": 1.50' in page.texts("#dbody pre")[0]
    page.click("button.fold")
    assert page.run("document.querySelector('#dbody .kids').hidden")
    page.click("button.fold.more", "2")
    assert not page.run("document.querySelector('#dbody .kids').hidden")


@pytest.mark.usefixtures("quiet")
def test_what_was_searched_for_is_marked_in_the_body(opened):
    page = opened()
    page.search("assam")
    page.run("select(S.rows[0])")
    assert page.texts("#dbody mark.hit") == ["Assam", "Assam"]
    page.run("document.activeElement.blur()")
    page.press("n")
    assert page.texts("#dbody mark.now") == ["Assam"]


@pytest.mark.usefixtures("quiet")
def test_characters_that_do_not_show_are_marks(opened):
    page = opened(fragment="#shop.yaml:4")
    assert page.texts("#dbody u.ctl") == ["\\x1b", "\\x07", "\\u202e", "\\x9b"]
    assert not set("\x1b\x07\u202e\x9b") & set("".join(page.texts("#dbody")))


@pytest.mark.usefixtures("quiet")
def test_an_image_is_shown_with_its_measures(opened):
    page = opened(fragment="#shop.yaml:2")
    page.run("new Promise(done => setTimeout(done, 50))")
    assert page.texts("#dbody p.inert")[0].startswith("image/png, 48 × 32")  # noqa: RUF001


@pytest.mark.usefixtures("quiet")
def test_a_phone_scrolls_nothing_sideways(opened):
    page = opened(width=390, height=844)
    fits = "document.documentElement.scrollWidth <= innerWidth"
    assert page.run(fits)
    page.run("select(D.items[0])")
    assert page.run(fits)
    assert page.run("$('detail').getBoundingClientRect().width") == 390


@pytest.mark.usefixtures("quiet")
def test_the_theme_follows_the_system_and_the_key(opened):
    page = opened(dark=True)
    dark = b"\x16\x16\x18"
    assert dark in colours(page.screenshot())
    page.press("t")
    light = colours(page.screenshot())
    assert b"\xff\xff\xff" in light
    assert dark not in light


@pytest.mark.usefixtures("quiet")
def test_of_a_thousand_interactions_a_screenful_is_drawn(opened, tmp_path):
    write(tmp_path / "many.yaml", *shop.shop() * 125)
    page = opened("many.yaml")
    assert page.texts("#foot span")[0] == "1000 interactions"
    for top in (0, 12000, 31000):
        page.run(f"scroll.scrollTop = {top}; draw()")
        assert 20 < page.run("document.querySelectorAll('#space .row').length") <= 60


@pytest.mark.usefixtures("quiet")
def test_a_long_dump_and_a_long_text_are_folded_and_can_be_opened(opened, tmp_path):
    text = shop.answer(b"0123456789abcde\n" * 8000, "text/plain")
    write(tmp_path / "a.yaml", shop.exchange(0, "GET", "/", text))
    page = opened("a.yaml", fragment="#a.yaml:0")
    assert page.run("document.querySelector('#dbody pre').textContent.length") < 9000
    page.click("#dbody button.more")
    assert page.run("document.querySelector('#dbody pre').textContent.length") == 128000
    page.press("3")
    page.click("#dbody button.more")
    assert page.run("document.querySelectorAll('#dbody .hex .r').length") > 4000


@pytest.mark.usefixtures("quiet")
def test_bodies_that_never_end_do_not_hold_the_page(opened, tmp_path):
    bodies = {
        "text/xml": b"<a>" + b"<!--" * 20_000,
        "application/json": b"[" * 20_000 + b"]" * 20_000,
        "text/event-stream": b"data: " + b'\\"' * 100_000 + b"\n\n",
        "text/plain": b"A" * 300_000,
    }
    some = [shop.exchange(0, "GET", "/", shop.answer(body, kind)) for kind, body in bodies.items()]
    write(tmp_path / "a.yaml", *some)
    page = opened("a.yaml")
    page.search("aa")
    page.run("for (const x of D.items) select(x)")


def test_more_than_a_mebibyte_is_cut_and_says_where_the_rest_is(opened, tmp_path):
    journal = Journal(tmp_path / "a.yaml", THEN)
    journal.append(shop.exchange(0, "GET", "/", shop.answer(b"x" * (1 << 21), "a/b")))
    journal.commit()
    page = opened("a.yaml", fragment="#a.yaml:0")
    assert (tmp_path / "traffic.html").stat().st_size < 2_000_000
    assert "cassette show a.yaml -n 0 --raw" in page.texts("#dbody p.inert")[0]


@pytest.mark.usefixtures("quiet")
def test_a_comparison_names_both_sources(opened, tmp_path):
    write(tmp_path / "a.yaml", shop.exchange(0, "GET", "/", shop.answer(b'{"a":1}')))
    write(tmp_path / "b.yaml", shop.exchange(0, "GET", "/", shop.answer(b'{"a":2}')))
    page = opened("b.yaml", "--against", "a.yaml")
    assert page.texts(".ab b") == ["a.yaml #0", "b.yaml #0"]
    assert page.texts(".words .d-") + page.texts(".words .dp") == ["  - $.a: 1", "  + $.a: 2"]


class Listener:
    """Notes who connects."""

    def __init__(self):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.heard = 0
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.heard += 1
            connection.close()

    def close(self):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(10)


PART = b'--b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n--b--\r\n'


def hostile(treatment):
    """Interactions that say the same hostile thing wherever a server may say something."""
    text = treatment.encode()
    kinds = (
        "text/html",
        "image/svg+xml",
        "application/xml",
        "application/json",
        "text/event-stream",
        "multipart/form-data; boundary=b",
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/octet-stream",
        "image/png",
    )
    bodies = {
        "application/json": json.dumps({treatment: [treatment] * 9}).encode(),
        "text/event-stream": b"event: %b\ndata: %b\n\n" % (text, text),
        "multipart/form-data; boundary=b": PART % (text, text),
        "image/png": shop.png(2, 2) + text,
    }
    return [
        shop.exchange(
            at,
            "GET",
            f"/{at}?{escape(treatment).replace(' ', '%20')}",
            shop.answer(bodies.get(kind, text), kind, b"200 " + text, b"X-%d: %b\r\n" % (at, text)),
            sent=bodies.get(kind, text),
            fields=b"Content-Type: %b\r\n" % kind.encode(),
            redacted=(f"response.headers.{treatment}",),
        )
        for at, kind in enumerate(kinds)
    ]


def test_nothing_hostile_runs_in_any_view(opened, tmp_path):
    listener = Listener()
    try:
        name = "<img src=x onerror=alert(1)>.yaml"
        write(tmp_path / name, *hostile(TREATMENT.format(url=listener.url)))
        write(tmp_path / "b.yaml", *shop.shop())
        page = opened(name, "--against", "b.yaml")
        page.run(
            "for (pairAt = 0; pairAt < D.diff.length; pairAt++) compareView(); show('traffic')"
        )
        page.run(
            "D.tests = [{id: '<b>x</b>::' + D.items[0].reason, outcome: 'failed', took: 1,"
            " cassette: D.items[0].reason, sent: [{f: 0, n: null, call: D.items[0].url,"
            " file: '<i>', line: 1, code: D.items[0].reason, at: 0, error: D.items[0].reason}],"
            " left: []}];"
            "D.run = {mode: '<b>', when: '<b>', orphans: ['<b>'], oldest: '<b>', doubt: '<b>'};"
            "show('run'); show('traffic')"
        )
        for view in "read", "headers", "bytes":
            page.run(
                f"for (const x of D.items) {{ S.tab = '{view}'; select(x);"
                " for (S.bytes of ['text', 'hex']) detail(); }"
            )
        page.search("onerror")
        page.run("new Promise(done => setTimeout(done, 200))")
        foreign = "iframe, object, svg, form, base, link, meta[http-equiv=refresh], main script"
        assert page.run(f"document.querySelectorAll(`{foreign}`).length") == 0
        assert (
            page.run("document.querySelectorAll('img:not([src^=\"data:image/png\"])').length") == 0
        )
        assert page.complaints == []
        assert [url for url in page.requests if not url.startswith(("file:", "data:"))] == []
    finally:
        listener.close()
    assert listener.heard == 0


def test_the_policy_keeps_markup_from_becoming_anything(opened):
    page = opened()
    refused = page.run(
        "(() => { try { document.body.innerHTML = '<b>x</b>'; return 'taken'; }"
        " catch (error) { return error.name; } })()"
    )
    assert refused == "TypeError"


SINKS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser"
    r"|\beval\b|new Function|setTimeout\(\s*['\"`]|\bfetch\(|XMLHttpRequest|WebSocket|EventSource"
    r"|sendBeacon|\bimport\(|importScripts|Worker\(|\.href\s*=|\.srcdoc|location\s*=|window\.open"
    r"|\.action\s*=|setAttribute\(\s*['\"`](?:on|href|src|style)"
)


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_script_has_no_way_from_a_text_to_markup_or_to_the_network(name):
    text = (PARTS / f"{name}.js").read_text("utf-8")
    assert SINKS.findall(text) == []
    assert re.findall(r"\.src\s*=\s*(.{18})", text) in ([], ["'data:' + type + '"])


def test_every_part_of_the_script_is_in_the_page():
    assert {part.name for part in PARTS.iterdir() if part.name.endswith(".js")} == {
        f"{name}.js" for name in SCRIPTS
    }


def test_data_cannot_end_the_element_that_holds_it():
    made = page({"x": "</script><!--\u2028\u2029&\ud800"}, "</title><script>")
    data = re.search(r'id="data">(.*?)</script>', made, re.DOTALL)[1]
    assert json.loads(data) == {"x": "</script><!--\u2028\u2029&\ud800"}
    assert not set(data) & set("<>&\u2028\u2029\ud800")
    assert "<title>&lt;/title&gt;&lt;script&gt;</title>" in made
    assert made.count("<script") == 2


def test_the_page_is_small():
    assert len(page({"files": [], "items": []}, "").encode()) < 80_000


def test_what_looks_like_a_secret_is_not_reported_unless_told_to(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    body = b'{"password": "correct-horse-battery"}'
    write(tmp_path / "a.yaml", shop.exchange(0, "GET", "/", shop.answer(body)))
    assert main(["report", "a.yaml"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("cassette: no report is written of what looks like a secret\na.yaml:")
    assert "or write it all the same: --with-secrets\n" in told
    assert "correct-horse" not in told
    assert list(tmp_path.iterdir()) == [tmp_path / "a.yaml"]
    assert main(["report", "a.yaml", "--with-secrets"]) == 0
    assert (tmp_path / "traffic.html").exists()


def test_a_report_without_jinja_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(CassetteError) as refused:
        page({}, "")
    assert str(refused.value) == (
        "a report needs Jinja2\nInstall what it needs: python -m pip install 'pytest-cassette[cli]'"
    )
