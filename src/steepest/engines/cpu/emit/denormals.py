"""Denormals, numbers so small that a float has fewer digits for them: where they count as zero.

A moment of a weight whose gradients stay zero decays into them, and remains there. Processors of
x86 take several times as long for an operation on one, and the update is most of a short step. So
there kernels that change arrays of variables take them for zero, as other libraries do everywhere.
Losses and metrics are not touched: the logarithm of a denormal is finite. ARM's processors are as
fast with them. Depends on the loop form and ir/.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from steepest.engines.cpu import ir
from steepest.engines.cpu.loops.form import Kernel

READ_AS_ZERO, WRITTEN_AS_ZERO = 1 << 6, 1 << 15  # in the processor's control word of floats
_WORD = ir.IntType(32)


def changes_variables(kernel: Kernel) -> bool:
    """Whether a kernel gives an array of floats, which is a variable, new values."""
    changed = [store.access.buffer for store in kernel.stores]
    are_floats = any(buffer.role == "state" and buffer.dtype.kind == "f" for buffer in changed)
    return are_floats and kernel.share.kind == "parts"


@dataclass(frozen=True)
class Denormals:
    """The addresses of two control words: that of the caller, and one with denormals as zero.

    None where they are not needed.
    """

    words: tuple[ir.Value, ir.Value] | None

    @contextmanager
    def as_zero(self, builder: ir.IRBuilder, wanted: bool) -> Iterator[None]:
        """A context whose calls take denormals for zero, if that is wanted."""
        if self.words is None or not wanted:
            yield
            return
        callers, own = self.words
        builder.intrinsic("llvm.x86.sse.ldmxcsr", ir.VoidType(), [own])
        yield
        builder.intrinsic("llvm.x86.sse.ldmxcsr", ir.VoidType(), [callers])


def denormals_of(builder: ir.IRBuilder, triple: str, wanted: bool) -> Denormals:
    """Emits the control words, in the first block of a function."""
    if not wanted or not triple.startswith(("x86", "i686", "amd64")):
        return Denormals(None)
    callers, own = builder.alloca(_WORD), builder.alloca(_WORD)
    builder.intrinsic("llvm.x86.sse.stmxcsr", ir.VoidType(), [callers])
    both = ir.Constant(_WORD, READ_AS_ZERO | WRITTEN_AS_ZERO)
    builder.store(builder.or_(builder.load(callers, typ=_WORD), both), own)
    return Denormals((callers, own))
