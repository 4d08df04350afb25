"""The page: data, script and style in one file, under a policy that lets nothing else run."""

from __future__ import annotations

import base64
import hashlib
import importlib.resources
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cassette.errors import CassetteError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

SCRIPTS: Final = ("base", "model", "axis", "list", "detail", "bytes", "run", "compare", "shell")
"""The parts of the script, in their order."""

_INERT: Final = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}
"""What could end the element that holds the data, as JSON may spell it."""

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def page(data: Mapping[str, Any], title: str) -> str:
    """Return the page as HTML.

    Args:
        data: What it shows; see ``report.data``.
        title: Its title.

    Raises:
        CassetteError: Jinja2 is not installed.
    """
    try:
        from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - an extra
        from markupsafe import Markup  # noqa: PLC0415 - as above
    except ImportError:
        raise CassetteError(
            "a report needs Jinja2\n"
            "Install what it needs: python -m pip install 'pytest-cassette[cli]'"
        ) from None
    files = importlib.resources.files(__name__.rpartition(".")[0]) / "page"

    def part(name: str) -> str:
        return (files / name).read_text(encoding="utf-8")

    style, script = part("style.css"), "\n".join(part(f"{name}.js") for name in SCRIPTS)
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(
        part("page.html")
    )
    return template.render(
        title=title,
        policy=_policy(style, script),
        # Ours, and JSON without a character that could end its element: nothing to escape.
        style=Markup(style),  # noqa: S704 - a file of the package
        script=Markup(script),  # noqa: S704 - as above
        data=Markup(_inert(data)),  # noqa: S704 - see _INERT
    )


def write_page(path: str | PathLike[str], data: Mapping[str, Any], title: str) -> None:
    """Write the page to a file.

    Raises:
        CassetteError: Jinja2 is not installed, or the file cannot be written.
    """
    text = page(data, title)
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        with open(path, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:  # noqa: PTH123 - any path
            file.write(text)
    except OSError as error:
        raise CassetteError(f"{path}: the report cannot be written: {error.strerror}") from None


def _inert(data: Mapping[str, Any]) -> str:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character, spelt in _INERT.items():
        text = text.replace(character, spelt)
    # A lone surrogate has no place in UTF-8; JSON can spell it.
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _policy(style: str, script: str) -> str:
    """Return a policy that lets run what stands in the page, and nothing be loaded or sent.

    Trusted types are the part that matters most: without them, markup that has found its way into
    the page may still open a connection by an ``iframe`` or a ``meta refresh``.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_digest(script)}'",
            f"style-src '{_digest(style)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
