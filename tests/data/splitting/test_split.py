"""Splits: sizes are exact, every row is in one part, classes and groups stay as asked."""

import warnings
from fractions import Fraction

import hypothesis.strategies as some
import numpy as np
import pytest
from hypothesis import given

import steepest as st
from steepest.data import RepeatedKFold, SplitWarning, share_counts, split_indices, take_rows
from steepest.data.columns import as_column
from steepest.data.splitting import duplicates
from steepest.data.splitting.split import largest_remainders, split
from steepest.data.splitting.split_warnings import warn_about_parts
from steepest.errors import ArgumentError, DataError


@pytest.mark.parametrize(
    ("rows", "shares", "counts"),
    [
        (1_000_000, (0.98, 0.01, 0.01), [980_000, 10_000, 10_000]),
        (100, (98, 1, 1), [98, 1, 1]),
        (70_000, (0.7, 0.2, 0.1), [49_000, 14_000, 7_000]),
        (10, (0.7, 0.2, 0.1), [7, 2, 1]),
        (50_000, (0.6, 0.2, 0.2), [30_000, 10_000, 10_000]),
        (60_000, (0.8, 0.1, 0.1), [48_000, 6_000, 6_000]),
        (101, (0.8, 0.1, 0.1), [81, 10, 10]),
        (7, (0.5, 0.5), [4, 3]),
        (10, (1 / 3, 1 / 3, 1 / 3), [4, 3, 3]),
        (5, (1.0,), [5]),
    ],
)
def test_share_counts(rows, shares, counts):
    assert share_counts(rows, shares) == counts


def test_whole_shares_are_exact_where_floats_are_not():
    # 0.7 * 10 ** 17 is not whole in floats.
    assert share_counts(10**17, (0.7, 0.2, 0.1)) == [7 * 10**16, 2 * 10**16, 10**16]


@given(some.lists(some.integers(1, 100), min_size=1, max_size=6), some.integers(100, 10_000))
def test_counts_sum_to_the_rows_and_miss_their_share_by_less_than_one(weights, rows):
    shares = [Fraction(weight, sum(weights)) for weight in weights]
    if rows * min(shares) < 1:
        return
    counts = share_counts(rows, shares)
    assert sum(counts) == rows
    assert all(abs(n - rows * share) < 1 for n, share in zip(counts, shares, strict=True))


@pytest.mark.parametrize("shares", [(), (0.8, 0.1), (1.2, -0.2), (0.5, 0.5, 0.0), (float("nan"),)])
def test_shares_that_are_none(shares):
    with pytest.raises(ArgumentError, match="share"):
        share_counts(100, shares)


def test_a_share_of_no_row_is_an_error():
    with pytest.raises(DataError, match=r"0\.01 of 10 rows is not one row"):
        share_counts(10, (0.98, 0.01, 0.01))


def test_largest_remainders_prefer_the_first_of_equals():
    assert largest_remainders([Fraction(1, 2)] * 4, 2) == [1, 1, 0, 0]


