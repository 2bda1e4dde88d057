"""Columns that are mostly zero: stored sparse where it pays, with the same losses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.data.columns import DenseColumn, SparseColumn
from steepest.data.sparsify import packed, pays
from steepest.engines.derived_cache import cached
from steepest.engines.numpy import NumpyEngine
from steepest.engines.table import ENGINES
from steepest.neuralnet.input.feeds import ArrayFeed
from steepest.neuralnet.input.storage_choice import SparseStorage
from steepest.program.graph import Graph

WIDTH, ROWS = 600, 900


@pytest.fixture(autouse=True)
def machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """NumPy multiplies dense rows whatever they hold: packing is for the compiling engine."""
    monkeypatch.setattr(st.config, "engine", "cpu")


def table(share: float = 0.02, ones: bool = True) -> np.ndarray:
    rng = np.random.default_rng(0)
    filled = rng.random((ROWS, WIDTH)) < share
    values = 1.0 if ones else rng.standard_normal((ROWS, WIDTH))
    return np.where(filled, values, 0.0).astype("float32")


def labels() -> np.ndarray:
    return (table()[:, :300].sum(axis=1) > table()[:, 300:].sum(axis=1)).astype("float32")


def network(*first: st.layers.Layer) -> st.Sequential:
    st.random.set_seed(1)
    model = st.Sequential([
        st.Input((WIDTH,)),
        *first,
        st.layers.Dense(16, "relu"),
        st.layers.Dense(16, "relu"),
        st.layers.Dense(1, "sigmoid"),
    ])
    model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
    return model


def storage_in_training(model: st.Sequential) -> set[str]:
    return {key.storage[0] for key in model._steps.steps if key.recording.kind == "train"}


@pytest.mark.parametrize("ones", [True, False])
def test_packed_rows_spell_out_what_was_given(ones: bool) -> None:
    array = table(0.1, ones)
    array[5] = 0.0
    rows = packed(DenseColumn(array))
    assert (rows.values is None) is ones
    np.testing.assert_array_equal(rows.take(np.arange(ROWS)), array)


def test_what_pays() -> None:
    assert pays(DenseColumn(table(0.1)))
    assert not pays(DenseColumn(table(0.3)))
    assert not pays(DenseColumn(table(0.1)[:50]))
    assert not pays(DenseColumn(table(0.1).astype("float64")))
    assert pays(DenseColumn(table(0.1).astype("uint8")))
    assert not pays(DenseColumn(table(0.1).astype("int64")))
    assert not pays(DenseColumn(table(0.1).reshape(-1, 50)))


@pytest.mark.parametrize("ones", [True, False])
def test_sparse_rows_and_dense_ones_give_the_same_losses(ones: bool) -> None:
    """As asked of IMDB: to 1e-4, whoever made the rows sparse."""
    scipy = pytest.importorskip("scipy.sparse", reason="missing peer: pip install scipy")
    x, y = table(ones=ones), labels()
    histories = []
    for data, epochs in ((x, 1), (x, 5), (scipy.csr_matrix(x), 5)):  # one epoch stays dense
        model = network()
        seen = [
            model.fit(data, y, batch_size=128, epochs=epochs, shuffle=False, seed=2, verbose=0)
            for _ in range(5 // epochs)
        ]
        histories.append([loss for history in seen for loss in history.history["loss"]])
    assert histories[0] == pytest.approx(histories[1], rel=1e-4)
    assert histories[1] == pytest.approx(histories[2], rel=1e-6)


def test_fit_packs_what_is_mostly_zero() -> None:
    model = network()
    model.fit(table(), labels(), epochs=2, verbose=0, validation_split=0.2)
    assert storage_in_training(model) == {"sparse"}


@pytest.mark.parametrize(
    ("first", "share", "epochs"),
    [
        ((), 0.5, 2),
        ((), 0.02, 1),
        ((st.layers.Rescaling(2.0, offset=1.0),), 0.02, 2),
    ],
)
def test_fit_leaves_what_would_not_pay(first: Any, share: float, epochs: int) -> None:
    """Too few zeros, a single epoch, or a first layer that reads zeros too."""
    model = network(*first)
    model.fit(table(share), labels(), epochs=epochs, verbose=0)
    assert storage_in_training(model) == {"dense"}


def pixels() -> np.ndarray:
    rng = np.random.default_rng(4)
    values = rng.integers(1, 256, (ROWS, WIDTH))
    return np.where(rng.random((ROWS, WIDTH)) < 0.15, values, 0).astype("uint8")


@pytest.mark.parametrize("scale", [1 / 255, 1.0])
def test_bytes_that_are_mostly_zero_train_as_sparse_rows(
    scale: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = []
    for stored in ("sparse", "bytes"):
        model = network(st.layers.Rescaling(scale))
        history = model.fit(pixels(), labels(), epochs=3, seed=5, verbose=0, check=False).history
        losses.append(history["loss"])
        assert storage_in_training(model) == {stored}
        monkeypatch.setattr("steepest.data.sparsify.MOST_NONZERO", 0.0)
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)


def test_packed_bytes_are_not_warned_of() -> None:
    """Their columns differ in scale where pixels at the border are dark, as those of bytes may."""
    x = pixels()
    x[:, 0] = np.minimum(x[:, 0], 1)
    network(st.layers.Rescaling(1 / 255)).fit(x, labels(), epochs=2, verbose=0)


def test_bytes_that_are_more_than_scaled_stay_as_they_are() -> None:
    model = network(st.layers.Rescaling(1 / 255, offset=-0.5))
    model.fit(pixels(), labels(), epochs=2, verbose=0)
    assert storage_in_training(model) == {"bytes"}


def test_a_table_that_was_packed_serves_single_epochs_too() -> None:
    x, y, stored = table(), labels(), []
    for epochs in (1, 2, 1):
        model = network()
        model.fit(x, y, epochs=epochs, verbose=0)
        stored.append(storage_in_training(model))
    assert stored == [{"dense"}, {"sparse"}, {"sparse"}]


def test_what_is_written_between_two_fits_is_read() -> None:
    x, y = table(), labels()
    network().fit(x, y, epochs=2, verbose=0)
    x[:450] = x[450:].copy()
    losses = [
        network().fit(data, y, epochs=2, seed=7, verbose=0).history["loss"]
        for data in (x, x.copy())
    ]
    assert losses[0] == losses[1]


def test_packed_rows_are_looked_through_once() -> None:
    x, y = table(ones=False), labels()
    network().fit(x, y, epochs=2, verbose=0)
    known = cached(lambda: packed(DenseColumn(x)), x)
    assert known.known_finite
    x[5, 7] = np.nan
    with pytest.raises(st.errors.DataError, match="x holds nan at row 5, column 7"):
        network().fit(x, y, epochs=2, verbose=0)


def test_a_single_epoch_packs_what_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steepest.data.sparsify.LEAST_NUMBERS_ONCE", 1 << 18)
    for share, storage in ((0.15, "sparse"), (0.25, "dense")):
        model = network()
        model.fit(table(share), labels(), epochs=1, verbose=0)
        assert storage_in_training(model) == {storage}


@pytest.mark.parametrize("odd", [np.nan, np.inf])
def test_what_no_training_can_use_is_found_among_the_entries(odd: float) -> None:
    x = table()
    x[700, 123] = odd
    with pytest.raises(st.errors.DataError, match=r"x holds (nan|inf) at row 700, column 123"):
        network().fit(x, labels(), epochs=2, verbose=0)


def test_columns_of_different_scale_are_reported_of_packed_rows_too() -> None:
    x = table(ones=False)
    x[:, 5] = 1e4
    with pytest.warns(UserWarning, match="column 5 reaches 1e"):
        network().fit(x, labels(), epochs=2, verbose=0)


def test_the_numpy_engine_keeps_dense_rows() -> None:
    model = network()
    model.compile("sgd", "mse", engine="numpy")
    nest = (DenseColumn(table()),)
    assert SparseStorage(model).nest(nest) is nest


def test_a_shared_column_is_packed_once() -> None:
    column, store = DenseColumn(table()), SparseStorage(network())
    first, second = (store.feed(ArrayFeed((column,), 32, rows=rows)) for rows in
                     (np.arange(10), np.arange(10, 20)))  # fmt: skip
    assert first.nest[0] is second.nest[0] and isinstance(first.nest[0], SparseColumn)
    assert first.rows.tolist() == list(range(10)) and second.rows[0] == 10


def test_inputs_are_packed_one_by_one() -> None:
    x, z = st.Input((WIDTH,)), st.Input((WIDTH,))
    joined = st.layers.Concatenate()([st.layers.Dense(4)(x), z])
    model = st.Model([x, z], st.layers.Dense(1)(joined))
    nest = ([DenseColumn(table()), DenseColumn(table())],)
    assert [column.storage for column in SparseStorage(model).nest(nest)[0]] == ["sparse", "dense"]


def test_many_epochs_of_one_batch() -> None:
    """Epochs that run in one engine call read packed rows too."""
    x, y = table(), labels()
    losses = [
        network().fit(data, y, epochs=25, batch_size=ROWS, shuffle=False, seed=3, verbose=0)
        .history["loss"]
        for data in (x, x.astype("float64"))
    ]  # fmt: skip
    assert losses[0] == losses[1] and losses[0][-1] < losses[0][0]


def test_explain_says_how_columns_are_stored() -> None:
    model = network()
    text = model.explain(table(), labels())
    assert text.splitlines()[-1].startswith("input 0: sparse rows, packed from dense ones; 2.0%")


@pytest.mark.long
def test_imdb_dense_and_sparse(data_folder: object) -> None:
    """The real one: 25,000 rows of 10,000 words, both ways, to 1e-4."""
    (train, y), _ = st.datasets.imdb.load_data(num_words=10000)
    losses = []
    for sparse in (False, True):
        x = st.data.vectorize_sequences(train, dimension=10000, sparse=sparse)
        rows = st.data.Dataset.from_tensor_slices((x, y))
        st.random.set_seed(1)
        model = st.Sequential([
            st.layers.Dense(16, "relu", input_shape=(10000,)),
            st.layers.Dense(16, "relu"),
            st.layers.Dense(1, "sigmoid"),
        ])
        model.compile("rmsprop", "binary_crossentropy", ["accuracy"])
        batches = (rows if sparse else rows.map(_as_they_are)).batch(512)
        history = model.fit(batches, epochs=3, verbose=0).history
        assert storage_in_training(model) == {"sparse" if sparse else "dense"}
        losses.append(history["loss"])
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)


def _as_they_are(x: st.Tensor, y: st.Tensor) -> tuple[st.Tensor, st.Tensor]:
    """A function of a Dataset keeps the rows dense: what it makes is not packed."""
    return x * 1.0, y


def test_rows_stay_dense_where_numpy_will_run_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine that reads sparse rows may be missing, which `can` says."""

    class Missing(NumpyEngine):
        name = "cpu"

        def can(self, graph: Graph) -> str | None:
            return "llvmlite is not installed"

        def reads(self, storage: str) -> bool:
            return True

    monkeypatch.setitem(ENGINES, "cpu", Missing)
    monkeypatch.setattr(st.config, "engine", "auto")
    nest = (DenseColumn(table()),)
    assert SparseStorage(network()).nest(nest) is nest
