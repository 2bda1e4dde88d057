"""The emitters' helpers: known integers fold, loops count, masked accesses touch their lanes."""

from __future__ import annotations

import numpy as np
import pytest

from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import (
    BIT,
    INDEX,
    Integer,
    accumulate,
    add,
    at,
    first_lanes,
    index,
    known_first,
    load,
    loop,
    minimum,
    multiply,
    store,
    subtract,
)
from tests.engines.cpu.gemm_harness import compiled, guarded

FLOAT = ir.FloatType()


def test_known_integers_fold() -> None:
    builder = ir.IRBuilder()
    assert add(builder, 2, 3) == 5
    assert subtract(builder, 2, 3) == -1
    assert multiply(builder, 2, 3) == 6
    assert minimum(builder, 2, 3) == 2


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("span", [(0, 0, 1), (0, 1, 1), (3, 10, 3), (5, 2, 1), (0, 4, 7)], ids=str)
def test_loops_visit_the_numbers_of_range(span: tuple[int, int, int], known: bool) -> None:
    def emit(builder: ir.IRBuilder, pointers: list[ir.Value], integers: list[ir.Value]) -> None:
        with loop(builder, *(span if known else integers)) as here:
            address = at(builder, pointers[0], here, INDEX)
            builder.store(builder.add(builder.load(address, typ=INDEX), index(1)), address)

    visits = guarded(np.zeros(12, np.int64))
    compiled(emit, 1, 3)(visits, *span)
    expected = np.zeros(12, np.int64)
    expected[list(range(*span))] = 1
    np.testing.assert_array_equal(visits, expected)


def test_a_loop_without_a_step_visits_each_number() -> None:
    def emit(builder: ir.IRBuilder, pointers: list[ir.Value], integers: list[ir.Value]) -> None:
        with loop(builder, 3, integers[0]) as here:
            builder.store(index(1), at(builder, pointers[0], here, INDEX))

    visits = guarded(np.zeros(12, np.int64))
    compiled(emit, 1, 1)(visits, 10)
    assert visits.tolist() == [0] * 3 + [1] * 7 + [0] * 2


@pytest.mark.parametrize("count", [0, 1, 2, 9])
@pytest.mark.parametrize("known", [True, False])
def test_accumulate_goes_in_order(count: int, known: bool) -> None:
    def emit(builder: ir.IRBuilder, pointers: list[ir.Value], integers: list[ir.Value]) -> None:
        def step(number: Integer, values: list[ir.Value]) -> list[ir.Value]:
            return [builder.add(builder.mul(values[0], index(10)), index(number))]

        steps = count if known else integers[0]
        (total,) = accumulate(builder, steps, [index(7)], step)
        builder.store(total, pointers[0])

    result = guarded(np.zeros(1, np.int64))
    compiled(emit, 1, 1)(result, count)
    assert result[0] == int("7" + "".join(map(str, range(count))))


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("count", range(9))
def test_masked_accesses_touch_only_lanes_that_are_on(count: int, known: bool) -> None:
    """The arrays end where the mask does, before a page without access."""

    def emit(builder: ir.IRBuilder, pointers: list[ir.Value], integers: list[ir.Value]) -> None:
        mask = first_lanes(builder, count if known else integers[0], 8)
        vector = load(builder, pointers[0], ir.VectorType(FLOAT, 8), mask)
        store(builder, vector, pointers[2])
        store(builder, vector, pointers[1], mask)

    source = guarded(np.arange(1, count + 1, dtype=np.float32))
    target = guarded(np.zeros(count, np.float32))
    whole = guarded(np.full(8, np.nan, np.float32))
    compiled(emit, 3, 1)(source, target, whole, count)
    np.testing.assert_array_equal(target, source)
    np.testing.assert_array_equal(whole, np.append(source, np.zeros(8 - count, np.float32)))


def test_known_first_counts_leading_lanes() -> None:
    def mask(*lanes: bool) -> ir.Constant:
        return ir.Constant(ir.VectorType(BIT, len(lanes)), lanes)

    assert known_first(mask(1, 1, 0, 0)) == 2
    assert known_first(mask(1, 1, 1, 0)) == 0  # no power of two: remains a mask
    assert known_first(mask(0, 1, 1, 0)) == 0
    assert known_first(mask(0, 0, 0, 0)) == 0
