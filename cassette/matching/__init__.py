"""Matching: which recording answers a request, and why none does.

``calls``, ``variants`` and ``bodies`` turn requests into keys, ``options`` reads what the user
wants compared, ``index`` looks keys up, ``explain`` says what the nearest recordings differ in. Two
messages are compared for a person to read in ``contents`` and ``differences``.
"""

from cassette.matching.index import Index
from cassette.matching.options import CALL_MATCHERS, DEFAULT, REQUEST_MATCHERS, Matching, listed

__all__ = ["CALL_MATCHERS", "DEFAULT", "REQUEST_MATCHERS", "Index", "Matching", "listed"]
