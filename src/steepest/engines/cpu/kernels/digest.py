"""A digest of arrays at the speed of memory, which shows whether an array has changed.

It finds any accidental change: each word of the 512 bytes of state goes through invertible steps,
so that a change of one number always changes the digest, and changes of several numbers cancel with
a probability of 2**-64. It is no defence against intent. Depends on ir/helpers.py and the JIT.
"""

from __future__ import annotations

import ctypes
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np

from steepest.engines.cores import most_threads
from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import INDEX, accumulate, at, load, multiply, splat, store
from steepest.engines.cpu.machine.jit import CompiledModule, compile_module
from steepest.engines.cpu.machine.processor import processor

CHAINS, LANES = 8, 8  # independent vectors of state; words in each
BLOCK = 8 * CHAINS * LANES
PIECE = 1 << 22  # bytes that a thread takes at a time
_FACTOR, _TURN = 0x9E3779B97F4A7C15, 29  # odd; and no small divisor of 64
_POINTER = ir.PointerType()
_DIGEST = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p)


def digest(*arrays: np.ndarray) -> bytes:
    """The digest of contiguous arrays.

    >>> table = np.arange(100.0)
    >>> before = digest(table)
    >>> table[[3, 7]] = table[[7, 3]]
    >>> digest(table) == before
    False
    """
    pieces = []
    for array in arrays:
        words = array.reshape(-1).view(np.uint8)
        pieces += [words[start : start + PIECE] for start in range(0, len(words), PIECE)]
    # The lengths distinguish the zeros that pad the last block from zeros of the array.
    lengths = b"".join(array.nbytes.to_bytes(8, "little") for array in arrays)
    if len(pieces) < 2:
        return b"".join(map(_piece, pieces)) + lengths
    with ThreadPoolExecutor(most_threads(processor().cores)) as threads:
        return b"".join(threads.map(_piece, pieces)) + lengths


def _piece(words: np.ndarray) -> bytes:
    state = np.arange(1, 1 + CHAINS * LANES, dtype=np.uint64) * np.uint64(_FACTOR)
    whole, rest = divmod(len(words), BLOCK)
    call = _DIGEST(_module().address("digest"))
    call(words.ctypes.data, whole, state.ctypes.data)
    if rest:
        last = np.zeros(BLOCK, np.uint8)
        last[:rest] = words[-rest:]
        call(last.ctypes.data, 1, state.ctypes.data)
    return state.tobytes()


@lru_cache(maxsize=1)
def _module() -> CompiledModule:
    """The code; a reference to it must remain while its address is used, or it is freed."""
    return compile_module(_text, key="digest")


def _text() -> str:
    """Emits digest(blocks, count, state)."""
    module, vector = ir.Module("digest"), ir.VectorType(INDEX, LANES)
    kind = ir.FunctionType(ir.VoidType(), [_POINTER, INDEX, _POINTER])
    function = ir.Function(module, kind, "digest")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    blocks, count, state = function.args
    factor = splat(builder, ir.Constant(INDEX, _FACTOR), LANES)
    turn = splat(builder, ir.Constant(INDEX, _TURN), LANES)

    def step(block: int | ir.Value, words: list[ir.Value]) -> list[ir.Value]:
        head = at(builder, blocks, multiply(builder, block, CHAINS * LANES), INDEX)
        results = []
        for chain, word in enumerate(words):
            read = load(builder, at(builder, head, chain * LANES, INDEX), vector)
            mixed = builder.mul(builder.xor(word, read), factor)
            results.append(builder.intrinsic("llvm.fshl.v8i64", vector, [mixed, mixed, turn]))
        return results

    addresses = [at(builder, state, chain * LANES, INDEX) for chain in range(CHAINS)]
    words = accumulate(builder, count, [load(builder, one, vector) for one in addresses], step)
    for address, word in zip(addresses, words, strict=True):
        store(builder, word, address)
    builder.ret_void()
    return str(module)
