"""Transposing, reshaping, joining, splitting, gathering: known answers, errors, open sizes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.core import movement
from steepest.errors import ArgumentError, DataError, DTypeError, ShapeError, UnknownSizeError

CUBE = np.arange(24.0, dtype=np.float32).reshape(2, 3, 4)


def recorded(function: Any, shape: Any = (None, 3), *specs: Any) -> st.Tensor:
    """The function's output as it is recorded, where the size of the batch is open."""
    graph = st.trace(function, [st.TensorSpec(shape), *specs])
    return graph.outputs[0]


@pytest.mark.parametrize("perm", [None, (0, 1, 2), (2, 0, 1), (-1, 0, -2), [1, 2, 0]])
def test_transpose_is_numpy_s(perm: Any) -> None:
    np.testing.assert_array_equal(st.transpose(CUBE, perm), np.transpose(CUBE, perm))


@pytest.mark.parametrize(
    "perm", [(0, 1), (0, 0, 1), (0, 1, 3), (0, 1, 2.0), (0, 1, 2, 2), (-4, 1, 2)]
)
def test_transpose_names_each_axis_once(perm: Any) -> None:
    with pytest.raises(ArgumentError, match=r"is not an order of the 3 axes of shape \(2, 3, 4\)"):
        st.transpose(CUBE, perm)


@pytest.mark.parametrize("shape", [(6, 4), (-1, 2), (2, -1, 2), 24, (-1,), (1, 24, -1)])
def test_reshape_is_numpy_s(shape: Any) -> None:
    np.testing.assert_array_equal(st.reshape(CUBE, shape), CUBE.reshape(shape))


def test_sizes_that_do_not_fit() -> None:
    with pytest.raises(ArgumentError, match=r"only one size of \(-1, -1\) can be -1"):
        st.reshape(CUBE, (-1, -1))
    for wrong in ((-1, 5), (0, -1)):
        with pytest.raises(ShapeError, match=r"\(2, 3, 4\) does not divide into"):
            st.reshape(CUBE, wrong)
    with pytest.raises(ArgumentError, match=r"a size of a shape is a whole number, got 2\.5"):
        st.reshape(CUBE, (2.5, -1))
    assert st.reshape(np.zeros((0, 3)), (3, -1)).shape == (3, 0)
    assert st.reshape(CUBE, (np.int64(6), np.array(4))).shape == (6, 4)


def test_reshape_where_the_size_of_the_batch_is_open() -> None:
    assert recorded(lambda x: st.reshape(x, (-1, 3, 1))).shape == (None, 3, 1)
    assert recorded(lambda x: st.reshape(x, (st.shape(x)[0], -1))).shape == (None, 3)
    same = lambda x: st.reshape(x, (st.cast(st.shape(x)[0], "int64"), -1))  # noqa: E731
    assert recorded(same, (None, 3, 2)).shape == (None, 6)
    with pytest.raises(ShapeError, match="the unknown batch must stay an axis of its own"):
        recorded(lambda x: st.reshape(x, (-1, 2)))
    with pytest.raises(UnknownSizeError, match="only the batch itself"):
        recorded(lambda x: st.reshape(x, (st.shape(x)[0] * 3, 1)))


def test_sizes_that_a_user_gives() -> None:
    assert movement.given_sizes("zeros", 3) == (3,)
    assert movement.given_sizes("zeros", (0, 2)) == (0, 2)
    with pytest.raises(ArgumentError, match=r"zeros: sizes are 0 or more, got \(2, -1\)"):
        movement.given_sizes("zeros", (2, -1))
    with pytest.raises(ArgumentError, match=r"the size None in \(None, 2\) stands for the batch"):
        movement.given_sizes("zeros", (None, 2))


def test_ranges_that_are_the_whole_change_nothing() -> None:
    x = st.constant([1.0, 2.0, 3.0])
    assert movement.take_ranges(x, ((0, 3, 1),)) is x
    assert movement.take_ranges(x, ((0, 2, 1),)).tolist() == [1.0, 2.0]
    assert movement.take_ranges(x, ((2, 3, -1),)).tolist() == [3.0, 2.0, 1.0]
    assert movement.place(x, ((0, 3, 1),), (3,)) is x
    assert movement.place(x, ((2, 3, -1),), (3,)).tolist() == [3.0, 2.0, 1.0]
    assert movement.place(x, ((1, 3, 1),), (4,)).tolist() == [0.0, 1.0, 2.0, 3.0]


@pytest.mark.parametrize("axis", [None, 0, -1, (0, 2), (1,), ()])
def test_flip_is_numpy_s(axis: Any) -> None:
    np.testing.assert_array_equal(movement.flip(CUBE, axis), np.flip(CUBE, axis))
    assert movement.flip(np.zeros((0, 2)), 0).shape == (0, 2)


