"""Cross-validation: every row tested once, by a model that has not seen it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.data import KFold, RepeatedKFold
from steepest.errors import ArgumentError, DataError


def table(rows: int = 120) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((rows, 3)).astype("float32")
    return x, (x[:, 0] > 0).astype(int)


def classifier() -> st.Sequential:
    model = st.Sequential([st.layers.Dense(1, activation="sigmoid", input_shape=(3,))])
    model.compile(st.optimizers.Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
    return model


def run(k: Any = 4, build: Any = classifier, **options: Any) -> st.data.CrossValidation:
    x, y = table()
    return st.data.cross_validate(build, x, y, k, epochs=8, batch_size=16, **options)


def test_scores_are_those_of_the_rows_left_out() -> None:
    x, y = table()
    result = run()
    assert set(result.scores) == {"loss", "accuracy"}
    assert np.sort(np.concatenate([test for _, test in result.folds])).tolist() == list(range(120))
    for fold, (model, (train, test)) in enumerate(zip(result.models, result.folds, strict=True)):
        assert not set(train) & set(test)
        again = model.evaluate(x[test], y[test], verbose=0, return_dict=True)
        assert again["accuracy"] == result.scores["accuracy"][fold]
    assert result.mean["accuracy"] == pytest.approx(result.scores["accuracy"].mean())
    assert result.deviation["loss"] == pytest.approx(np.std(result.scores["loss"], ddof=1))
    assert result.mean["accuracy"] > 0.85
    assert [len(history.epoch) for history in result.histories] == [8] * 4


class Memory:
    """Knows the label of every row that it has seen, and says 0 of any other."""

    def fit(self, x: np.ndarray, y: np.ndarray) -> None:
        self.known = dict(zip(x[:, 0].tolist(), y.tolist(), strict=True))

    def score(self, x: np.ndarray, y: np.ndarray) -> float:
        pairs = zip(x[:, 0].tolist(), y.tolist(), strict=True)
        return float(np.mean([self.known.get(value, 0) == label for value, label in pairs]))


def test_memorized_rows_score_like_random_guesses() -> None:
    x, y = np.arange(300.0)[:, None], np.random.default_rng(5).integers(1, 4, 300)
    assert st.data.cross_validate(Memory, x, y).scores["score"].tolist() == [0.0] * 5


def test_classes_keep_their_shares() -> None:
    x, _ = table()
    y = (np.arange(120) < 20).astype(int)
    result = st.data.cross_validate(classifier, x, y, 4, epochs=1)
    assert [int(y[test].sum()) for _, test in result.folds] == [5] * 4


def test_one_seed_gives_the_same_bits_and_another_gives_others() -> None:
    first, second, third = run(seed=3), run(seed=3), run(seed=4)
    assert first.scores["loss"].tolist() == second.scores["loss"].tolist()
    assert first.scores["loss"].tolist() != third.scores["loss"].tolist()


@pytest.mark.parametrize(
    ("splitter", "count"),
    [
        (KFold(3, seed=1), 3),
        (RepeatedKFold(2, 3, seed=1), 6),
        ([(np.arange(60), np.arange(60, 120))], 1),
    ],
)
def test_other_folds(splitter: Any, count: int) -> None:
    result = run(splitter)
    assert len(result.scores["loss"]) == len(result.models) == count
    assert f"{count} fold" in repr(result)


def test_splitters_of_scikit_learn(peer: Any) -> None:
    selection = peer("sklearn.model_selection")
    groups = np.repeat(np.arange(6), 20)
    result = run(selection.GroupKFold(3), groups=groups)
    for train, test in result.folds:
        assert not set(groups[train]) & set(groups[test])


def test_preparation_sees_training_rows_alone() -> None:
    """A row far outside moves the mean of the folds that train on it, and of no other."""
    x, y = table()
    x[7] = 1e4
    seen = []

    def build(x_train: np.ndarray, y_train: np.ndarray) -> st.Sequential:
        scaling = st.layers.Normalization()
        scaling.adapt(x_train)
        seen.append((len(x_train), len(y_train), abs(float(scaling.mean.max())) > 10))
        model = st.Sequential([scaling, *classifier().layers])
        model.compile("adam", "binary_crossentropy")
        return model

    with pytest.warns(st.data.UnseenWarning, match="varies by a hundredth"):  # beside row 7
        result = st.data.cross_validate(build, x, y, 4, workers=1, epochs=1, check=False)
    held = [7 in test for _, test in result.folds]
    assert seen == [(90, 90, not out) for out in held]


def test_several_inputs_are_cut_alike() -> None:
    x, y = table()

    def build() -> Any:
        inputs = [st.Input((1,)), st.Input((1,))]
        made = st.Model(inputs, st.layers.Dense(1, "sigmoid")(st.layers.Concatenate()(inputs)))
        made.compile("adam", "binary_crossentropy", ["accuracy"])
        return made

    result = st.data.cross_validate(build, [x[:, :1], x[:, 1:2]], y, 3, epochs=2, verbose=0)
    assert result.scores["accuracy"].shape == (3,)


def test_weights_follow_their_rows() -> None:
    """Rows of no weight, labelled the wrong way, change nothing in the score."""
    x, y = table()
    weights = np.ones(120)
    weights[::3] = 0.0
    y = np.where(weights == 0, 1 - y, y)
    result = st.data.cross_validate(
        classifier, x, y, 4, sample_weight=weights, epochs=30, batch_size=8
    )
    predicted = [
        ((model.predict(x[test], verbose=0)[:, 0] > 0.5) == y[test])[weights[test] == 1].mean()
        for model, (_, test) in zip(result.models, result.folds, strict=True)
    ]
    assert np.mean(predicted) > 0.9


def test_tensors_lists_and_one_hot_labels() -> None:
    x, y = table()

    def build() -> st.Sequential:
        model = st.Sequential([st.layers.Dense(2, activation="softmax", input_shape=(3,))])
        model.compile(st.optimizers.Adam(0.05), "categorical_crossentropy", metrics=["accuracy"])
        return model

    labels = np.eye(2)[y]
    one = st.data.cross_validate(build, st.constant(x), labels.tolist(), 3, epochs=4)
    two = st.data.cross_validate(build, x, labels, 3, epochs=4)
    assert one.scores["loss"].tolist() == two.scores["loss"].tolist()


def test_sparse_rows(peer: Any) -> None:
    scipy = pytest.importorskip("scipy.sparse", reason="missing peer: pip install scipy")
    x, y = table()
    x[x < 0.5] = 0.0
    dense, sparse = (
        st.data.cross_validate(classifier, part, y, 3, epochs=4)
        for part in (x, scipy.csr_matrix(x))
    )
    assert dense.scores["loss"] == pytest.approx(sparse.scores["loss"], rel=1e-4)
    coordinates = st.data.cross_validate(classifier, scipy.coo_array(x), y, 3, epochs=4)
    np.testing.assert_array_equal(coordinates.scores["loss"], sparse.scores["loss"])


def test_wrong_inputs() -> None:
    x, y = table()
    with pytest.raises(ArgumentError, match="would be trained on every test row"):
        st.data.cross_validate(classifier(), x, y)
    with pytest.raises(ArgumentError, match="return model"):
        st.data.cross_validate(lambda: None, x, y)
    with pytest.raises(ArgumentError, match="build must take no argument, or x and y"):
        st.data.cross_validate(lambda size: classifier(), x, y)
    with pytest.raises(DataError, match="x has 120 rows and y has 119"):
        st.data.cross_validate(classifier, x, y[1:])
    with pytest.raises(ArgumentError, match="validation_data is set for each fold"):
        st.data.cross_validate(classifier, x, y, validation_data=(x, y))
    with pytest.raises(ArgumentError, match="got a Dataset"):
        st.data.cross_validate(classifier, st.data.Dataset.from_tensor_slices((x, y)).batch(3), y)
    with pytest.raises(ArgumentError, match="at least 2 folds"):
        st.data.cross_validate(classifier, x, y, 1)
    with pytest.raises(ArgumentError, match="y is missing"):
        st.data.cross_validate(classifier, x, None)


def test_folds_side_by_side_are_those_one_after_another() -> None:
    def build() -> st.Sequential:
        model = st.Sequential([st.layers.Dense(4, "relu"), st.layers.Dropout(0.3)])
        model.add(st.layers.Dense(1, "sigmoid"))
        model.compile("adam", "binary_crossentropy", ["accuracy"])
        return model

    stopping = st.callbacks.EarlyStopping("val_loss", patience=0)
    weights = np.linspace(0.5, 1.5, 120)

    def found(workers: int | None) -> Any:
        options: Any = {"callbacks": [stopping], "validation_split": 0.2, "sample_weight": weights}
        result = run(5, build, workers=workers, **options)
        trained = [[w.tobytes() for w in model.get_weights()] for model in result.models]
        records = [history.history for history in result.histories]
        return trained, records, {name: each.tolist() for name, each in result.scores.items()}

    x, y = table()
    alone = found(1)
    assert found(2) == found(3) == found(None) == alone
    train, _ = run(5).folds[2]
    st.random.set_seed(2)
    model = build()
    options = {"sample_weight": weights[train], "callbacks": [stopping], "validation_split": 0.2}
    model.fit(x[train], y[train], epochs=8, batch_size=16, verbose=0, seed=2, **options)
    assert [w.tobytes() for w in model.get_weights()] == alone[0][2]


def test_the_first_error_ends_all_folds() -> None:
    builds: list[int] = []

    def build() -> Any:
        builds.append(1)
        return classifier() if len(builds) < 2 else 5

    with pytest.raises(ArgumentError, match="build returned int"):
        run(50, build, workers=2)
    assert len(builds) < 10
