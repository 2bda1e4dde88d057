"""Random bits in the code of a program: how many of the generator's products it computes."""

from __future__ import annotations

import re

import pytest

import steepest as st
from steepest.core import dispatch
from steepest.core.primitives import PRIMITIVES
from steepest.engines.cpu.emit.program import emit_module
from steepest.engines.cpu.gemm import machine_for
from steepest.engines.cpu.machine.processor import processor
from steepest.engines.cpu.plan import plan
from steepest.program.passes import clean


def products(shape: tuple[int | None, ...]) -> int:
    """The elements of the vectors of words that are multiplied."""
    graph = st.trace(
        lambda state, x: (
            dispatch.bind(PRIMITIVES["random_bits"], state, shape=shape, width=24, lane=0),
            x,
        ),
        [st.TensorSpec((3,), "int64"), st.TensorSpec((None,))],
    )
    text = str(emit_module(plan(clean(graph)).loops, machine_for(processor()), processor().triple))
    return sum(map(int, re.findall(r"= mul <(\d+) x i64>", text)))


@pytest.mark.parametrize("shape", [(None, 40), (4, 2, 40)])
def test_four_neighbouring_columns_share_a_counter(shape: tuple[int | None, ...]) -> None:
    """Unlike flattened rows of 37, where a vector may begin at any of the four."""
    assert 2 * products(shape) < products((4, 2, 37))
