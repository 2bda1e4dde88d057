"""Numbers and other values as the texts of tables, axes and descriptions.

Depends on NumPy only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[np.float64]]

DIGITS = 4
MANY = 1_000_000  # from here on numbers are written with an exponent
LARGEST_WHOLE = 1e15


def number_text(value: float, digits: int = DIGITS) -> str:
    """A number with so many significant digits; integers below a million in full.

    >>> [number_text(value) for value in (0.123456, 12345.6, 1e-5, 3.0, 2.5e7)]
    ['0.1235', '12,346', '1e-5', '3', '2.5e7']
    >>> [number_text(float(value)) for value in ("nan", "-inf")]
    ['NaN', '-infinity']
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "infinity" if value > 0 else "-infinity"
    text = f"{value:.{digits}g}"
    if abs(value) < MANY and (abs(float(text)) >= 10_000 or value == int(value)):
        return fixed_text(value, 0)
    return exponent_text(text)


def fixed_text(value: float, decimals: int) -> str:
    """A number with so many decimals, and commas between thousands from 10,000 on.

    >>> fixed_text(1234.5, 2), fixed_text(60_000, 0), fixed_text(-0.001, 1)
    ('1234.50', '60,000', '0.0')
    """
    rounded = round(value, decimals) + 0.0  # -0.0 becomes 0.0
    return f"{rounded:,.{decimals}f}" if abs(rounded) >= 10_000 else f"{rounded:.{decimals}f}"


def exponent_text(text: str) -> str:
    """A number as Python writes it, with a short exponent.

    >>> exponent_text("1.5e-05"), exponent_text("1e+20"), exponent_text("0.5")
    ('1.5e-5', '1e20', '0.5')
    """
    return re.sub(r"e([+-])0*(\d+)", lambda found: f"e{found[1].strip('+')}{found[2]}", text)


def column_texts(numbers: Numbers, digits: int = DIGITS) -> list[str]:
    """The numbers of a column, with equal decimals where their sizes allow it.

    There are more digits where the numbers differ in later ones only; integers are in full.

    >>> column_texts(np.array([2.31, 0.0124, np.nan])), column_texts(np.array([0.1, 1e-5]))
    (['2.310', '0.012', 'NaN'], ['0.1', '1e-5'])
    >>> column_texts(np.array([0.693147, 0.693151])), column_texts(np.array([10.0, 1234567.0]))
    (['0.693147', '0.693151'], ['10', '1,234,567'])
    """
    finite = numbers[np.isfinite(numbers)]
    sizes = np.abs(finite[finite != 0])
    if not sizes.size:
        return [number_text(value) for value in numbers.tolist()]
    largest, span = float(sizes.max()), float(finite.max() / 2 - finite.min() / 2) * 2
    if largest < LARGEST_WHOLE and np.all(finite == np.floor(finite)):
        return [fixed_text(v, 0) if math.isfinite(v) else number_text(v) for v in numbers.tolist()]
    if 0 < span < largest:
        digits = max(digits, min(17, 1 + math.ceil(math.log10(largest / span))))
    if not 0.001 <= largest < MANY or sizes.min() < largest / 1000:
        return [number_text(value, digits) for value in numbers.tolist()]
    decimals = max(1, digits - 1 - math.floor(math.log10(largest)))
    texts = [fixed_text(value, decimals) for value in finite.tolist()]
    decimals -= min(len(text) - len(text.rstrip("0")) for text in texts)
    return [
        fixed_text(v, decimals) if math.isfinite(v) else number_text(v) for v in numbers.tolist()
    ]


def text_of(value: object, digits: int = DIGITS) -> str:
    """Any value as a short text that does not depend on the process.

    >>> text_of([np.float64(0.5), "relu"]), text_of(None), text_of(np.tanh)
    ('[0.5, relu]', '', 'tanh')
    >>> text_of({"rate": 0.001, "units": (64, 32)})
    'rate: 0.001, units: (64, 32)'
    """
    if isinstance(value, (str, bool, np.bool_, type(None))):
        return "" if value is None else str(value)
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real):
        return number_text(float(value), digits)
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        inside = ", ".join(text_of(entry, digits) for entry in value)
        return f"({inside})" if isinstance(value, tuple) else f"[{inside}]"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {text_of(entry, digits)}" for name, entry in value.items())
    name = getattr(value, "__name__", None)
    return name if isinstance(name, str) else re.sub(r" at 0x[0-9a-fA-F]+", "", str(value))
