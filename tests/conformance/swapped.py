"""Run pytest with a module in the place of ``http.client``: swapped.py MODULE PYTEST-ARGUMENT..."""

from __future__ import annotations

import http
import importlib
import sys

NOT_SWAPPED = 97  # exit status; pytest's own end at 5

module = importlib.import_module(sys.argv[1])
# Before anything else imports it, so that the classes of every client derive from its own.
sys.modules["http.client"] = http.client = module

import pytest  # noqa: E402 - it may import what imports http.client

code = int(pytest.main(sys.argv[2:]))
urllib3 = sys.modules.get("urllib3.connection")
if urllib3 is None or not issubclass(urllib3.HTTPConnection, module.HTTPConnection):
    sys.stderr.write(f"urllib3 did not run over {module.__name__}\n")
    code = NOT_SWAPPED
sys.exit(code)
