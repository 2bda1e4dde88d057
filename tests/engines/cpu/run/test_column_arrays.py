"""The arrays of columns are in the order of the pointers in the table."""

from __future__ import annotations

import numpy as np

import steepest as st
from steepest.data.columns import DenseColumn, SparseColumn
from steepest.engines.cpu.kernels.partition import partition
from steepest.engines.cpu.run.code import Code
from steepest.engines.cpu.run.column_arrays import arrays_of
from steepest.program.graph import Graph
from steepest.program.trace import record

ONES = SparseColumn(np.array([0, 2, 3]), np.array([1, 5, 0]), None, 6)
VALUES = SparseColumn(
    np.array([0, 1, 3]), np.array([4, 0, 2]), np.array([0.5, 2, 3], np.float32), 6
)
DENSE = DenseColumn(np.ones((2, 3), np.float32))


def summed(updates: bool) -> Graph:
    """Two inputs of sparse rows and a dense one; with updates the rows have a partition."""
    weights = st.Variable(np.zeros((6, 3), np.float32))

    def step(one: st.Tensor, other: st.Tensor, dense: st.Tensor) -> st.Tensor:
        with st.GradientTape() as tape:
            loss = st.reduce_sum(st.square(one @ weights + other @ weights - dense))
        if updates:
            weights.assign(weights - tape.gradient(loss, weights))
        return loss

    specs = [st.TensorSpec((None, width)) for width in (6, 6, 3)]
    return record(step, specs).graph


def test_sparse_rows_are_bounds_columns_and_values_and_their_partitions_come_last() -> None:
    columns = (ONES, VALUES, DENSE)
    found = arrays_of(columns, Code(summed(True), ("ones", "sparse", "dense")), 2)
    rows = [ONES.indptr, ONES.indices, ONES.indices]  # of ones no values are read
    rows += [VALUES.indptr, VALUES.indices, np.asarray(VALUES.values), DENSE.array]
    assert all(one is other for one, other in zip(found, rows, strict=False))
    expected = [
        getattr(partition(one, 2), of) for one in columns[:2] for of in ("middles", "shares")
    ]
    assert len(found) == len(rows) + 4
    assert {id(array) for array in found[7:]} == {id(array) for array in expected}


def test_rows_that_change_no_weights_have_no_partition() -> None:
    code = Code(summed(False), ("ones", "sparse", "dense"))
    assert len(arrays_of((ONES, VALUES, DENSE), code, 2)) == 7
