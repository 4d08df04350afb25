"""Each input that was once not dealt with as promised is so now."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import verdicts

FINDINGS = sorted((Path(__file__).parents[2] / "fixtures" / "findings").iterdir())


@pytest.mark.parametrize("path", FINDINGS, ids=lambda path: path.name)
def test_a_finding_is_dealt_with_as_promised(path):
    data = path.read_bytes()
    stream = path.suffix == ".stream"
    verdict = verdicts.of_stream(data) if stream else verdicts.of_file(data, path.name)
    assert not verdicts.is_finding(verdict), verdict


def test_there_are_findings_of_both_kinds():
    assert {".yaml", ".stream"} <= {path.suffix for path in FINDINGS}
