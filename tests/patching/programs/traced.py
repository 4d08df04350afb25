"""Send the same requests live, recorded, replayed and live again, with a tool that traces them.

Usage: traced.py TOOL WHEN URL FOLDER, where TOOL is a module of `tracers` and WHEN the phase in
which the tool is installed. Prints one JSON object: for each phase from then on, what each client
came to: the tracing headers that were sent, and the spans. Under ``left`` stands what in the stock
classes is neither as it was at first nor what the tool has put there.
"""

import contextlib
import http.client
import importlib
import json
import pathlib
import sys
import urllib.request

import requests
import urllib3

import cassette

STOCK = [http.client.HTTPConnection, http.client.HTTPSConnection, http.client.HTTPResponse]


def ask(connection):
    connection.request("GET", "/a", headers={"Accept": "application/json"})
    return connection.getresponse().read()


def ask_anew(address):
    with contextlib.closing(http.client.HTTPConnection(address)) as connection:
        return ask(connection)


class Program:
    """The phases, one after the other.

    Attributes:
        told: What is to be printed.
    """

    def __init__(self, tool, when, url, folder):
        self._tool = importlib.import_module(f"tracers.{tool}")
        self._when = when
        self._path = pathlib.Path(folder, "tape.yaml")
        address = url.removeprefix("http://")
        self._kept = http.client.HTTPConnection(address)
        self._clients = {
            "http.client": lambda: ask_anew(address),
            "http.client, kept": lambda: ask(self._kept),
            "urllib.request": lambda: urllib.request.urlopen(url).read(),
            "urllib3": lambda: urllib3.PoolManager().request("GET", url).data,
            "requests": lambda: requests.get(url, timeout=5).content,
        }
        self._sent = None  # the header fields of the request that is being played
        self._before = [dict(vars(cls)) for cls in STOCK]
        self._theirs = None  # what the tool has put into the stock classes
        self.told = {}

    def run(self):
        seen_by = ("method", "path", self._notice)
        self._phase("live")
        with cassette.use(self._path, mode="rewrite"):
            self._phase("recording")
        with cassette.use(self._path, mode="none", repeat=True, match_on=seen_by):
            self._phase("replay")
        self._phase("afterwards")
        self._kept.close()
        self.told["left"] = [
            f"{cls.__name__}.{name}"
            for cls, before, theirs in zip(STOCK, self._before, self._theirs, strict=True)
            for name in {**before, **vars(cls)}
            if vars(cls).get(name) is not {**before, **theirs}.get(name)
        ]

    def _phase(self, name):
        if name == self._when:
            self._send("http.client, kept")  # so that the tool finds an open connection
            self._install()
        if self._theirs is None:
            for client in self._clients:
                self._send(client)
        else:
            self.told[name] = {client: self._traced(client) for client in self._clients}

    def _install(self):
        before = [dict(vars(cls)) for cls in STOCK]
        self._tool.install()
        self._theirs = [
            {name: value for name, value in vars(cls).items() if old.get(name) is not value}
            for cls, old in zip(STOCK, before, strict=True)
        ]

    def _traced(self, client):
        with self._tool.trace() as spans:
            sent = self._send(client)
        return {"headers": [name for name in self._tool.HEADERS if name in sent], "spans": spans}

    def _send(self, client):
        """Return the names of the header fields that were sent, in lower case."""
        self._sent = None
        echoed = json.loads(self._clients[client]())
        return echoed if self._sent is None else self._sent

    def _notice(self, _recorded, incoming):
        self._sent = [name.lower() for name in incoming.headers]
        return True


if __name__ == "__main__":
    program = Program(*sys.argv[1:])
    program.run()
    json.dump(program.told, sys.stdout)
