"""Where two values differ, as lines for a person to read.

One form for all of them: ``-`` starts what was recorded, ``+`` what is there instead, and two
blanks what both have. So two values that should be equal stand one above the other.

``changes`` has the form, ``values`` compares JSON, ``texts`` text and bytes, ``alignment`` says
which parts of two sequences belong together.

Nothing is masked here: whoever compares hands over values without secrets, before a cut could
make one unrecognisable.
"""

from cassette.matching.differences.alignment import opcodes
from cassette.matching.differences.changes import (
    SECRET_TEXT,
    Change,
    Difference,
    change,
    cut,
    ignorable,
    pair_changes,
    rendered,
    visible,
)
from cassette.matching.differences.texts import bytes_change, text_change
from cassette.matching.differences.values import (
    Same,
    ignore_entry,
    json_changes,
    json_text,
    path_step,
)

__all__ = [
    "SECRET_TEXT",
    "Change",
    "Difference",
    "Same",
    "bytes_change",
    "change",
    "cut",
    "ignorable",
    "ignore_entry",
    "json_changes",
    "json_text",
    "opcodes",
    "pair_changes",
    "path_step",
    "rendered",
    "text_change",
    "visible",
]
