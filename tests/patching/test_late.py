"""Libraries that are imported while a cassette is in use, by a program that had none of them."""

import subprocess
import sys

import pytest
import requests

import cassette

PROGRAM = """
import sys
import cassette

path, url, client = sys.argv[1:]
with cassette.use(path, mode="none"):
    libraries = ("asyncio", "httpcore", "aiohttp")
    assert not [name for name in libraries if name in sys.modules], "made for nobody"
    if client == "httpx":
        import httpx
        print(httpx.get(url).text)
    else:
        import asyncio, aiohttp
        async def get():
            async with aiohttp.ClientSession() as session, session.get(url) as answer:
                print(await answer.text())
        asyncio.run(get())
import asyncio
assert asyncio.BaseEventLoop.create_connection.__module__ == "asyncio.base_events", "put back"
"""


@pytest.mark.parametrize("client", ["httpx", "aiohttp"])
def test_a_library_that_comes_during_a_use_is_served(tmp_path, poll, client):
    path, url = tmp_path / "a.yaml", f"http://127.0.0.1:{poll.port}/once"
    with cassette.use(path, mode="rewrite"):
        recorded = requests.get(url, timeout=5).text
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, path, url, client],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == (recorded, "")
