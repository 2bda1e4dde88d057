"""StringLookup and Hashing."""

from __future__ import annotations

import json

import numpy as np
import pytest

from steepest.data import Hashing, StringLookup
from steepest.errors import DataError, UnseenWarning


def test_names_to_numbers_and_back():
    lookup = StringLookup().fit(["b", "a", "b"])
    assert lookup.get_vocabulary() == ["[UNK]", "b", "a"]
    assert lookup.transform([["a"], ["b"]]).tolist() == [[2], [1]]
    assert lookup.inverse_transform([1, 2, 0]).tolist() == ["b", "a", "[UNK]"]
    again = StringLookup.from_config(json.loads(json.dumps(lookup.get_config())))
    assert again.transform(["a"]).tolist() == [2]
    with pytest.warns(UnseenWarning, match=r"never saw \['z'\] \(first in entry 1\)"):
        assert lookup.transform(["a", "z"]).tolist() == [2, 0]
    with pytest.raises(DataError, match="never saw"):
        StringLookup(num_oov_indices=0).fit(["a"]).transform(["z"])


def test_a_missing_name_is_no_category():
    lookup = StringLookup().fit(["a", None, "b", float("nan"), "a"])
    assert lookup.get_vocabulary() == ["[UNK]", "a", "b"]
    with pytest.warns(UnseenWarning, match=r"never saw \[None\] \(first in entry 1\)"):
        assert lookup.transform(["b", None]).tolist() == [2, 0]


def test_hashes_spread_and_stay():
    numbers = Hashing(16).transform([f"category {n}" for n in range(1600)])
    assert np.bincount(numbers, minlength=16).min() > 60
    assert Hashing(16, salt="x").transform(["a"]).tolist() != Hashing(16).transform(["a"]).tolist()
