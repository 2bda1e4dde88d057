"""The module `st.linalg`: its larger files are imported when they are used."""

from __future__ import annotations

import subprocess
import sys


def test_decompositions_are_imported_at_their_first_use() -> None:
    code = (
        "import sys, steepest as st; name = 'steepest.functions.decompositions'; "
        "assert name not in sys.modules; st.linalg.svd; assert name in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
