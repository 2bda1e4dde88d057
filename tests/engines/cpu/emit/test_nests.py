"""The innermost loop of kernels without a product: which vectors of a row have a mask."""

from __future__ import annotations

import re

import pytest

import steepest as st
from steepest.core import dispatch
from steepest.core.primitives import PRIMITIVES
from steepest.core.random_bits import ROUNDS
from steepest.engines.cpu.emit.program import emit_module
from steepest.engines.cpu.gemm import Machine
from steepest.engines.cpu.machine.processor import processor
from steepest.engines.cpu.plan import plan
from steepest.program.graph import Graph
from steepest.program.passes import clean

BITS = [128, 256, 512]


def code(graph: Graph, bits: int) -> str:
    machine = Machine(bits, 32 if bits == 512 else 16)
    return str(emit_module(plan(clean(graph)).loops, machine, processor().triple))


@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize(("columns", "masked"), [(96, 0), (100, 0), (103, 1), (98, 0)])
def test_only_the_last_vector_of_a_row_may_be_masked(columns: int, masked: int, bits: int) -> None:
    """A tail of one, two or four columns is a narrower vector; one of three or seven has a mask."""
    graph = st.trace(lambda x: st.exp(x) * 2.0, [st.TensorSpec((None, columns))])
    text, lanes = code(graph, bits), bits // 32
    assert len(re.findall(r'call void @"llvm\.masked\.store', text)) == masked
    assert re.search(rf"store <{lanes} x float>", text)


@pytest.mark.parametrize("bits", BITS)
def test_random_bits_are_computed_in_whole_registers(bits: int) -> None:
    """Two registers of counters at once, each of which has the bits of four columns."""
    graph = st.trace(
        lambda state, x: (
            dispatch.bind(PRIMITIVES["random_bits"], state, shape=(None, 256), width=24, lane=0),
            x,
        ),
        [st.TensorSpec((3,), "int64"), st.TensorSpec((None,))],
    )
    products = re.findall(rf"= mul <{2 * bits // 64} x i64>", code(graph, bits))
    assert len(products) >= 2 * ROUNDS  # the others are those of column numbers
