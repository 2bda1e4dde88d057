"""Parts of dates."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from steepest.data import date_parts
from steepest.errors import ArgumentError, DataError


def test_parts_of_dates_are_those_of_python():
    days = [datetime.datetime(1969, 12, 31, 23, 59), datetime.datetime(2024, 2, 29, 5, 7)]
    names = ("year", "month", "day", "weekday", "day_of_year", "hour", "minute")
    wanted = [
        [d.year, d.month, d.day, d.weekday(), d.timetuple().tm_yday, d.hour, d.minute] for d in days
    ]
    assert date_parts(days, names).tolist() == wanted
    around = date_parts(["2023-12-31", "2023-06-30"], ["month"], cyclic=True)
    np.testing.assert_allclose(around, [[0.0, 1.0], [0.0, -1.0]], atol=1e-6)
    with pytest.raises(DataError, match="row 1 holds no date"):
        date_parts(["2023-12-31", "NaT"])
    with pytest.raises(DataError, match="2024-02-29 were expected"):
        date_parts(["yesterday"])
    with pytest.raises(ArgumentError, match="'century'"):
        date_parts(["2023-12-31"], ["century"])


def test_a_date_that_is_none_is_named_by_its_row():
    with pytest.raises(DataError, match="row 1 holds 'soon'"):
        date_parts(["2024-02-29", "soon"])
    assert date_parts(["2024-02-29T23:30-02:00"], ["day", "hour"]).tolist() == [[1.0, 1.0]]
