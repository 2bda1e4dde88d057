"""Runs one of the functions on NumPy arrays, for tests and documentation.

Depends on machine/jit.py and the table of functions.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np

from steepest.engines.cpu import ir
from steepest.engines.cpu.machine.jit import CompiledModule, compile_module
from steepest.engines.cpu.machine.processor import processor
from steepest.engines.cpu.vectormath import FUNCTIONS
from steepest.engines.cpu.vectormath.lanes import Emit
from steepest.errors import DTypeError, ShapeError, unknown_name

_ELEMENTS: dict[str, Callable[[], Any]] = {"float32": ir.FloatType, "float64": ir.DoubleType}
_NUMBER = ir.IntType(64)


def apply(name: str, *arrays: np.ndarray) -> np.ndarray:
    """Applies a function element by element, as the CPU engine computes it.

    >>> apply("logistic", np.array([-1.0, 0.0, 1.0], np.float32))
    array([0.26894143, 0.5       , 0.7310586 ], dtype=float32)
    >>> apply("power", np.array([2.0, 3.0]), np.array([10.0, -1.0]))
    array([1.02400000e+03, 3.33333333e-01])
    """
    if name not in FUNCTIONS:
        raise unknown_name("function", name, FUNCTIONS)
    arrays = tuple(np.ascontiguousarray(array) for array in arrays)
    _check(name, arrays)
    result = np.empty_like(arrays[0])
    module = _compiled(name, arrays)
    pointers = [array.ctypes.data for array in (*arrays, result)]
    signature = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * len(pointers), ctypes.c_int64)
    signature(module.address(name))(*pointers, result.size)
    return result


def _compiled(name: str, arrays: tuple[np.ndarray, ...]) -> CompiledModule:
    """The compiled loop for these arrays' dtype and number."""
    dtype, lanes = arrays[0].dtype, processor().lanes(8 * arrays[0].dtype.itemsize)
    return compile_module(
        lambda: loop_text(name, FUNCTIONS[name], _ELEMENTS[dtype.name](), len(arrays), lanes),
        key=f"apply {name} {dtype.name} {len(arrays)} {lanes}",
    )


def _check(name: str, arrays: tuple[np.ndarray, ...]) -> None:
    if any(array.dtype.name not in _ELEMENTS for array in arrays):
        given = ", ".join(str(array.dtype) for array in arrays)
        raise DTypeError(f"{name}: takes {', '.join(_ELEMENTS)}, got {given}")
    if len({(array.dtype, array.shape) for array in arrays}) != 1:
        given = " and ".join(f"{array.dtype}{array.shape}" for array in arrays)
        raise ShapeError(f"{name}: the arrays must have one dtype and shape, got {given}")


def loop_text(name: str, emit: Emit, element: Any, operands: int, lanes: int) -> str:
    """LLVM text of a function of (operands..., result, count): vectors, then single elements."""
    module = ir.Module(name)
    pointers = [ir.PointerType()] * (operands + 1)
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [*pointers, _NUMBER]), name)
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    *arrays, count = function.args
    none, whole = ir.Constant(_NUMBER, 0), builder.and_(count, ir.Constant(_NUMBER, -lanes))
    _loop(builder, emit, ir.VectorType(element, lanes), arrays, none, whole, lanes)
    _loop(builder, emit, element, arrays, whole, count, 1)
    builder.ret_void()
    return str(module)


def _loop(
    builder: Any, emit: Emit, type_: Any, arrays: list[Any], start: Any, stop: Any, step: int
) -> None:
    before = builder.block
    head, body, after = (builder.append_basic_block(part) for part in ("head", "body", "after"))
    builder.branch(head)
    builder.position_at_end(head)
    number = builder.phi(_NUMBER)
    number.add_incoming(start, before)
    builder.cbranch(builder.icmp_signed("<", number, stop), body, after)
    builder.position_at_end(body)
    _step(builder, emit, type_, arrays, number)
    number.add_incoming(builder.add(number, ir.Constant(_NUMBER, step)), builder.block)
    builder.branch(head)
    builder.position_at_end(after)


def _step(builder: Any, emit: Emit, type_: Any, arrays: list[Any], number: Any) -> None:
    """Loads operands, computes and stores the result; arrays are aligned to an element."""
    element = type_.element if isinstance(type_, ir.VectorType) else type_
    size = 8 if element == ir.DoubleType() else 4
    *sources, target = [builder.gep(a, [number], source_etype=element) for a in arrays]
    values = [builder.load(source, align=size, typ=type_) for source in sources]
    builder.store(emit(builder, *values), target, align=size)