def test_what_cannot_be_done_along_an_open_batch() -> None:
    for function in (lambda x: movement.flip(x, 0), lambda x: st.split(x, 1)):
        with pytest.raises(ShapeError, match="cannot work along the batch while its size is unk"):
            recorded(function)
    assert recorded(lambda x: movement.flip(x, 1)).shape == (None, 3)


def test_concat_joins_along_one_axis() -> None:
    np.testing.assert_array_equal(
        st.concat([CUBE, CUBE[:, :1]], 1), np.concatenate([CUBE, CUBE[:, :1]], 1)
    )
    assert st.concat([[1, 2]], 0).tolist() == [1, 2]
    assert st.concat([[1], [2.5]], 0).tolist() == [1.0, 2.5]
    for none in ([], None):
        with pytest.raises(ArgumentError, match="concat: nothing to join; give at least one"):
            st.concat(none)
    with pytest.raises(ShapeError, match=r"shapes \(2, 3, 4\) and \(2, 2, 4\) must agree on every"):
        st.concat([CUBE, CUBE[:, :2]], 2)


@pytest.mark.parametrize(
    "parts, sizes",
    [(3, [2, 2, 2]), (1, [6]), ([1, -1, 3], [1, 2, 3]), ([6, -1], [6, 0]), ([0, 6], [0, 6])],
)
def test_split_into_parts(parts: Any, sizes: list[int]) -> None:
    x = np.arange(12).reshape(2, 6)
    found = st.split(x, parts, axis=1)
    wanted = np.split(x, np.cumsum(sizes)[:-1], axis=1)
    assert [part.tolist() for part in found] == [part.tolist() for part in wanted]


@pytest.mark.parametrize("parts", [0, -1, 4, [3, 4], [7, -1], [-1, -1], [7, -2], [2, 2]])
def test_parts_that_do_not_add_up(parts: Any) -> None:
    with pytest.raises(ShapeError, match=r"split: .*(do not divide|do not add up to 6)"):
        st.split(np.arange(6), parts)


@pytest.mark.parametrize("indices", [1, [1, 0], [[1, 1], [0, 1]], np.zeros((0,), int)])
@pytest.mark.parametrize("axis", [None, 0, 1, 2, -1])
def test_gather_is_numpy_s_take(indices: Any, axis: int | None) -> None:
    wanted = np.take(CUBE, indices, axis or 0)
    np.testing.assert_array_equal(st.gather(CUBE, indices, axis), wanted)


@pytest.mark.parametrize(
    "batch_dims, axis, shape",
    [(1, None, (2, 5)), (1, 1, (2,)), (1, 2, (2, 5)), (1, -1, (2, 2, 2)), (2, None, (2, 3, 5)),
     (2, 2, (2, 3)), (1, 1, (2, 0))],
)  # fmt: skip
def test_each_example_has_its_own_indices(batch_dims: int, axis: int | None, shape: Any) -> None:
    table = np.arange(48.0, dtype=np.float32).reshape(2, 3, 4, 2)
    along = batch_dims if axis is None else axis % table.ndim
    indices = np.random.default_rng(0).integers(0, table.shape[along], shape)
    found = st.gather(table, indices, axis, batch_dims)
    lead = table.shape[:batch_dims]
    wanted = [np.take(table[at], indices[at], along - batch_dims) for at in np.ndindex(lead)]
    np.testing.assert_array_equal(found, np.reshape(wanted, (*lead, *wanted[0].shape)))


def test_indices_that_cannot_be_gathered() -> None:
    for wrong in (0.5, True):
        with pytest.raises(DTypeError, match="gather: indices must be whole numbers, got"):
            st.gather(CUBE, [wrong])
    for wrong, where in (
        ([2], r"index 2 at \(0,\) is outside 0\.\.1, the 2 rows"),
        ([0, -1], "-1 at"),
    ):
        with pytest.raises(DataError, match=where):
            st.gather(CUBE, wrong)
    assert st.gather(CUBE, np.array([1], np.uint8)).shape == (1, 3, 4)
    for axis, indices in ((0, [[0], [0]]), (1, [[0], [0], [0]])):
        with pytest.raises(
            ShapeError, match=r"the first 1 axes .* must be equal, and the axis must"
        ):
            st.gather(CUBE, indices, axis, batch_dims=1)
    with pytest.raises(DataError, match="index 3 at"):
        st.gather(CUBE, [[3], [0]], batch_dims=1)


def test_sizes_and_shapes_of_values_and_of_recorded_tensors() -> None:
    assert st.size(CUBE) == 24 and st.shape(CUBE) == (2, 3, 4)
    assert st.function(st.size)(np.ones((5, 3), np.float32)) == 15
    sizes = st.function(
        lambda x: st.size(x) + st.shape(x)[0], input_signature=[st.TensorSpec((None, 3))]
    )
    assert sizes(np.ones((5, 3), np.float32)).tolist() == 20


def test_dropped_axes() -> None:
    x = st.constant(np.zeros((1, 2, 1)))
    assert movement.without_axes(x, []) is x
    assert movement.without_axes(x, [0, 2]).shape == (2,)
