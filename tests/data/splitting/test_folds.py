"""Cross-validation: each row is tested once a round, whoever made the folds."""

import numpy as np
import pytest

from steepest.data import KFold, RepeatedKFold, Splitter, fold_indices
from steepest.errors import ArgumentError, DataError

X, Y = np.arange(46.0).reshape(23, 2), np.arange(23) % 3


@pytest.mark.parametrize("splitter", [KFold(5), KFold(2), KFold(5, stratify=True, seed=1)])
def test_each_row_is_tested_once_and_learned_otherwise(splitter):
    folds = list(splitter.split(X, Y))
    assert len(folds) == splitter.get_n_splits()
    assert np.sort(np.concatenate([test for _, test in folds])).tolist() == list(range(23))
    for train, test in folds:
        assert np.sort(np.concatenate([train, test])).tolist() == list(range(23))


def test_fold_sizes_differ_by_one():
    assert [len(test) for _, test in KFold(5, shuffle=False).split(X)] == [5, 5, 5, 4, 4]


def test_unshuffled_folds_are_those_of_scikit_learn():
    theirs = pytest.importorskip("sklearn.model_selection").KFold(5).split(X)
    for (train, test), (their_train, their_test) in zip(
        KFold(5, shuffle=False).split(X), theirs, strict=True
    ):
        assert np.array_equal(test, their_test) and np.array_equal(train, their_train)


def test_stratified_folds_keep_the_classes():
    y = np.array([0] * 90 + [1] * 10)
    for _, test in KFold(10, stratify=True, seed=0).split(np.zeros(100), y):
        assert np.bincount(y[test]).tolist() == [9, 1]


def test_grouped_folds_keep_groups_together():
    groups = np.arange(100) // 4
    for train, test in KFold(5, seed=0).split(np.zeros(100), groups=groups):
        assert not set(groups[train]) & set(groups[test])


def test_repeats_differ_and_seeds_repeat():
    folds = [test.tolist() for _, test in RepeatedKFold(2, 3, seed=5).split(X)]
    again = [test.tolist() for _, test in RepeatedKFold(2, 3, seed=5).split(X)]
    assert folds == again and folds[0] != folds[2] != folds[4]


@pytest.mark.parametrize("name", ["StratifiedKFold", "KFold", "ShuffleSplit", "RepeatedKFold"])
def test_splitters_of_scikit_learn_are_accepted(name):
    splitter = getattr(pytest.importorskip("sklearn.model_selection"), name)()
    assert isinstance(splitter, Splitter)
    folds = fold_indices(splitter, X, Y)
    assert len(folds) == splitter.get_n_splits() and folds[0][0].dtype == np.int64


def test_our_splitters_are_accepted_by_scikit_learn():
    selection = pytest.importorskip("sklearn.model_selection")
    dummy = pytest.importorskip("sklearn.dummy").DummyClassifier()
    splitter = KFold(4, stratify=True, seed=0)
    assert len(selection.cross_val_score(dummy, X, Y, cv=splitter)) == 4


def test_numbers_and_masks_are_accepted():
    assert len(fold_indices(4, X)) == 4
    mask = np.arange(23) < 5
    ((train, test),) = fold_indices([(~mask, mask)], X)
    assert test.tolist() == [0, 1, 2, 3, 4] and len(train) == 18


@pytest.mark.parametrize(
    ("folds", "message"),
    [
        (1, "n_splits=1"),
        (24, "23 rows cannot fill 24 folds"),
        ([], "no folds"),
        ([([0, 1], [23])], "names row 23"),
        ([([0, 1], [])], "row number"),
        ([([0.5], [1])], "row number"),
        (KFold(2, stratify=True), "needs the classes"),
    ],
)
def test_folds_that_are_none(folds, message):
    with pytest.raises((ArgumentError, DataError), match=message):
        fold_indices(folds, X)


def test_defaults_are_five_shuffled_folds_and_ten_repeats():
    assert KFold().get_n_splits() == len(list(KFold().split(X))) == 5
    assert RepeatedKFold().get_n_splits() == len(list(RepeatedKFold().split(X))) == 50
    assert RepeatedKFold(3, 1).get_n_splits() == len(list(RepeatedKFold(3, 1).split(X))) == 3
    tests = [test.tolist() for _, test in KFold(2, seed=0).split(X)]
    assert tests[0] != list(range(12)) and tests[0] != sorted(tests[0])
    labelled = [test for _, test in RepeatedKFold(3, 2, stratify=True).split(X, Y)]
    assert all(np.ptp(np.bincount(Y[test])) <= 1 for test in labelled)


def test_a_number_of_folds_has_a_fixed_seed():
    wanted = [test.tolist() for _, test in KFold(4, seed=0).split(X)]
    assert [test.tolist() for _, test in fold_indices(4, X)] == wanted
    other = [test.tolist() for _, test in KFold(4, seed=1).split(X)]
    assert other != wanted


def test_a_seed_of_zero_is_a_seed():
    folds = [[test.tolist() for _, test in RepeatedKFold(2, 2, seed=0).split(X)] for _ in "ab"]
    assert folds[0] == folds[1]


def test_as_many_folds_as_rows_are_the_most():
    assert [test.tolist() for _, test in KFold(3, shuffle=False).split(np.zeros(3))] == [
        [0], [1], [2]
    ]  # fmt: skip
    with pytest.raises(ArgumentError, match="n_repeats=0: expected at least 1"):
        RepeatedKFold(2, 0)


def test_training_rows_come_in_the_order_of_the_parts():
    folds = KFold(3, shuffle=False).split(np.zeros(6))
    assert [train.tolist() for train, _ in folds] == [[2, 3, 4, 5], [0, 1, 4, 5], [0, 1, 2, 3]]


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ([-1, 2], "names row 2; expected 0 to 22"),
        ([[0, 1]], r"the shape \(1, 2\) of int64"),
        (np.zeros(22, bool), r"the shape \(22,\) of bool"),
        (np.zeros(23, bool), r"the shape \(0,\) of int64"),
    ],
)
def test_row_numbers_are_checked_on_both_sides_of_a_fold(numbers, message):
    for pair in ((numbers, [1]), ([1], numbers)):
        with pytest.raises(DataError, match=message):
            fold_indices([pair], X)
    ((train, test),) = fold_indices([(np.array([0, 22], "uint8"), [5])], X)
    assert train.tolist() == [0, 22] and train.dtype == np.int64 and test.tolist() == [5]
