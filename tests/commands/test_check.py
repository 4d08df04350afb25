"""``cassette check``, ``redact`` and ``fix`` on the command line."""

import json

TOKEN = "8f3a9Qzx71LmPq0RtY"


def test_files_are_checked_and_mended(run, folder):
    (folder / "notes.json").write_text(f'{{\n"access_token": "{TOKEN}"\n}}\n')
    told = "notes.json:2: secret: text.access_token holds a secret (name)\n"
    assert run("check", "notes.json") == (1, told + "1 fault in 1 file\n")
    assert run("check", "notes.json", "--keep", "access_token") == (0, "1 file, no fault\n")
    status, out = run("check", "notes.json", "--json")
    assert status == 1
    assert json.loads(out) == {
        "faults": [
            {
                "path": "notes.json",
                "line": 2,
                "rule": "secret",
                "interaction": None,
                "place": "text.access_token",
                "problem": "text.access_token holds a secret (name)",
            }
        ],
        "masked": [],
    }


def test_an_edit_is_made_the_recording(run, folder):
    path = folder / "shop.yaml"
    assert run("fix", "shop.yaml") == (0, "nothing to fix\n")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("HTTP/1.1 200 OK", "HTTP/1.1 200 Yes", 1), encoding="utf-8")
    status, out = run("check", "shop.yaml")
    assert (status, out.count(": edited: #")) == (1, 1)
    assert "expired" in run("check", "shop.yaml", "--max-age", "1h")[1]
    assert run("fix", "shop.yaml")[1].endswith("1 message fixed\n")
    assert run("fix", "shop.yaml") == (0, "nothing to fix\n")


def test_secrets_are_masked_in_place(run, folder):
    path = folder / "login.yaml"
    path.write_text(
        "cassette: 1\nrecorded: 2026-11-23T00:00:00Z\ninteractions:\n"
        f"- call: GET http://a.example/\n  request:\n    head: |\n      GET / HTTP/1.1\n"
        f"      Authorization: Bearer {TOKEN}\n  response: {{}}\n"
        "  at: 2026-11-23T00:00:00Z\n  took: 0.1\n  ended: abandoned\n"
    )
    status, out = run("redact", "login.yaml")
    assert (status, out.splitlines()[-1]) == (0, "1 place masked")
    assert TOKEN not in path.read_text()
    assert run("redact", "login.yaml") == (0, "nothing to mask\n")
    masked = "login.yaml: masked: #0 request.headers.authorization (name)\n"
    assert run("check", "login.yaml", "--masked") == (0, masked + "1 file, no fault\n")