@pytest.mark.parametrize("stratify", [None, np.arange(103) % 7])
@pytest.mark.parametrize("groups", [None, np.arange(103) // 5])
@pytest.mark.parametrize("shuffle", [True, False])
def test_every_row_is_in_one_part(stratify, groups, shuffle):
    parts = split_indices(
        103, (0.6, 0.2, 0.2), shuffle=shuffle, stratify=stratify, groups=groups, seed=3
    )
    assert np.sort(np.concatenate(parts)).tolist() == list(range(103))
    if groups is None:
        assert [len(part) for part in parts] == share_counts(103, (0.6, 0.2, 0.2))


def test_a_seed_repeats_and_another_does_not():
    first, second, other = (split_indices(100, (0.5, 0.5), seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first[0], second[0]) and not np.array_equal(first[0], other[0])


def test_unshuffled_parts_follow_each_other():
    assert [part.tolist() for part in split_indices(6, (0.5, 0.5), shuffle=False)] == [
        [0, 1, 2],
        [3, 4, 5],
    ]


@given(some.lists(some.integers(0, 4), min_size=30, max_size=200), some.integers(0, 9))
def test_stratified_parts_hold_each_class_to_within_one_row(labels, seed):
    labels = np.array(labels)
    shares = (0.6, 0.2, 0.2)
    parts = split_indices(len(labels), shares, stratify=labels, seed=seed)
    for part, share, size in zip(parts, shares, share_counts(len(labels), shares), strict=True):
        assert len(part) == size
        for label in np.unique(labels):
            due = share * np.count_nonzero(labels == label)
            assert abs(np.count_nonzero(labels[part] == label) - due) < 2


def test_stratified_parts_are_mixed_again():
    labels = np.repeat([0, 1], 500)
    train, _ = split_indices(1000, (0.8, 0.2), stratify=labels, seed=0)
    changes = np.count_nonzero(np.diff(labels[train]))
    assert 300 < changes < 500


def test_one_hot_labels_stratify_like_numbers():
    labels = np.arange(60) % 3
    by_number = split_indices(60, (0.5, 0.5), stratify=labels[::-1].copy(), seed=1)
    one_hot = np.eye(3)[2 - labels[::-1]]
    by_column = split_indices(60, (0.5, 0.5), stratify=one_hot, seed=1)
    assert np.array_equal(by_number[0], by_column[0])


def test_groups_stay_together_and_meet_their_shares():
    groups = np.repeat(np.arange(200), np.random.default_rng(0).integers(1, 9, 200))
    parts = split_indices(len(groups), (0.8, 0.1, 0.1), groups=groups, seed=0)
    sets = [set(groups[part]) for part in parts]
    assert not (sets[0] & sets[1] or sets[0] & sets[2] or sets[1] & sets[2])
    for part, share in zip(parts, (0.8, 0.1, 0.1), strict=True):
        assert abs(len(part) / len(groups) - share) < 0.02


def test_groups_and_classes_together():
    groups = np.arange(1000) // 4
    labels = (groups % 5 == 0).astype(int)
    for part in split_indices(1000, (0.5, 0.5), groups=groups, stratify=labels, seed=0):
        assert abs(labels[part].mean() - 0.2) < 0.02


def test_too_few_or_too_large_groups():
    with pytest.raises(DataError, match="1 groups cannot fill 2 parts"):
        split_indices(10, (0.5, 0.5), groups=np.zeros(10))


def test_time_puts_the_earliest_rows_first():
    days = np.array(["2024-03-01", "2024-01-01", "2024-04-01", "2024-02-01"], "M8[D]")
    train, test = split_indices(4, (0.5, 0.5), time=days)
    assert train.tolist() == [1, 3] and test.tolist() == [0, 2]
    days[2] = np.datetime64("NaT", "D")
    with pytest.raises(DataError, match="row 2 has no time"):
        split_indices(4, (0.5, 0.5), time=days)
    with pytest.raises(ArgumentError, match="time="):
        split_indices(4, (0.5, 0.5), time=days, groups=np.arange(4))


def test_x_and_y_stay_together():
    x, y = np.arange(50.0).reshape(25, 2), np.arange(25)
    for part_x, part_y in split(x, y, seed=0):
        assert np.array_equal(part_x[:, 0], 2.0 * part_y)


def test_other_containers():
    scipy, pandas = pytest.importorskip("scipy.sparse"), pytest.importorskip("pandas")
    polars = pytest.importorskip("polars")
    rows, column = np.array([2, 0]), np.arange(3)
    assert take_rows(scipy.csr_matrix(np.eye(3)), rows).toarray().argmax(1).tolist() == [2, 0]
    assert take_rows(pandas.DataFrame({"a": column}, index=[7, 8, 9]), rows)["a"].tolist() == [2, 0]
    assert take_rows(polars.DataFrame({"a": column}), rows)["a"].to_list() == [2, 0]
    assert take_rows(["a", "b", "c"], rows) == ["c", "a"]
    arrow = pytest.importorskip("pyarrow")
    assert take_rows(arrow.table({"a": column}), rows)["a"].to_pylist() == [2, 0]


def test_several_inputs_stay_together(tmp_path):
    h5py = pytest.importorskip("h5py")
    number, table = np.arange(20.0), np.arange(40.0).reshape(20, 2)
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["x"] = table
        for x in ([number, table], (number, table), [number, file["x"]]):
            for one, two in split(x, shares=(0.5, 0.5), seed=0):
                assert type(one) is np.ndarray and np.array_equal(two[:, 0], 2.0 * one)
    with pytest.warns(SplitWarning, match="row 9 = row 0"):
        split([number[:10] % 9, table[:10] % 18], shares=(0.5, 0.5), shuffle=False)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((st.data.Dataset.range(4),), {}, r"use dataset\.split"),
        ((iter([1, 2]),), {}, "rows were expected, got <list_iterator"),
        (("text",), {}, "rows were expected, got 'text'"),
        ((np.zeros(4), np.zeros(5)), {}, "x has 4 rows and y has 5"),
        ((np.zeros(4),), {"stratify": True}, "takes the classes from y"),
        ((np.zeros(40),), {"stratify": np.zeros(3)}, r"stratify has the shape \(3,\)"),
        (({"a": np.zeros(3), "b": np.zeros(4)},), {}, "one length"),
    ],
)
def test_wrong_arguments(arguments, options, message):
    with pytest.raises((ArgumentError, DataError), match=message):
        split(*arguments, **options)


def test_equal_rows_on_two_sides_are_counted_and_named():
    x = np.random.default_rng(0).normal(size=(100, 3))
    x[50:60] = x[:10]
    with pytest.warns(SplitWarning, match=r"10 of the 50 rows of part 2 are in part 1 too"):
        split(x, shares=(0.5, 0.5), shuffle=False)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64, np.int16, bool])
