"""Sizes, coordinates and buffers of the loop form, and the table of their pointers."""

from __future__ import annotations

import numpy as np
import pytest

from steepest.engines.cpu.loops.spaces import (
    ORDER,
    SCRATCH,
    STOP,
    ZERO,
    Access,
    Buffer,
    Coordinate,
    Role,
    Size,
    Stored,
    entries_of,
    product_of,
    size_of,
    table_size,
)

FLOAT, LONG = np.dtype(np.float32), np.dtype(np.int64)
BATCH = Size(1, 1)


def buffer(role: Role = "input", stored: Stored = "dense", *shape: Size) -> Buffer:
    return Buffer("x0", role, 0, FLOAT, shape or (BATCH, Size(3)), stored)


def test_each_array_has_one_entry_of_the_table_after_order_scratch_and_stop_word() -> None:
    dense, sparse, ones, last = (
        buffer(), buffer("input", "sparse"), buffer("input", "ones"), buffer("output"),
    )  # fmt: skip
    assert (ORDER, SCRATCH, STOP) == (0, 1, 2)
    buffers = (dense, sparse, ones, last)
    assert entries_of(buffers) == {dense: 3, sparse: 4, ones: 7, last: 10}
    assert table_size(buffers) == 11
    assert table_size(()) == 3


def test_sizes() -> None:
    assert (size_of(None), size_of(7)) == (BATCH, Size(7))
    assert product_of((BATCH, Size(3), Size(2, 1))) == Size(6, 2)
    assert product_of(()) == Size(1)
    assert [Size(6, power).at(10) for power in range(3)] == [6, 60, 600]
    assert [str(size) for size in (Size(1), BATCH, Size(3, 2), Size(4))] == [
        "1", "batch", "3*batch*batch", "4",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("coordinate", "text"),
    [
        (ZERO, "0"),
        (Coordinate(None, 0, 5), "5"),
        (Coordinate(1), "i1"),
        (Coordinate(0, 2), "2*i0"),
        (Coordinate(0, -1, 19), "-1*i0+19"),
        (Coordinate(0, 1, -2), "i0-2"),
        (Coordinate(looked=3), "t3"),
    ],
)
def test_coordinates_print_as_indices(coordinate: Coordinate, text: str) -> None:
    assert str(coordinate) == text


def test_rows_of_inputs_are_read_through_the_order() -> None:
    assert buffer().gathered and buffer("middles").gathered
    assert not buffer("scratch").gathered and not buffer("shares").gathered
    assert not buffer("input", "dense", Size(4), BATCH).gathered
    assert not Buffer("x0", "input", 0, FLOAT, ()).gathered
    partitions = [role for role in ("input", "middles", "shares") if buffer(role).is_partition]
    assert partitions == ["middles", "shares"]


def test_the_bytes_of_a_buffer() -> None:
    assert buffer().bytes(10) == 120
    assert Buffer("h", "scratch", 0, LONG, (Size(2), Size(5))).bytes(10) == 80
    assert str(buffer("input", "sparse")) == "input x0: float32[batch, 3], sparse"
    assert str(buffer("output")) == "output x0: float32[batch, 3]"


def test_strides_count_elements_of_the_shape_that_is_seen() -> None:
    access = Access(buffer(), (BATCH, Size(3), Size(4)), (ZERO, Coordinate(0), Coordinate(1, 2)))
    assert access.strides() == (Size(12), Size(4), Size(1))
    assert str(access) == "x0[0, i0, 2*i1]"
    turned = Access(buffer(), (Size(3), BATCH), (Coordinate(1), Coordinate(0)))
    assert turned.strides() == (BATCH, Size(1))
