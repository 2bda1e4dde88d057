"""Data that `fit` takes are taken by a search and a comparison too, or refused by a clear error."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, DataError
from steepest.tune.rows import rows_of
from tests.tune.small_search import build, rows, scores

SPACE = {"units": [4, 8]}
X, Y = rows(200)
DATA = st.data.Dataset.from_tensor_slices((X, Y))


def search(x: Any, y: Any = None, build: Any = build, **options: Any) -> st.tune.Study:
    return st.tune.search(build, SPACE, x, y, **{"epochs": 2, "verbose": 0, **options})


def reference() -> st.tune.Study:
    return search(X, Y, strategy="grid")


def test_lists_tensors_and_several_inputs_give_what_arrays_give() -> None:
    def of_two(units: int) -> Any:
        inputs = [st.Input((1,), name="a"), st.Input((1,), name="b")]
        hidden = st.layers.Dense(units, "relu")(st.layers.Concatenate()(inputs))
        model = st.Model(inputs, st.layers.Dense(3, "softmax")(hidden))
        model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
        return model

    arrays = scores(reference())
    assert scores(search(X.tolist(), Y.tolist(), strategy="grid")) == arrays
    assert scores(search(st.constant(X), st.constant(Y), strategy="grid")) == arrays
    a, b = X[:, :1], X[:, 1:]
    of_list = scores(search([a, b], Y, of_two, strategy="grid"))
    named = {"a": st.constant(a), "b": b.tolist()}
    assert scores(search(named, Y.tolist(), of_two, strategy="grid")) == of_list
    assert scores(search([st.constant(a), b], Y, of_two, folds=3))[0][3] is not None


def test_frames_and_sparse_matrices_of_any_kind_give_what_arrays_give(peer: Any) -> None:
    pd, sparse = peer("pandas"), peer("scipy.sparse")
    arrays = scores(reference())
    frame = pd.DataFrame(X, columns=["a", "b"], index=np.arange(200)[::-1])
    assert scores(search(frame, pd.Series(Y), strategy="grid")) == arrays
    dense = np.maximum(X, 0.0)
    expected = search(sparse.csr_matrix(dense), Y, strategy="grid")
    for form in ("coo_matrix", "csc_array", "lil_matrix"):
        given = getattr(sparse, form)(dense)
        assert scores(search(given, Y, strategy="grid")) == scores(expected)
    plain = search(dense, Y, strategy="grid")
    assert plain.best.score == pytest.approx(expected.best.score)


# ---------------------------------------------------------------- Datasets


TRAIN, VALIDATION, TEST = DATA.take(120), DATA.skip(120).take(40).batch(16), DATA.skip(160).batch(9)


def test_a_dataset_trains_as_fit_does_and_the_scores_are_those_of_all_rows() -> None:
    study = search(TRAIN.batch(20), validation=VALIDATION, test=TEST, strategy="grid")
    arrays = search(
        *(X[:120], Y[:120]), validation=(X[120:160], Y[120:160]), test=(X[160:], Y[160:]),
        strategy="grid", batch_size=20, shuffle=False,
    )  # fmt: skip
    for trial, same in zip(study.trials, arrays.trials, strict=True):
        assert (trial.score, trial.parts) == (same.score, same.parts)
        assert trial.history["loss"] == same.history["loss"]
    assert study.test_score == arrays.test_score and study.test_score.rows == 40
    assert len(study.best.parts) == 4


def test_each_training_begins_with_the_first_epoch_of_a_dataset() -> None:
    """A Dataset counts its epochs, so that trainings that share one would depend on each other."""
    options: dict[str, Any] = {"validation": VALIDATION, "test": None, "strategy": "grid"}
    for shuffled in (TRAIN.shuffle(50, seed=1).batch(8), TRAIN.shuffle(50).batch(8)):
        one, two = (search(shuffled, **options, threads=count) for count in (1, 2))
        assert scores(one) == scores(two) == scores(search(shuffled, **options))
        weights = [one.best_model.get_weights()[0], two.best_model.get_weights()[0]]
        np.testing.assert_array_equal(*weights)


def test_two_builds_are_compared_on_a_dataset() -> None:
    duel = st.tune.compare(
        lambda: build(4), lambda: build(8), TRAIN.batch(8), validation=VALIDATION, epochs=2, seeds=3
    )
    assert len(duel.first) == 3 and duel.overlap == 0.0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"x": DATA.batch(8)}, r"a Dataset is not divided.*dataset\.split"),
        ({"x": DATA.batch(8), "validation": VALIDATION}, "or test=None"),
        ({"x": DATA.batch(8), "validation": VALIDATION, "folds": 3}, "a Dataset is not divided"),
        ({"x": DATA.batch(8), "validation": None, "test": None}, "a Dataset is not divided"),
        ({"x": DATA.batch(8), "validation": 0.2, "test": None}, "a Dataset is not divided"),
        ({"x": DATA.batch(8), "validation": VALIDATION, "test": 0.2}, "a Dataset is not divided"),
        (
            {"x": DATA.batch(8), "validation": VALIDATION, "test": None, "folds": 3},
            "a Dataset is not divided",
        ),
        ({"x": DATA.batch(8), "y": Y}, "y comes with the batches of a Dataset"),
        ({"x": DATA, "validation": VALIDATION, "test": None}, r"add \.batch\(32\)"),
        ({"x": X, "y": Y, "validation": DATA}, r"add \.batch\(32\)"),
        ({"x": X, "y": Y, "validation": VALIDATION.repeat()}, "a Dataset without end"),
        ({"x": X, "y": Y, "test": st.data.Dataset.range(9).batch(2)}, r"batches \(x, y\)"),
        ({"x": X}, "y is missing"),
        ({"x": [(X, Y), (X, Y)]}, "a list of batches does not allow; give arrays or"),
        ({"x": iter([(X, Y)])}, "which a generator, a PyDataset"),
        ({"x": "data.csv", "y": Y}, "rows were expected, got 'data.csv'"),
    ],
)
def test_what_cannot_be_divided_or_shared_is_refused(given: Any, message: str) -> None:
    with pytest.raises((ArgumentError, DataError), match=message):
        search(**given)


def test_inputs_by_name_in_a_dataset_are_read_as_rows() -> None:
    named = st.data.Dataset.from_tensor_slices(({"a": X, "b": X[:, 0]}, Y)).batch(30)
    (part,) = rows_of(TRAIN.batch(8), None, named, None, None, seed=0).parts
    np.testing.assert_array_equal(part.validation[0]["a"], X)
    np.testing.assert_array_equal(part.validation[0]["b"], X[:, 0])
    np.testing.assert_array_equal(part.validation[1], Y)
