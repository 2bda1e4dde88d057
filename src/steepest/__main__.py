"""`python -m steepest` where another program starts it; else `__init__` has done so before."""

from __future__ import annotations

import sys

from steepest.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
