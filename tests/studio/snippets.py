"""Runs snippets of "Show the Python" in a fresh process, and compares their arrays with frames."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

RUNNER = """
import sys
import numpy as np
from pathlib import Path

for file in sorted(Path(sys.argv[1]).glob("*.py")):
    names = file.with_suffix(".names").read_text().split()
    space = {}
    try:
        exec(compile(file.read_text(), file.name, "exec"), space)
    except Exception as error:
        raise RuntimeError(file.read_text()) from error
    space |= space.get("arrays", {})
    np.savez(file.with_suffix(".npz"), **{name: space[name] for name in names})
"""


def assert_same_in_a_fresh_process(folder, cases):
    """Raises unless each snippet of `cases`, pairs (snippet, frame), leaves the frame's arrays."""
    for number, (snippet, frame) in enumerate(cases):
        Path(folder, f"{number:03}.py").write_text(snippet)
        Path(folder, f"{number:03}.names").write_text(" ".join(frame.arrays))
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", RUNNER, str(folder)],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    for number, (snippet, frame) in enumerate(cases):
        with np.load(Path(folder, f"{number:03}.npz")) as found:
            for name, array in frame.arrays.items():
                assert array.shape == found[name].shape, f"{name}\n{snippet}"
                bits = np.ascontiguousarray(found[name].astype(array.dtype)).tobytes()
                assert bits == np.ascontiguousarray(array).tobytes(), f"{name}\n{snippet}"
