"""Run one task in this fresh process and print its figure.

Usage: python worker.py MODULE:FUNCTION JSON, where the JSON object holds the keyword arguments
and the module is one of `tasks`.
"""

import importlib
import json
import sys

if __name__ == "__main__":
    module_name, function_name = sys.argv[1].split(":")
    task = getattr(importlib.import_module(f"tasks.{module_name}"), function_name)
    sys.stdout.write(f"{task(**json.loads(sys.argv[2]))}\n")
