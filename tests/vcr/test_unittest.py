"""A ``unittest`` class of VCR.py has a cassette for each test."""

import unittest
from pathlib import Path

from cassette.vcr.unittest import VCRTestCase


class Users(VCRTestCase):
    def runTest(self):  # noqa: N802 - unittest calls it so
        assert self.cassette.tape.path.name == "Users.runTest.yaml"
        assert self.cassette.tape.path.parent == Path(__file__).parent / "cassettes"
        assert self.cassette.record_mode == "none"

    def _get_vcr_kwargs(self, **kwargs):
        return {**kwargs, "record_mode": "none"}


def test_each_test_has_a_cassette_of_its_own_name():
    result = unittest.TestResult()
    Users().run(result)
    assert result.wasSuccessful(), result.errors
