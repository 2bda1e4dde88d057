"""The listings of the tutorials: where they are, how they are run, how their outputs are compared.

A listing is a file below `listings`; the text file beside it holds what TensorFlow and Keras print
for it. Run as a script, with TensorFlow installed, this file writes those text files:

    python -m tests.peers.tutorials.collection [PART OF A NAME]
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import runpy
import sys
import tempfile
import traceback
import warnings
from itertools import zip_longest
from pathlib import Path

import numpy as np

LISTINGS = Path(__file__).with_name("listings")
# What an import line says in steepest, and what it says in TensorFlow and Keras.
IMPORTS = (
    (r"^import steepest as st$", "import tensorflow as st"),
    (r"^import steepest\.keras\b", "import keras"),
    (r"^import steepest\b", "import keras"),
    (r"^from steepest import keras$", "import keras"),
    (r"^from steepest\.keras\b", "from keras"),
    (r"^from steepest\b", "from keras"),
)
NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+|nan|inf)(?![\w])")
RELATIVE, ABSOLUTE = 2e-4, 2e-5


def names() -> list[str]:
    """The listings, as section/name."""
    return sorted(
        str(path.relative_to(LISTINGS).with_suffix("")) for path in LISTINGS.rglob("*.py")
    )


def expected(name: str) -> Path:
    """The file of what the peer prints for a listing."""
    return LISTINGS / f"{name}.txt"


def translated(source: str) -> str:
    """A listing with the import lines of TensorFlow and Keras."""
    for ours, theirs in IMPORTS:
        source = re.sub(ours, theirs, source, flags=re.MULTILINE)
    return source


def printed(name: str, *, by_peer: bool = False) -> str:
    """Runs a listing in an empty folder, and returns what it prints."""
    source, start, out = LISTINGS / f"{name}.py", Path.cwd(), io.StringIO()
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = source
        if by_peer:
            path = Path(folder) / "listing.py"
            path.write_text(translated(source.read_text("utf-8")), "utf-8")
        try:
            os.chdir(folder)
            with contextlib.redirect_stdout(out):
                runpy.run_path(str(path), run_name="listing")
        finally:
            os.chdir(start)
    return out.getvalue()


def difference(found: str, wanted: str) -> str | None:
    """The first line that differs in its words or numbers, or None; spaces do not count."""
    for line, other in zip_longest(found.splitlines(), wanted.splitlines(), fillvalue=""):
        if not agree(line, other):
            break
    else:
        return None
    return None if agree(found, wanted) else f"printed {line!r}, expected {other!r}"


def agree(found: str, wanted: str) -> bool:
    """Whether two texts have the same words and, to a tolerance, the same numbers.

    A text in a list is shown as 'a', or as np.str_('a') where a library left NumPy's type.
    """
    found, wanted = (re.sub(r"np\.str_\(('[^']*')\)", r"\1", text) for text in (found, wanted))
    words = ["".join(NUMBER.sub(" # ", text).split()) for text in (found, wanted)]
    return words[0] == words[1] and numbers_agree(found, wanted)


def numbers_agree(found: str, wanted: str) -> bool:
    """Whether two texts have the same numbers, to a tolerance; their words may differ."""
    values = [np.array(NUMBER.findall(text), float) for text in (found, wanted)]
    return len(values[0]) == len(values[1]) and np.allclose(
        *values, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True
    )


def main(part: str = "") -> int:
    """Writes what the peer prints for the listings whose names hold `part`; counts failures."""
    import keras

    failed = 0
    for name in [name for name in names() if part in name]:
        keras.utils.clear_session()
        try:
            expected(name).write_text(printed(name, by_peer=True), "utf-8")
        except Exception:
            failed += 1
            print(f"{name}: {traceback.format_exc().strip()[-400:]}", file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(min(main(*sys.argv[1:]), 1))
