# ruff: noqa: T201 - a program that prints
"""Print how many secrets of the corpus are hidden, by group: ours, VCR.py and cassetter.

Not a part of the tests: ``python tests/redaction/compare.py``, with ``vcrpy`` and ``cassetter``
installed beside this package or not. The others are asked with their defaults.
"""

import importlib.util
import os
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from redaction.corpus import ENVIRONMENT, hides, plants

from cassette.model import Interaction, Request, Response
from cassette.redaction import Redactor


def ours(plant):
    """What a cassette of ours holds of an exchange."""
    method, target, _ = plant.sent.decode("latin-1").split(" ", 2)
    url = f"https://api.example.com{target}"
    known = Interaction(
        f"{method} {url}",
        Request(plant.sent, url),
        Response(plant.received, method),
        datetime.now(UTC),
    )
    done = Redactor().redact(known)
    return [
        done.call.encode(),
        done.request.raw,
        done.request.content,
        done.response.raw,
        done.response.content,
    ]


def of_vcrpy(plant):
    """What a cassette of VCR.py holds: its defaults write what they are given."""
    from vcr.request import Request as Sent  # noqa: PLC0415 - it need not be installed
    from vcr.serialize import serialize  # noqa: PLC0415 - as above
    from vcr.serializers import yamlserializer  # noqa: PLC0415 - as above

    request, response = Request(plant.sent), Response(plant.received)
    url = f"https://api.example.com{request.target.decode('latin-1')}"
    headers = dict(request.headers.items())
    answer = {
        "status": {"code": response.status, "message": response.reason},
        "headers": {name: [value] for name, value in response.headers.items()},
        "body": {"string": response.body},
    }
    cassette = {
        "requests": [Sent(request.method, url, request.body, headers)],
        "responses": [answer],
    }
    return [serialize(cassette, yamlserializer).encode(), request.content, response.content]


def of_cassetter(plant):
    """What a cassette of cassetter holds, with its defaults."""
    from cassetter.cassette import Cassette  # noqa: PLC0415 - it need not be installed

    request, response = Request(plant.sent), Response(plant.received)
    with tempfile.TemporaryDirectory() as folder:
        made = Cassette(Path(folder, "a.yaml"))
        try:
            made.record(
                request.method,
                f"https://api.example.com{request.target.decode('latin-1')}",
                {name: [value] for name, value in request.headers.items()},
                request.body or None,
                response.status,
                {name: [value] for name, value in response.headers.items()},
                response.body or None,
            )
        except ValueError:
            return []  # it records no body in a coding that it does not know
        made.save()
        return [Path(folder, "a.yaml").read_bytes()]


def main():
    os.environ.update(ENVIRONMENT)
    others = {"VCR.py": ("vcr", of_vcrpy), "cassetter": ("cassetter", of_cassetter)}
    contestants = {"cassette": ours} | {
        name: ask for name, (module, ask) in others.items() if importlib.util.find_spec(module)
    }
    hidden, total = Counter(), Counter()
    for plant in plants():
        total[plant.group] += 1
        for name, texts in contestants.items():
            hidden[name, plant.group] += all(hides(text, plant.secret) for text in texts(plant))
    print("| group |", " | ".join(contestants), "|")
    print("| --- |", " | ".join("---" for _ in contestants), "|")
    for group in total:
        parts = (f"{hidden[name, group]}/{total[group]}" for name in contestants)
        print(f"| {group} |", " | ".join(parts), "|")
    sums = (f"{sum(hidden[n, g] for g in total)}/{sum(total.values())}" for n in contestants)
    print("| all |", " | ".join(sums), "|")


if __name__ == "__main__":
    main()
