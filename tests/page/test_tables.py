"""Tables: alignment, captions, scopes, and a remark where rows are left out."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.page.tables import MOST_CELLS, rows_to_show
from steepest.page.values import Column
from tests.page.validator import faults_of, texts_of


def test_numbers_are_right_aligned_and_texts_left():
    table = st.page.Table({"activation": ["relu"], "loss": [0.5]}, "Runs").markup("b1")
    assert '<th class="t" scope="row">relu</th><td>0.5</td>' in table.replace(
        'scope="row" class="t"', 'class="t" scope="row"'
    )
    assert '<th scope="col">loss</th>' in table and "<caption" in table


def test_a_table_is_valid_and_says_what_it_shows():
    page = st.page.Page("Runs", st.page.Table({"a": range(1000)}, "Numbers", rows=10))
    assert faults_of(page.html()) == []
    shown = texts_of(page.html()).split("\n")
    assert shown[-1] == "The first 10 of 1,000 rows." and shown[-2] == "9" and "10" not in shown


def test_missing_and_special_values_differ():
    table = st.page.Table({"a": ["x", "y", "z"], "b": [None, np.nan, np.inf]}, "Runs").markup("b1")
    assert "<td></td>" in table and "<td>NaN</td>" in table and "<td>infinity</td>" in table


def test_digits_are_those_asked_for():
    table = st.page.Table({"a": [0.123456, 0.654321]}, "Runs", digits=2).markup("b1")
    assert ">0.12<" in table and ">0.65<" in table


def test_a_long_word_may_be_broken():
    table = st.page.Table({"a": ["short words of any number", "x" * 25]}, "Runs").markup("b1")
    assert table.count('"t long"') == 1


def test_all_rows_of_a_small_table_of_numbers_are_shown():
    column = Column("a", tuple(range(100)), np.arange(100.0))
    assert rows_to_show([column, column]).tolist() == list(range(100))


def test_extremes_of_a_large_table_of_numbers_are_shown(rng: np.random.Generator):
    columns = [Column(name, (0,) * 50_000, rng.random(50_000)) for name in "abcd"]
    rows = rows_to_show(columns)
    assert len(rows) <= MOST_CELLS // 4 + 8
    for column in columns:
        assert column.numbers[rows].min() == column.numbers.min()
        assert column.numbers[rows].max() == column.numbers.max()
    assert rows[0] == 0 and rows[-1] == 49_999


def test_of_very_many_columns_some_rows_are_shown():
    rows = rows_to_show([Column("a", (0,) * 900, np.zeros(900))] * 400)
    assert len(rows) == 12 and rows[-1] == 899


def test_a_column_without_finite_numbers_has_no_extremes():
    column = Column("a", (np.nan,) * 9_000, np.full(9_000, np.nan))
    assert len(rows_to_show([column])) == MOST_CELLS


WRONG = {
    "no caption": (lambda: st.page.Table({"a": [1]}, ""), "caption is empty"),
    "no rows": (lambda: st.page.Table({"a": [1]}, "a", rows=0), "Table: rows: a whole number from"),
    "digits": (lambda: st.page.Table({"a": [1]}, "a", digits=2.5), "Table: digits: a whole number"),
}


@pytest.mark.parametrize(("make", "message"), WRONG.values(), ids=WRONG)
def test_wrong_arguments_are_named(make, message: str):
    with pytest.raises(st.errors.ArgumentError, match=message):
        make()
