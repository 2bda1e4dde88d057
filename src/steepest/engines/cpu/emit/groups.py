"""The groups of rows of a long batch in generated code, and sums that continue from block to block.

`loops/spaces.py` defines the groups. Depends on frame.py and the loop form.
"""

from __future__ import annotations

from steepest.engines.cpu import ir
from steepest.engines.cpu.emit.frame import Frame, Point, read
from steepest.engines.cpu.emit.rules import compute
from steepest.engines.cpu.loops.form import Kernel


def continued(frame: Frame, kernel: Kernel, point: Point, result: ir.Value) -> ir.Value:
    """The result of a kernel's root at a point; of groups, with the sum of the blocks before."""
    if kernel.share.kind != "groups":
        return result
    (target,), (_, is_first) = kernel.stores, frame.group
    before, dtype = read(frame, point, target.access, []), target.access.buffer.dtype
    whole = compute(frame.builder, "add", [before, result], dtype, dtype)
    return frame.builder.select(is_first, result, whole)
