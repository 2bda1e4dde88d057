"""The kind of a column by known answers: each rule, each edge of a rule, each kind of gap."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from steepest.data import ColumnSchema, schema
from steepest.data.column_kinds import FEW, LONGEST, MOST

UTC = dt.UTC


def column(values: Any, name: str = "x") -> ColumnSchema:
    return schema({name: values}).columns[0]


KINDS: list[tuple[str, str, Any, str]] = [
    # what, name, values, kind
    ("fractions", "x", [0.5, 1.5], "number"),
    ("integers of which few differ", "x", [0, 1, 0, 1], "number"),
    ("integers that all differ", "x", [1, 2, 3], "number"),
    ("integers called id", "id", [1, 2, 3], "identifier"),
    ("one integer called id", "id", [7], "identifier"),
    ("whole fractions called id, with a gap", "id", [1.0, np.nan, 2.0], "identifier"),
    ("integers called id that repeat", "id", [1, 2, 2], "number"),
    ("fractions called id", "id", [0.5, 1.5], "number"),
    ("user_id", "user_id", [1, 2], "identifier"),
    ("CustomerID", "CustomerID", [1, 2], "identifier"),
    ("userId", "userId", [1, 2], "identifier"),
    ("primary key", "primary key", [1, 2], "identifier"),
    ("paid is no id", "paid", [1, 2], "number"),
    ("GRID is no id", "GRID", [1, 2], "number"),
    ("monkey is no key", "monkey", [1, 2], "number"),
    ("decimals", "x", [Decimal("1.5"), None], "number"),
    ("durations", "x", [dt.timedelta(days=1)], "number"),
    ("NumPy's durations", "x", np.array([1, 2], "m8[D]"), "number"),
    ("infinities", "x", [np.inf, -np.inf, 1.0], "number"),
    ("great integers", "x", [2**70, 1], "number"),
    ("booleans", "x", [True, False, True], "flag"),
    ("booleans with a gap", "x", [True, None], "flag"),
    ("booleans and integers", "x", [True, 2], "number"),
    ("yes and no", "x", ["yes", "no", "yes"], "flag"),
    ("Yes, NO and a blank", "x", ["Yes", "NO", " "], "flag"),
    ("only yes", "x", ["yes"], "flag"),
    ("true and false", "x", ["True", "False"], "flag"),
    ("yes and true", "x", ["yes", "true", "yes", "true"], "category"),
    ("another pair", "x", ["male", "female", "male"], "category"),
    ("texts of which few differ", "x", ["u", "v", "u"], "category"),
    ("one text", "x", ["u"], "category"),
    ("texts that all differ", "x", ["u1", "v2"], "identifier"),
    ("names, which hold spaces", "x", [f"Ada {n} Lovelace" for n in range(99)], "text"),
    ("long texts", "x", ["a" * (LONGEST + 1)] * 9, "text"),
    ("texts as long as categories can be", "x", ["a" * LONGEST] * 9, "category"),
    ("few differ, whatever their share", "x", [*"abcdefghij", "a"], "category"),
    ("more than few, and more than half", "x", [f"{n} b" for n in range(FEW + 1)] * 1, "text"),
    ("more than few, half", "x", [f"{n} b" for n in range(FEW + 1)] * 2, "category"),
    ("as many categories as can be", "x", [str(n) for n in range(MOST)] * 2, "category"),
    ("too many categories", "x", [str(n) for n in range(MOST + 1)] * 2, "text"),
    ("numbers as texts", "x", ["01", "02", "01"], "category"),
    ("bytes", "x", np.array([b"u", b"v", b"u"]), "category"),
    ("NumPy's texts", "x", np.array(["u", "v", "u"]), "category"),
    ("dates", "x", [dt.date(2024, 2, 29), None], "date"),
    ("moments of one zone and none", "x",
     [dt.datetime(2024, 1, 1, tzinfo=UTC), dt.datetime(2024, 1, 1)], "date"),
    ("NumPy's dates", "x", np.array(["2024-02-29", "NaT"], "M8[D]"), "date"),
    ("ISO dates", "x", ["2024-02-29", "", "2023-01-01"], "date"),
    ("ISO moments", "x", ["2024-02-29T12:30", "2024-02-29 12:30:15.25+02:00"], "date"),
    ("no such day", "x", ["2023-02-29", "2024-02-29"], "identifier"),
    ("dates and a word", "x", ["2024-02-29", "later", "later"], "category"),
    ("days first", "x", ["29.02.2024"] * 3, "category"),
    ("mixed kinds", "x", ["a", 1, 1, 2.5, None], "category"),
    ("lists", "x", [[1], [2], [1]], "category"),
    ("dates and numbers", "x", [dt.date(2024, 1, 1), 5, 5], "category"),
    ("nothing at all", "x", [], "number"),
    ("only gaps", "x", [None, None], "number"),
    ("only NaN", "x", [np.nan, np.nan], "number"),
    ("only NaT", "x", np.array(["NaT"], "M8[D]"), "date"),
    ("only blanks", "x", ["", " "], "number"),
    ("no booleans", "x", np.zeros(0, bool), "flag"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "values", "kind"), [row[1:] for row in KINDS],
                         ids=[row[0] for row in KINDS])  # fmt: skip
def test_kinds(name: str, values: Any, kind: str) -> None:
    found = column(values, name)
    assert (found.name, found.kind) == (name, kind)
    json.dumps(schema({name: values}).to_dict(), allow_nan=False)


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ([1.0, None, np.nan, 2], 2),
        (np.float32([1, np.nan]), 1),
        (["a", None, "", "  ", np.nan, "b"], 4),
        ([np.datetime64("NaT", "D"), dt.date(2024, 1, 1)], 1),
        ([True, None], 1),
        ([Decimal("NaN"), Decimal(1)], 1),
        ([None] * 3, 3),
        (["nan", "NA", "None"], 0),
    ],
)
def test_missing_values_are_counted(values: Any, missing: int) -> None:
    assert column(values).missing == missing


def test_categories_are_counted_and_in_order() -> None:
    found = column(["v", "u", "v", None])
    assert (found.categories, found.counts, found.distinct) == (("u", "v"), (1, 2), 2)
    flags = column([True, True, False, None])
    assert (flags.categories, flags.counts) == (("False", "True"), (1, 2))
    assert column(["a", 1, 1, True]).categories == ("1", "True", "a")


def test_ranges() -> None:
    assert (column([3, 1, 2]).low, column([3, 1, 2]).high) == (1, 3)
    assert (column([np.inf, 1.0, np.nan]).low, column([np.inf]).low) == (1.0, None)
    ends = column(["2024-02-29T23:00:00-02:00", "2024-02-28"])
    assert (ends.low, ends.high) == ("2024-02-28", "2024-03-01T01:00:00")
    assert column([dt.timedelta(minutes=2)]).high == 120.0


def test_identifiers_are_compared_to_the_last_digit() -> None:
    great = 2**53
    assert column([great, great + 1], "id").kind == "identifier"


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["a" * 100] * 3, "category"),
        (["a" * 101] * 3, "text"),
        (["a" * 100, "b"], "identifier"),
        (["a" * 101, "b"], "text"),
        ([f"{n} b" for n in range(20)], "category"),
        ([f"{n} b" for n in range(21)], "text"),
        ([str(n) for n in range(1000)] * 2, "category"),
        ([str(n) for n in range(1001)] * 2, "text"),
    ],
)
def test_limits_of_texts(values: list[str], kind: str) -> None:
    """At most 20 categories, or 1,000 and half the rows; at most 100 characters each."""
    assert column(values).kind == kind
