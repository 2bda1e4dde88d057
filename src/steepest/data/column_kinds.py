"""Decides the kind of a column from all of its values, some rows at a time.

The rules, in this order; missing values (None, NaN, NaT, NA, blank texts) are only counted.

1. A column whose type declares categories is a **category**, with all of them.
2. Booleans are **flags**. So are texts of one pair of `FLAGS` (yes and no, true and false, ...),
   in any case. Other pairs of texts are categories.
3. Dates and times are **dates**, and so are texts that are all ISO dates (2024-02-29, with or
   without 12:30:00 and a time zone).
4. Integers and fractions are **numbers**, however few of them differ, and so are durations. Only
   whole numbers that all differ, in a column whose name is an id or a key (`id`, `user_id`,
   `CustomerID`, `uuid`, `key`), are **identifiers**.
5. Two or more texts that all differ are **identifiers** if none contains a space or is longer
   than `LONGEST` characters.
6. Texts are **categories** if at most `FEW` differ, or at most `MOST` and at most half as many as
   there are rows with a value, and none is longer than `LONGEST`.
7. All else is **text**. Lists and other objects, and columns of mixed types, are read as texts.
8. A column without values has the kind of its type, otherwise it is a number.

Depends on table_schema.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np

from steepest.data.table_schema import ColumnSchema, Kind

FEW = 20
MOST = 1000
LONGEST = 100
FLAGS = ({"no", "yes"}, {"n", "y"}, {"false", "true"}, {"f", "t"}, {"off", "on"})
_KEY = re.compile(
    r"(?:^|[^a-zA-Z])(?i:id|key|uuid|guid)$|(?<=[a-z])(?:I[dD]|Key|KEY|U[uU][iI][dD]|G[uU][iI][dD])$"
)
_DATE = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?)?"
)
_SPACE = re.compile(r"\s")
_MISSING_TYPES = ("NoneType", "NAType", "NaTType")


class ColumnReader:
    """Collects the values of a column, part by part, and then decides its kind.

    >>> reader = ColumnReader("colour")
    >>> reader.add_objects(["red", "blue", None])
    >>> reader.add_objects(["red", ""])
    >>> column = reader.schema()
    >>> column.kind, column.missing, column.categories, column.counts
    ('category', 2, ('blue', 'red'), (1, 2))
    """

    def __init__(self, name: str, dtype: str = "", kind_if_empty: Kind = "number") -> None:
        self.name, self.dtype = name, dtype
        self.kind_if_empty = kind_if_empty  # decided by the dtype
        self.rows = self.missing = 0
        self.declared: Counter[str] | None = None  # rows of each category that the type declares
        self._kinds: set[str] = set()
        self._texts: Counter[Any] = Counter()
        self._flags = [0, 0]
        self._ends: list[Any] = []  # minimum and maximum of each part
        self._is_key = _KEY.search(name) is not None
        self._keys: list[np.ndarray] = []

    def add_missing(self, count: int) -> None:
        """Counts rows without a value."""
        self.rows += count
        self.missing += count

    def add_array(self, values: np.ndarray) -> None:
        """Counts the values of a NumPy array; NaN and NaT are missing."""
        kind = values.dtype.kind
        if kind not in "biufmM":
            self.add_objects(values.tolist())
            return
        gaps = np.isnat(values) if kind in "mM" else values != values
        self.add_missing(int(np.count_nonzero(gaps)))
        present = values[~gaps] if gaps.any() else values
        self.rows += len(present)
        if not len(present):
            self.kind_if_empty = kind_of_type(kind)
        elif kind == "b":
            trues = int(np.count_nonzero(present))
            self._note("flag", ())
            self._flags = [self._flags[0] + len(present) - trues, self._flags[1] + trues]
        elif kind == "M":
            self._note("date", (present.min(), present.max()))
        else:
            self._add_numbers(present / np.timedelta64(1, "s") if kind == "m" else present)

    def _add_numbers(self, present: np.ndarray) -> None:
        finite = present[np.isfinite(present)]
        self._note("number", (finite.min().item(), finite.max().item()) if len(finite) else ())
        self._is_key = self._is_key and bool(np.all(present == np.round(present)))
        if self._is_key:
            self._keys.append(present)

    def add_objects(self, values: list[Any]) -> None:
        """Counts Python objects: texts, numbers, dates, or a mixture, which is read as texts."""
        types = set(map(type, values))
        if any(issubclass(kind, (str, bytes)) for kind in types):
            plain = all(kind in (str, float) or kind.__name__ in _MISSING_TYPES for kind in types)
            self._add_texts(values if plain else list(map(_as_text, values)))
            return
        present = [value for value in values if not is_missing(value)]
        self.add_missing(len(values) - len(present))
        kinds = tuple(set(map(type, present)))
        if not present:
            return
        if all(issubclass(kind, (Real, Decimal, np.bool_)) for kind in kinds):
            array = np.array(present)
            self.add_array(array if array.dtype.kind in "biuf" else np.array(present, float))
        elif all(issubclass(kind, (datetime.date, np.datetime64)) for kind in kinds):
            self.add_array(np.array([_utc(value) for value in present]))
        elif all(issubclass(kind, (datetime.timedelta, np.timedelta64)) for kind in kinds):
            self.add_array(np.array(present, "m8[us]"))
        else:
            self._add_texts(list(map(_as_text, present)))

    def _add_texts(self, values: list[Any]) -> None:
        """Counts texts; missing and blank ones are removed once, at the end."""
        self.rows += len(values)
        self._texts.update(values)

    def _remove_missing(self) -> None:
        others = [t for t in self._texts if type(t) is not str or not t or t.isspace()]
        for value in others:
            count = self._texts.pop(value)
            if is_missing(value) or (isinstance(value, str) and not value.strip()):
                self.missing += count
            else:  # a number among texts
                self._texts[str(value)] += count

    def _note(self, kind: str, ends: Iterable[Any]) -> None:
        self._kinds.add(kind)
        self._ends += ends

    def schema(self) -> ColumnSchema:
        """The schema of the column, after all of its parts."""
        self._remove_missing()
        if self.declared is not None:
            return self._counted("category", self.declared)
        if self._texts:
            return self._of_texts()
        if self._kinds == {"flag"}:
            counts = zip(("False", "True"), self._flags, strict=True)
            return self._counted("flag", {name: count for name, count in counts if count})
        if self._kinds == {"date"}:
            return self._made("date", ends=[_iso(min(self._ends)), _iso(max(self._ends))])
        if not self._kinds:
            return self._made(self.kind_if_empty)
        if self._is_key and self._keys:
            keys = np.sort(np.concatenate(self._keys))
            if np.all(keys[1:] != keys[:-1]):
                return self._made("identifier", distinct=len(keys))
        return self._made("number", ends=[min(self._ends), max(self._ends)] if self._ends else [])

    def _of_texts(self) -> ColumnSchema:
        distinct, present = len(self._texts), self.rows - self.missing
        if distinct <= 2 * len(FLAGS) and any(
            {text.strip().casefold() for text in self._texts} <= pair for pair in FLAGS
        ):
            return self._counted("flag", dict(sorted(self._texts.items())))
        dates = _dates(self._texts)
        if len(dates):
            return self._made("date", ends=[_iso(dates.min()), _iso(dates.max())])
        short = max(map(len, self._texts)) <= LONGEST
        if distinct == present > 1 and short and not any(map(_SPACE.search, self._texts)):
            return self._made("identifier", distinct=distinct)
        if short and (distinct <= FEW or distinct <= min(MOST, present // 2)):
            return self._counted("category", dict(sorted(self._texts.items())))
        return self._made("text", distinct=distinct)

    def _counted(self, kind: Kind, counts: dict[str, int]) -> ColumnSchema:
        names, rows = tuple(counts), tuple(counts.values())
        distinct = sum(1 for count in rows if count)
        return ColumnSchema(self.name, kind, self.missing, distinct, names, rows, self.dtype)

    def _made(
        self, kind: Kind, distinct: int | None = None, ends: Iterable[Any] = ()
    ) -> ColumnSchema:
        low, high = tuple(ends) or (None, None)
        return ColumnSchema(
            self.name, kind, self.missing, distinct, dtype=self.dtype, low=low, high=high
        )


def kind_of_type(letter: str) -> Kind:
    """The kind of a column without values, by NumPy's letter for its type.

    >>> kind_of_type("M"), kind_of_type("O"), kind_of_type("f")
    ('date', 'text', 'number')
    """
    kinds: dict[str, Kind] = {"b": "flag", "M": "date", "O": "text", "U": "text", "S": "text"}
    return kinds.get(letter, "number")


def is_missing(value: Any) -> bool:
    """Whether a value is missing: None, NaN, NaT, NA.

    >>> is_missing(None), is_missing(float("nan")), is_missing(0)
    (True, True, False)
    """
    if value is None or type(value).__name__ in _MISSING_TYPES:
        return True
    return isinstance(value, (float, np.floating, np.datetime64, Decimal)) and value != value


def _as_text(value: Any) -> Any:
    """A value as text, or None if it is missing."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return None if is_missing(value) else str(value)


def _utc(value: Any) -> np.datetime64:
    """A date or time without a zone; one with a zone is converted to UTC."""
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        value = value.astimezone(datetime.UTC).replace(tzinfo=None)
    return np.datetime64(value, "us")


def _iso(moment: np.datetime64) -> str:
    """A time in ISO format, without fractions of a second, or hours, that are zero."""
    return str(moment.astype("M8[us]")).removesuffix(".000000").removesuffix("T00:00:00")


def _dates(texts: Iterable[str]) -> np.ndarray:
    """The times of ISO dates; empty if one of the texts is no date."""
    plain: list[str] = []
    zoned: list[str] = []
    for text in texts:
        match = _DATE.fullmatch(text.strip())
        if match is None:
            return np.zeros(0, "M8[us]")
        (zoned if match["zone"] else plain).append(match[0])
    try:
        moments = [_utc(datetime.datetime.fromisoformat(text)) for text in zoned]
        return np.concatenate([np.array(plain, "M8[us]"), np.array(moments, "M8[us]")])
    except ValueError:  # the 30th of February
        return np.zeros(0, "M8[us]")
