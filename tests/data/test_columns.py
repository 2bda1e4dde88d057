"""Columns: arrays in any layout, files mapped into memory, sparse rows sliced like arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.data.columns import DenseColumn, SparseColumn, as_column, is_mapped
from steepest.errors import DataError, DTypeError, ShapeError
from steepest.neuralnet.input import feeds

TABLE = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
LABELS = (TABLE[:, 0] > 0).astype(np.float32)
LAYOUTS: dict[str, Any] = {
    "by row": lambda x: x,
    "by column": np.asfortranarray,
    "every other column": lambda x: np.repeat(x, 2, axis=1)[:, ::2],
    "backwards": lambda x: x[::-1].copy()[::-1],
}


def mapped(path: Path, array: np.ndarray) -> np.ndarray:
    np.save(path, array)
    return np.load(path, mmap_mode="r")


def losses(x: Any, y: Any = LABELS) -> list[float]:
    st.random.set_seed(3)
    model = st.Sequential([st.layers.Dense(3, "tanh"), st.layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy")
    return model.fit(x, y, epochs=2, batch_size=16, verbose=0).history["loss"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_array_in_any_order_is_read_in_place(layout: str) -> None:
    array = LAYOUTS[layout](TABLE)
    array.flags.writeable = False
    column = as_column(array)
    assert np.shares_memory(column.array, array)
    rows = np.array([5, 1])
    assert column.take(rows).tolist() == TABLE[rows].tolist()
    assert column.take(rows).flags.c_contiguous


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kind", ["float32", "float64", ">f4", "float16"])
def test_training_sees_the_same_numbers_in_every_order_and_kind(layout: str, kind: str) -> None:
    table = TABLE.astype(np.float16).astype(np.float32)
    assert losses(LAYOUTS[layout](table).astype(kind, order="K")) == losses(table)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kind", ["float32", "float64", ">f8", "int16"])
def test_a_mapped_file_stays_on_disk(tmp_path: Path, layout: str, kind: str) -> None:
    array = LAYOUTS[layout](TABLE.round() if kind == "int16" else TABLE).astype(kind, order="K")
    file = mapped(tmp_path / "x.npy", array)
    ready = as_column(file).ready("float32")
    assert is_mapped(ready.array) and np.shares_memory(ready.array, file)
    assert losses(file) == losses(array)


@pytest.mark.parametrize("room", [1, 1 << 10])
def test_rows_of_a_mapped_file_are_fetched_some_batches_at_a_time(
    tmp_path: Path, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = []
    take = DenseColumn.take

    def noted(column: DenseColumn, rows: Any) -> np.ndarray:
        fetched.append(len(take(column, rows)))
        return take(column, rows)

    file = mapped(tmp_path / "x.npy", TABLE.astype("float64"))
    wanted = losses(TABLE)
    monkeypatch.setattr(feeds, "FETCHED_BYTES", room)
    monkeypatch.setattr(DenseColumn, "take", noted)
    assert losses(file) == wanted
    assert max(fetched) == (16 if room == 1 else 48)  # 20 bytes a row, 16 rows a batch


def test_a_mapped_file_beside_sparse_rows(tmp_path: Path) -> None:
    column, dense = sparse_and_dense()
    file = mapped(tmp_path / "x.npy", TABLE[:30].astype("float64"))

    def trained(*parts: Any) -> list[float]:
        st.random.set_seed(3)
        inputs = [st.Input((9,)), st.Input((4,))]
        model = st.Model(inputs, st.layers.Dense(1)(st.layers.Concatenate()(inputs)))
        model.compile("sgd", "mse")
        return model.fit(list(parts), LABELS[:30], epochs=2, batch_size=8, verbose=0).history[
            "loss"
        ]

    np.testing.assert_allclose(trained(column, file), trained(dense, TABLE[:30]), rtol=1e-5)


def test_a_frame_of_one_kind_is_not_copied() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(TABLE)
    assert np.shares_memory(as_column(frame).array, frame.to_numpy())


def test_a_contiguous_hdf5_data_set_is_mapped(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["x"] = TABLE.astype(">f8")
        file["empty"] = np.zeros((0, 2))
        file.create_dataset("packed", data=TABLE, compression="gzip")
        assert not is_mapped(as_column(file["x"]).array)  # what is being written may change
    with h5py.File(tmp_path / "x.h5") as file:
        assert is_mapped(as_column(file["x"]).array)
        assert np.array_equal(as_column(file["packed"]).array, TABLE)
        assert len(as_column(file["empty"])) == 0
        assert losses(file["x"]) == losses(file["packed"]) == losses(TABLE)


def test_an_hdf5_data_set_that_declares_more_than_it_holds_is_refused(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file.create_dataset("x", shape=(10**9, 100), dtype="f4")
    with (
        h5py.File(tmp_path / "x.h5") as file,
        pytest.raises(DataError, match="declares 400,000,000,000 bytes but has 0"),
    ):
        as_column(file["x"])


def test_masked_entries_are_gaps() -> None:
    masked = np.ma.array([1, 2, 3], mask=[False, True, False])
    assert np.isnan(as_column(masked).array).tolist() == [False, True, False]
    assert as_column(np.ma.array([1, 2])).array.tolist() == [1, 2]


def test_a_lazy_frame_is_to_be_collected() -> None:
    polars = pytest.importorskip("polars")
    with pytest.raises(DataError, match=r"x: a lazy frame .*x\.collect\(\)"):
        as_column(polars.DataFrame({"a": [1]}).lazy())


# ------------------------------------------------------------ sparse rows


def sparse_and_dense(ones: bool = False) -> tuple[SparseColumn, np.ndarray]:
    rng = np.random.default_rng(1)
    dense = np.where(rng.random((30, 9)) < 0.3, 1.0 if ones else rng.random((30, 9)), 0.0)
    dense = dense.astype(np.float32)
    scipy = pytest.importorskip("scipy.sparse")
    column = as_column(scipy.csr_array(dense))
    assert isinstance(column, SparseColumn) and (column.values is None) == ones
    return column, dense


CHOICES: list[Any] = [
    slice(None), slice(5, 12), slice(12, 5), slice(None, None, -1), slice(-4, None), slice(0, 0),
    np.array([7, 7, 0]), [3, -1], np.arange(30) % 3 == 0, np.array([], int),
]  # fmt: skip


@pytest.mark.parametrize("ones", [True, False])
@pytest.mark.parametrize("rows", CHOICES, ids=str)
def test_sparse_rows_are_chosen_as_those_of_an_array(rows: Any, ones: bool) -> None:
    column, dense = sparse_and_dense(ones)
    chosen = column[rows]
    assert isinstance(chosen, SparseColumn) and chosen.shape == dense[rows].shape
    assert np.array_equal(np.asarray(chosen), dense[rows])
    assert np.array_equal(column.take(rows), dense[rows])


def test_one_sparse_row_has_its_zeros() -> None:
    column, dense = sparse_and_dense()
    assert np.array_equal(column[-1], dense[-1])
    assert [row.tolist() for row in column] == dense.tolist()
    with pytest.raises(IndexError):
        column[30]


def test_consecutive_sparse_rows_share_their_entries() -> None:
    column, _ = sparse_and_dense()
    assert np.shares_memory(column[10:20].indices, column.indices)


def test_sparse_rows_are_split_trained_and_asked_like_arrays() -> None:
    column, dense = sparse_and_dense()
    y = np.arange(30.0) % 2
    parts = st.data.split(column, y, shares=(0.8, 0.2), seed=1)
    wanted = st.data.split(dense, y, shares=(0.8, 0.2), seed=1)
    for (x, _), (other, _) in zip(parts, wanted, strict=True):
        assert np.array_equal(x, other)
    model = st.Sequential([st.layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(column[:20], y[:20], validation_data=(column[20:], y[20:]), verbose=0)
    predicted = model.predict(column, verbose=0)
    np.testing.assert_allclose(predicted, model.predict(dense, verbose=0), rtol=1e-5)
    np.testing.assert_allclose(predicted, model.predict_on_batch(column), rtol=1e-5)


def test_columns_say_what_they_are() -> None:
    assert repr(DenseColumn(TABLE)) == "DenseColumn(float32[60, 4])"
    assert repr(sparse_and_dense()[0]).startswith("SparseColumn(30 rows of 9, ")


def test_a_sparse_vector_is_no_table() -> None:
    scipy = pytest.importorskip("scipy.sparse")
    with pytest.raises(ShapeError, match=r"a sparse matrix has rows.* \(5,\); pass x.toarray"):
        as_column(scipy.coo_array(np.ones(5)), "x")


@pytest.mark.parametrize("ones", [True, False])
def test_entries_of_sparse_rows_are_put_in_order(ones: bool) -> None:
    values = None if ones else np.arange(1, 8, dtype=np.float32)
    rows = SparseColumn(np.array([0, 3, 3, 5, 7]), np.array([2, 0, 2, 1, 4, 3, 3]), values, 5)
    assert rows.indices.tolist() == [0, 2, 2, 1, 4, 3, 3]
    if values is not None:
        assert rows.values is not None
        assert rows.values.tolist() == [2, 1, 3, 4, 5, 6, 7]


def test_places_of_sparse_rows_are_the_columns_own() -> None:
    starts, places = np.array([0, 2, 2, 3]), np.array([1, 4, 0], np.uint16)
    rows = SparseColumn(starts, places, None, 5)
    starts[1], places[0] = 9000, 9000
    assert rows.take(slice(None)).tolist() == [[0, 1, 0, 0, 1], [0] * 5, [1, 0, 0, 0, 0]]
    with pytest.raises(ValueError, match="read-only"):
        rows.indices[0] = 9000


@pytest.mark.parametrize("columns", [[1, 4, 0], [1, 1, 0]])
def test_what_cannot_be_written_to_is_not_copied(columns: list[int]) -> None:
    starts, places = np.array([0, 2, 2, 3]), np.array(columns, np.uint16)
    values = np.float32([5, 6, 7])
    for array in (starts, places):
        array.flags.writeable = False
    rows = SparseColumn(starts, places, values, 5)
    assert rows.indptr is starts
    assert rows.indices is places
    assert rows.values is not None
    assert np.shares_memory(rows.values, values)
    assert np.shares_memory(rows[1:].indices, places)


@pytest.mark.parametrize(("name", "place"), [("row", 60), ("row", -1), ("col", 4), ("col", -1)])
def test_coordinates_outside_of_a_matrix_are_refused(name, place):
    sparse = pytest.importorskip("scipy.sparse")
    matrix = sparse.coo_matrix(TABLE)
    places = getattr(matrix, name).copy()
    places[5] = place
    setattr(matrix, name, places)
    with pytest.raises(DataError, match=rf"x.{name} holds {place}, outside 0\.\."):
        as_column(matrix)


def test_complex_entries_are_refused_as_complex_arrays_are():
    sparse = pytest.importorskip("scipy.sparse")
    with pytest.raises(DTypeError, match=r"x: complex values are no numbers; pass x.real"):
        as_column(sparse.csr_matrix(TABLE * 1j))


def test_a_matrix_that_is_a_dictionary_is_a_matrix():
    sparse = pytest.importorskip("scipy.sparse")
    column = feeds.columns_of(sparse.dok_matrix(TABLE), "x", np.dtype("float32"))
    assert np.array_equal(np.asarray(column), TABLE)


def test_a_sparse_matrix_in_place_of_a_tensor_is_an_error_with_a_remedy():
    sparse = pytest.importorskip("scipy.sparse")
    with pytest.raises(DTypeError, match=r"shape \(60, 4\) is no tensor: pass x.toarray\(\), or"):
        st.reduce_sum(sparse.csr_matrix(TABLE))


def test_values_that_make_no_column_are_named() -> None:
    with pytest.raises(ShapeError, match=r"x: rows of unequal length .* st\.utils\.pad_sequences"):
        as_column([[1.0], [1.0, 2.0]], "x")
    with pytest.raises(ShapeError, match=r"x: rows were expected, got the single value 3\.0"):
        as_column(3.0, "x")
    objects = as_column(np.array([[1, 2.5], [True, np.float32(3)]], object), "x")
    assert np.asarray(objects).tolist() == [[1.0, 2.5], [1.0, 3.0]]
    for values, words in (
        (np.array([1, "a", 2], object), "x: texts are no numbers: a at row 1; begin the model"),
        (np.array([[1, 2], [3, None]], object), r"None at row 1, column 1; turn text and categ"),
        (np.array(["2020-01-01"], "M8[D]"), r"datetime64\[D\] values are no numbers: .* at row 0;"),
        (np.zeros(0, "M8[D]"), r"datetime64\[D\] values are no numbers; convert them with"),
    ):
        with pytest.raises(DTypeError, match=words):
            as_column(values, "x")
    with pytest.raises(DTypeError, match=r"cat at row 0; np\.unique"):
        as_column(np.array(["cat"], object), "y")


def test_columns_have_shapes_and_print() -> None:
    column = as_column(np.zeros((4, 3), np.float32), "x")
    assert column.shape == (4, 3) and column.row_shape == (3,) and len(column) == 4
    assert np.asarray(column, np.float64).dtype == np.float64
