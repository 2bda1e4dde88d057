"""Dates as columns of numbers: date_parts and DateParts. Depends on preparer."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from steepest.data.preparing.preparer import PREPARERS, Preparer
from steepest.errors import ArgumentError, DataError

PARTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "year": lambda days: days.astype("M8[Y]").astype(np.int64) + 1970,
    "month": lambda days: days.astype("M8[M]").astype(np.int64) % 12 + 1,
    "day": lambda days: (days.astype("M8[D]") - days.astype("M8[M]")).astype(np.int64) + 1,
    "weekday": lambda days: (days.astype("M8[D]").astype(np.int64) + 3) % 7,
    "day_of_year": lambda days: (days.astype("M8[D]") - days.astype("M8[Y]")).astype(np.int64) + 1,
    "hour": lambda days: days.astype("M8[h]").astype(np.int64) % 24,
    "minute": lambda days: days.astype("M8[m]").astype(np.int64) % 60,
}
CYCLES = {"month": 12, "day": 31, "weekday": 7, "day_of_year": 366, "hour": 24, "minute": 60}


@PREPARERS.register
class DateParts(Preparer):
    """`date_parts` as a preparer: it learns nothing, but its options are saved with the model.

    >>> DateParts(["month"]).transform(["2024-02-29"]).tolist()
    [[2.0]]
    """

    def __init__(
        self,
        parts: Sequence[str] = ("year", "month", "day", "weekday"),
        cyclic: bool = False,
    ) -> None:
        _check_parts("DateParts", parts)
        self.parts, self.cyclic = tuple(parts), cyclic

    def transform(self, data: Any) -> np.ndarray:
        """The columns of numbers."""
        return date_parts(data, self.parts, self.cyclic)


def _check_parts(where: str, parts: Sequence[str]) -> None:
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise ArgumentError(f"{where}: unknown parts {unknown}; known names: {', '.join(PARTS)}")


def date_parts(
    dates: Any, parts: Sequence[str] = ("year", "month", "day", "weekday"), cyclic: bool = False
) -> np.ndarray:
    """Columns of numbers from dates of NumPy or Python, or ISO texts; Monday is weekday 0.

    `cyclic` gives sine and cosine of each part except the year, so that December is near January.

    >>> date_parts(["2024-02-29", "1970-01-01"]).tolist()
    [[2024.0, 2.0, 29.0, 3.0], [1970.0, 1.0, 1.0, 3.0]]
    """
    _check_parts("date_parts", parts)
    moments = _moments(dates)
    missing = np.flatnonzero(np.isnat(moments))
    if len(missing):
        raise DataError(f"date_parts: row {missing[0]} holds no date; fill or drop it")
    columns: list[np.ndarray] = []
    for part in parts:
        columns += _columns(part, PARTS[part](moments), cyclic)
    return np.stack(columns, axis=-1).astype(np.float32)


def _moments(dates: Any) -> np.ndarray:
    """The dates in seconds; those with a time zone in UTC."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "no explicit representation of timezones")
            return np.asarray(dates, "M8[s]")
    except (ValueError, TypeError) as error:
        row, date = next((n, date) for n, date in enumerate(dates) if not _is_date(date))
        raise DataError(
            f"date_parts: row {row} holds {date!r:.60}; dates as 2024-02-29 were expected ({error})"
        ) from None


def _is_date(date: Any) -> bool:
    try:
        return np.asarray(date, "M8[s]").ndim == 0
    except (ValueError, TypeError):
        return False


def _columns(part: str, values: np.ndarray, cyclic: bool) -> list[np.ndarray]:
    if not cyclic or part not in CYCLES:
        return [values]
    angle = values * (2.0 * np.pi / CYCLES[part])
    return [np.sin(angle), np.cos(angle)]
