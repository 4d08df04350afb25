"""The code in README and docs/ runs as it stands."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FENCE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page):
    """The Python of a page as one program; every line keeps its number."""
    text = (ROOT / page).read_text(encoding="utf-8")
    lines = [""] * (text.count("\n") + 2)
    for found in FENCE.finditer(text):
        first = text.count("\n", 0, found.start(1))
        for offset, line in enumerate(found[1].splitlines()):
            lines[first + offset] = line
    assert any(lines), f"{page} has no Python block"
    return compile("\n".join(lines), str(ROOT / page), "exec")


@pytest.mark.parametrize(
    "page",
    [
        "docs/tutorial.md",
        "docs/matching.md",
        "docs/network-guard.md",
        "docs/redaction.md",
        "docs/responses.md",
        "docs/time.md",
    ],
)
def test_the_blocks_of_a_page_run_one_after_the_other(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(blocks(page), {"__name__": "docs"})


def test_every_link_between_pages_leads_somewhere():
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page}: {target}"