def test_unequal_rows_are_never_taken_for_equal(dtype):
    x = (np.arange(1000 * 5).reshape(1000, 5) % 251).astype(dtype)
    x = np.unique(x, axis=0)
    if len(x) < 20:
        x = np.array([[i >> b & 1 for b in range(8)] for i in range(256)], dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        split(x, shares=(0.5, 0.5), seed=0)


def test_unequal_rows_with_equal_keys_are_compared(monkeypatch):
    monkeypatch.setattr(duplicates, "_factors", lambda count: np.zeros(count, np.uint64))
    split(np.arange(100.0), shares=(0.5, 0.5))
    with pytest.warns(SplitWarning, match="1 of the 50 rows of part 2 .* row 99 = row 7"):
        split(np.append(np.arange(99.0), 7.0), shares=(0.5, 0.5), shuffle=False)


def kinds_of_sets():
    """Forty rows of which the last two are the first two, in each form that is split."""
    scipy, pandas = pytest.importorskip("scipy.sparse"), pytest.importorskip("pandas")
    polars, arrow = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    table = np.random.default_rng(0).integers(1, 1000, (40, 2))
    table[38:] = table[:2]
    mixed = {"number": table[:, 0] / 7, "text": [f"t{number}" for number in table[:, 1]]}
    sparse = scipy.csr_array(np.where([True, False] | (table % 3 > 0), table, 0))
    yield from (table, table.astype("float64"), mixed, pandas.DataFrame(mixed))
    yield from (polars.DataFrame(mixed), arrow.table(mixed), scipy.csc_array(sparse))
    yield from (as_column(sparse), mixed["text"], table.tolist(), np.array(mixed["text"]))


@pytest.mark.parametrize("place", range(11))
def test_equal_rows_are_noticed_in_every_kind_of_set(place):
    x = list(kinds_of_sets())[place]
    with pytest.warns(SplitWarning, match=r"2 of the 20 rows of part 2 .* row 38 = row 0"):
        warn_about_parts(x, None, [np.arange(20), np.arange(20, 40)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_about_parts(x, None, [np.arange(20), np.arange(20, 38)])


def test_the_common_seed_decides_where_none_is_given():
    def parts():
        st.random.set_seed(4)
        return [part.tolist() for part in split_indices(30, (0.5, 0.5))]

    first = parts()
    assert first == parts() and first != [p.tolist() for p in split_indices(30, (0.5, 0.5))]
    folds = [[test.tolist() for _, test in RepeatedKFold(2, 2).split(np.zeros(9))] for _ in "ab"]
    assert folds[0] != folds[1]


def test_targets_that_only_rise_are_ordered_too():
    x, rising = np.arange(100.0), np.arange(100.0) ** 2
    with pytest.warns(SplitWarning, match="ordered by label"):
        split(x, rising, shares=(0.8, 0.2), shuffle=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        split(x, np.sin(rising), shares=(0.8, 0.2), shuffle=False)
        split(x, np.zeros(100), shares=(0.8, 0.2), shuffle=False)


def test_a_column_of_times_that_never_go_back_is_noticed():
    pandas = pytest.importorskip("pandas")
    days = np.datetime64("2024-01-01") + np.arange(20)
    with pytest.warns(SplitWarning, match="ordered by time"):
        split(pandas.DataFrame({"day": days, "sold": np.arange(20)}), shares=(0.5, 0.5), seed=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        split(pandas.DataFrame({"day": days[::-1], "sold": np.arange(20)}), shares=(0.5, 0.5))


@pytest.mark.parametrize("counts", [(1, 9), (9, 1)])
def test_many_rows_of_one_time_are_ordered_by_time_too(counts):
    pandas = pytest.importorskip("pandas")
    days = np.repeat(np.array(["2024-01-01", "2024-01-02"], "datetime64[D]"), counts)
    frame = pandas.DataFrame({"day": days, "sold": np.arange(10)})
    with pytest.warns(SplitWarning, match="ordered by time"):
        split(frame, shares=(0.5, 0.5), seed=1)


def test_an_absent_class_is_named():
    labels = np.array([0] * 50 + [1] * 49 + [2])
    with pytest.warns(SplitWarning, match="no row of the class 2"):
        split(np.arange(100.0), labels, shares=(0.8, 0.2), stratify=True, seed=0)
    with pytest.warns(SplitWarning, match="no row of the class 2"):
        split(np.arange(100.0), np.eye(3)[labels], shares=(0.8, 0.2), seed=0)


def test_rows_ordered_by_label_are_noticed_only_unshuffled():
    x, labels = np.arange(100.0), np.repeat([0, 1], 50)
    with pytest.warns(SplitWarning) as seen:
        split(x, labels, shares=(0.8, 0.2), shuffle=False)
    assert "ordered by label" in str(seen[0].message)
    split(x, labels, shares=(0.8, 0.2), seed=0)
    split(x, np.tile([0, 1], 50), shares=(0.8, 0.2), shuffle=False)


def test_shuffled_time_series_are_noticed():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": range(30)}, index=pandas.date_range("2024-01-01", periods=30))
    with pytest.warns(SplitWarning, match="ordered by time"):
        split(frame)
    split(frame, time=frame.index)


def test_a_warning_points_at_the_caller():
    with pytest.warns(SplitWarning) as seen:
        split(np.ones((10, 2)), shares=(0.5, 0.5))
        split(np.arange(100.0), np.repeat([0, 1], 50), shares=(0.5, 0.5), shuffle=False)
    assert len(seen) >= 3 and {warning.filename for warning in seen} == {__file__}


def test_numbers_to_predict_are_not_taken_for_classes():
    y = np.random.default_rng(0).integers(0, 10_000, 200)
    split(np.arange(200.0), y, shares=(0.5, 0.5), seed=0)


@pytest.mark.parametrize(
    "y",
    [
        np.array([0.0] * 50 + [1.0] * 49 + [2.0]),
        np.array([[0, 1]] * 50 + [[1, 1]] * 49 + [[2, 0]]),
        {"price": np.array([0] * 50 + [1] * 49 + [2])},
        None,
    ],
    ids=["quantities", "several a row", "several outputs", "none"],
)
def test_what_is_not_one_class_a_row_has_no_absent_classes(y):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        split(np.arange(100.0), y, shares=(0.8, 0.2), seed=0)


@pytest.mark.parametrize("role", ["stratify", "groups", "time"])
def test_a_column_of_one_value_a_row_is_taken_as_a_vector(role):
    values = np.random.default_rng(1).permutation(np.repeat(np.arange(10), 4))
    vector, column = (
        [part.tolist() for part in split_indices(40, (0.5, 0.5), seed=3, **{role: given})]
        for given in (values, values[:, None])
    )
    assert column == vector
    with pytest.raises(DataError, match=rf"{role} has the shape \(39,\); expected one value"):
        split_indices(40, (0.5, 0.5), **{role: values[:39]})


def test_default_shares_are_eight_one_and_one_tenth_shuffled():
    parts = split(np.arange(40.0), seed=0)
    assert [len(part) for part in parts] == [32, 4, 4]
    assert parts[0].tolist() != sorted(parts[0].tolist())
    both = split(np.arange(40.0), np.zeros(40), seed=0)
    assert all(np.array_equal(one, two) for one, (two, _) in zip(parts, both, strict=True))


@pytest.mark.parametrize("total", [1.0, 100.0])
def test_shares_may_miss_their_sum_by_a_millionth(total):
    half = total / 2
    assert share_counts(10, (half, half + 0.9e-6)) == [5, 5]
    for wrong in (1.1e-6, -1.1e-6, total / 100):
        with pytest.raises(ArgumentError, match="expected positive shares that sum to 1"):
            share_counts(10, (half, half + wrong))


def test_stratify_false_is_none_and_labels_may_be_given():
    x, y = np.arange(40.0), np.repeat([0, 1], 20)
    plain, off = (split(x, y, stratify=kind, seed=3) for kind in (None, False))
    assert all(np.array_equal(a[0], b[0]) for a, b in zip(plain, off, strict=True))
    by_y, given = (split(x, y, stratify=kind, seed=3) for kind in (True, y))
    assert all(np.array_equal(a[0], b[0]) for a, b in zip(by_y, given, strict=True))
    assert not np.array_equal(plain[0][0], by_y[0][0])


def test_time_refuses_classes_and_unknown_numbers():
    with pytest.raises(ArgumentError, match="time= orders the rows by itself"):
        split_indices(4, (0.5, 0.5), time=np.arange(4), stratify=np.arange(4))
    with pytest.raises(DataError, match="row 1 has no time"):
        split_indices(4, (0.5, 0.5), time=[0.0, float("nan"), 1.0, float("nan")])
    parts = split_indices(4, (0.5, 0.5), time=[2, 1, 2, 1])
    assert [part.tolist() for part in parts] == [[1, 3], [0, 2]]
    spans = np.array([3, 1, 2, 0], "m8[s]")
    assert split_indices(4, (0.5, 0.5), time=spans)[0].tolist() == [3, 1]


@pytest.mark.parametrize(
    ("groups", "counts", "parts"),
    [
        ([0, 0, 0, 1, 1, 2], (0.5, 0.5), [[0, 1, 2], [3, 4, 5]]),
        ([0, 1, 1, 2, 2, 2], (0.5, 0.5), [[3, 4, 5], [0, 1, 2]]),
        ([0, 1, 0, 1], (0.5, 0.5), [[0, 2], [1, 3]]),
        (["b", "a", "b", "a"], (0.5, 0.5), [[0, 2], [1, 3]]),
        ([0, 1, 2, 3], (0.75, 0.25), [[0, 1, 2], [3]]),
    ],
)
def test_the_largest_groups_come_first_each_into_the_part_that_lacks_most(groups, counts, parts):
    found = split_indices(len(groups), counts, groups=groups, shuffle=False)
    assert [part.tolist() for part in found] == parts


@pytest.mark.parametrize(
    ("groups", "shares", "counts"),
    [
        ([0] * 4 + [1] * 3 + [2] * 3, (0.5, 0.4, 0.1), r"\[5, 4, 1\]"),
        ([0] * 5 + [1] * 5, (0.9, 0.1), r"\[9, 1\]"),
    ],
)
def test_groups_that_leave_a_part_empty_are_too_large(groups, shares, counts):
    with pytest.raises(DataError, match=f"groups are too large for parts of {counts} rows"):
        split_indices(10, shares, groups=groups, shuffle=False)


def test_stratified_parts_take_the_rows_of_a_class_in_order():
    found = split_indices(8, (0.5, 0.5), stratify=[0, 1, 0, 1, 0, 1, 0, 1], shuffle=False)
    assert [part.tolist() for part in found] == [[0, 1, 2, 3], [4, 5, 6, 7]]
    found = split_indices(6, (0.5, 0.5), stratify=[1, 1, 1, 1, 0, 0], shuffle=False)
    assert [part.tolist() for part in found] == [[0, 1, 4], [2, 3, 5]]


def test_labels_are_one_value_a_row_or_one_hot_rows():
    one_hot = split_indices(4, (0.5, 0.5), stratify=[[0, 1], [0, 1], [1, 0], [1, 0]], shuffle=False)
    assert [part.tolist() for part in one_hot] == [[0, 2], [1, 3]]
    texts = np.array([["a", "b"], ["a", "b"], ["b", "a"], ["b", "a"]])
    found = split_indices(4, (0.5, 0.5), stratify=texts, shuffle=False)
    assert [part.tolist() for part in found] == [[0, 2], [1, 3]]
    with pytest.raises(DataError, match=r"stratify has the shape \(4, 2\)"):
        split_indices(4, (0.5, 0.5), stratify=texts.astype(object))
    with pytest.raises(DataError, match=r"time has the shape \(4, 2\)"):
        split_indices(4, (0.5, 0.5), time=np.zeros((4, 2)))
    with pytest.raises(DataError, match=r"time has the shape \(4, 1, 1\)"):
        split_indices(4, (0.5, 0.5), time=np.zeros((4, 1, 1)))


def test_lists_and_tuples_stay_what_they_are():
    rows = np.array([2, 0])
    assert take_rows(("a", "b", "c"), rows) == ("c", "a")
    pair = take_rows((np.arange(3), np.arange(3) * 2), rows)
    assert type(pair) is tuple and [part.tolist() for part in pair] == [[2, 0], [4, 0]]
    nested = take_rows({"a": [np.arange(3)]}, rows)
    assert type(nested["a"]) is list and nested["a"][0].tolist() == [2, 0]


@pytest.mark.parametrize("rows", [np.float64(3.0), 3, b"abc"])
def test_what_has_no_rows_is_refused(rows):
    with pytest.raises(ArgumentError, match="rows were expected"):
        split(rows)


def test_columns_of_different_length_are_listed_in_order():
    with pytest.raises(DataError, match=r"found \[3, 4, 5\] rows"):
        split({"a": np.zeros(4), "b": np.zeros(3), "c": np.zeros(5)})
    with pytest.raises(DataError, match=r"found \[\] rows"):
        split({})
