"""Results that are recorded in text files, and compared with what the code says today.

A file has a section for each case, headed by `== name`. Words must be the same; a number with a
fraction may differ by one in its last digit, since processors round sums differently. With
STEEPEST_RECORD=1 in the environment, and `pytest -n 0`, tests write their sections: read the diff
before you commit it.
"""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from typing import Any

import numpy as np

NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?![\w.]*\w)")
HEAD = re.compile(r"^== (.*)\n", re.MULTILINE)


def sections_of(path: Path) -> dict[str, str]:
    """The recorded text of each case."""
    _, *parts = HEAD.split(path.read_text(encoding="utf-8") if path.exists() else "")
    return dict(zip(parts[::2], parts[1::2], strict=True))


def compare(path: Path, name: str, text: str) -> None:
    """Compares a text with the section of its name, or writes it there."""
    text = f"{text.rstrip()}\n"
    found = sections_of(path)
    if os.environ.get("STEEPEST_RECORD") == "1":
        found[name] = text
        path.write_text("".join(f"== {n}\n{found[n]}" for n in sorted(found)), encoding="utf-8")
        return
    assert name in found, f"no section {name!r} in {path.name}: run it with STEEPEST_RECORD=1"
    if not is_same(found[name], text):
        lines = difflib.unified_diff(found[name].splitlines(), text.splitlines(), lineterm="", n=0)
        raise AssertionError("\n".join([f"{path.name}, {name}:", *lines]))


def is_same(recorded: str, text: str) -> bool:
    """Whether two texts agree, but for the last digit of numbers with a fraction.

    >>> is_same("loss 0.25, 3 rows", "loss 0.26, 3 rows"), is_same("3 rows", "4 rows")
    (True, False)
    """
    if NUMBER.sub("#", recorded) != NUMBER.sub("#", text):
        return False
    pairs = zip(NUMBER.findall(recorded), NUMBER.findall(text), strict=True)
    return all(old == new or _is_near(old, new) for old, new in pairs)


def _is_near(old: str, new: str) -> bool:
    mantissa, _, exponent = old.partition("e")
    digits = len(mantissa.partition(".")[2])
    unit = 10.0 ** (int(exponent or 0) - digits)
    return digits > 0 and abs(float(old) - float(new)) < 1.01 * unit


def number_text(value: Any) -> str:
    """Three digits of a number, and nothing of rounding errors around 0."""
    if value is None:
        return "none"
    return f"{float(value):.2e}" if abs(value) > 1e-7 else "0"


def numbers_text(values: Any) -> str:
    """The shape of an array, its first and last numbers, mean and deviation."""
    if values is None:
        return "none"
    array = np.ma.filled(np.ma.asarray(values, float), np.nan)
    finite = array[np.isfinite(array)]
    if array.size <= 8 and finite.size == array.size:
        return f"[{', '.join(map(number_text, array.ravel()))}]"
    if not finite.size:
        return f"{array.shape} without numbers"
    ends = finite[[0, -1]].tolist()
    facts = map(number_text, [*ends, finite.mean(), finite.std()])
    return f"{array.shape} {finite.size} finite {', '.join(facts)}"
