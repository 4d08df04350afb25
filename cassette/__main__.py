"""Run the command line: ``python -m cassette``."""

import sys

from cassette.commands.main import main

sys.exit(main())
