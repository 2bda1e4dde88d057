"""Code for other processors: it is compiled, and its assembly is checked.

Code for AVX2 runs in test_narrow_vectors.py; code for NEON runs by `make test-arm`; here, like that
for Windows, it is only read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.engines.cpu.emit.program import emit_module
from steepest.engines.cpu.gemm import Machine, machine_for
from steepest.engines.cpu.machine.compiling import assembly_of
from steepest.engines.cpu.machine.processor import Processor, llvm_binding
from steepest.engines.cpu.plan import plan
from steepest.program.graph import Graph
from steepest.program.passes import clean
from tests.agreement.test_training_steps import (
    Adam,
    crossentropy,
    dense_net,
    recorded,
    training_step,
)

AVX2 = "+avx,+avx2,+fma,+sse4.2,+f16c"
AVX512 = f"{AVX2},+avx512f,+avx512dq,+avx512bw,+avx512vl"
NEON = "+neon,+fp-armv8"
OTHERS = {
    "arm linux": ("neoverse-n1", "aarch64-unknown-linux-gnu", NEON, 128),
    "arm mac": ("apple-m1", "arm64-apple-darwin20.0.0", NEON, 128),
    "x86 linux": ("haswell", "x86_64-unknown-linux-gnu", AVX2, 256),
    "x86 windows": ("skylake-avx512", "x86_64-pc-windows-msvc", AVX512, 512),
}
# A multiply-add of four (eight, sixteen) floats in registers, as each assembler writes it.
MULTIPLY_ADDS = {
    "arm linux": r"fmla\s+v\d+\.4s, v\d+\.4s, v\d+",
    "arm mac": r"fmla\.4s\s+v\d+, v\d+, v\d+",
    "x86 linux": r"vfmadd\d+ps\s.*%ymm",
    "x86 windows": r"vfmadd\d+ps\s.*zmm",
}
WAITS = {"usleep", "Sleep"}
REMAINDERS = {"fmod", "fmodf"}  # the only ones of a C library: exact, and rarely used


def processor_called(name: str) -> Processor:
    llvm = llvm_binding()
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    cpu, triple, features, bits = OTHERS[name]
    return Processor(cpu, triple, features, bits, 4, 1 << 15, 1 << 20, 1 << 25)


def assembly(graph: Graph, target: Processor) -> str:
    module = emit_module(plan(clean(graph)).loops, machine_for(target), target.triple)
    return assembly_of(str(module), target)


def external(code: str) -> set[str]:
    """The functions that code calls and does not define."""
    called = set(re.findall(r'^\s+(?:bl|callq)\s+"?([\w.]+)', code, re.MULTILINE))
    defined = set(re.findall(r'^"?([\w.]+).*:', code, re.MULTILINE))
    return {name.lstrip("_") for name in called - defined}


def spilled(code: str) -> list[str]:
    """The accesses of vectors on ARM's stack within straight code of many multiply-adds."""
    straight = re.split(r"^[\w.]+:.*$", code, flags=re.MULTILINE)
    tiles = [part for part in straight if len(re.findall(r"^\s+fmla", part, re.MULTILINE)) >= 16]
    assert tiles
    return re.findall(r"^\s+\w+\s+q\d+,.*\[sp.*$", "\n".join(tiles), re.MULTILINE)


def training(dtype: str = "float32", widths: tuple[int, ...] = (64, 50, 17, 10)) -> Graph:
    variables = dense_net(widths, dtype)
    step = training_step(variables, crossentropy, Adam(variables), st.nn.relu)
    return recorded(step, widths[0], dtype, "int64")[0]


@pytest.mark.parametrize("name", OTHERS)
def test_a_training_step_becomes_multiply_adds_on_whole_vectors(name: str) -> None:
    code = assembly(training(), processor_called(name))
    assert len(re.findall(MULTIPLY_ADDS[name], code)) > 50
    assert external(code) <= WAITS


@pytest.mark.parametrize("name", ["arm linux", "x86 linux"])
def test_doubles_too(name: str) -> None:
    code = assembly(training("float64"), processor_called(name))
    pattern = r"fmla\s+v\d+\.2d" if name == "arm linux" else r"vfmadd\d+pd\s.*%ymm"
    assert len(re.findall(pattern, code)) > 50
    assert external(code) <= WAITS


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_tiles_fit_the_registers_of_arm(dtype: str) -> None:
    target = processor_called("arm linux")
    assert machine_for(target) == Machine(128, registers=32)
    for widths in ((64, 50, 17, 10), (300, 20, 28, 24)):  # tiles of 1 to 7 vectors
        assert spilled(assembly(training(dtype, widths), target)) == []


def test_code_for_an_older_processor_has_narrower_vectors() -> None:
    assert "zmm" not in assembly(training(), processor_called("x86 linux"))


FUNCTIONS: list[Callable[[Any], Any]] = [
    st.exp, st.expm1, st.log, st.log1p, st.tanh, st.sigmoid, st.erf, st.sin, st.cos, st.sqrt,
    st.rsqrt, st.floor, st.round, st.sign,
    lambda x: x**1.5,
    lambda x: x // 0.3,
    lambda x: st.cast(st.cast(x, "float16"), "float32") + 1.0,
    lambda x: st.cumsum(x, 1),
    lambda x: x + st.random.uniform((1, 37), dtype=x.dtype),
    lambda x: st.gather(x, st.argmax(x, 1) % 3, axis=1),
]  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_only_the_remainder_calls_a_library(name: str, dtype: str) -> None:
    target = processor_called(name)
    for function in FUNCTIONS:
        graph = st.trace(function, [st.TensorSpec((None, 37), np.dtype(dtype))])
        assert external(assembly(graph, target)) <= WAITS | REMAINDERS, function


# The instructions of ARM that access memory in order, without the LSE extension and with it.
ADDS = {"": r"ldaxr\s.*stlxr\s", ",+lse,+rcpc": r"ldaddal\s"}
ACQUIRES = {"ldar", "ldapr", "ldaxr", "stlxr", "ldaddal"}


@pytest.mark.parametrize("features", ADDS)
@pytest.mark.parametrize("name", ["arm linux", "arm mac"])
def test_the_barrier_orders_memory_on_arm(name: str, features: str) -> None:
    """ARM reorders accesses of memory. What a worker wrote before the barrier the others see behind
    it only if its addition to the counter releases, and each load of the counter acquires.
    """
    target = replace(processor_called(name), name="generic", features=NEON + features)
    code = assembly(training(), target)
    (barrier,) = re.findall(r"^_?barrier:(.*?)^\s+\.cfi_endproc", code, re.MULTILINE | re.DOTALL)
    assert len(re.findall(ADDS[features], barrier, re.DOTALL)) == 1
    accesses = re.findall(r"^\s+(\w+)[ \t].*\[(?!sp\b).*\]", barrier, re.MULTILINE)
    assert len(accesses) > 1 and set(accesses) <= ACQUIRES
    assert re.search(r"^\s+isb$", barrier, re.MULTILINE), "a worker that waits pauses"
