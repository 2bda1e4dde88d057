"""The innermost kernel of a product in blocks: a tile of C in registers, summed over a depth.

Each element is summed by fused multiply-adds in the order of k, as in tile.py. Depends on
ir/helpers.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import (
    INDEX,
    Integer,
    accumulate,
    add,
    at,
    element_bytes,
    fma,
    load,
    multiply,
    prefetch,
    splat,
    store,
    zero,
)

from .blocking import TALL
from .operand import CACHE_LINE
from .tile import zeros_or_stored


@dataclass(frozen=True)
class Tile:
    """The form of a tile's function: the type and number of its vectors, and how A is read."""

    kind: ir.Type
    lanes: int
    vectors: int
    across: int
    continues: bool
    prefetches: bool = False

    def function(self, module: ir.Module) -> ir.Function:
        """The module's function of this form; it is emitted at its first use.

        It takes the addresses of A's rows, that of B's panel, the number of k and the address of
        the sums; if sums may continue, whether they begin at zero; if it prefetches, the address
        of the panel that is copied next, and the distance of its rows.
        """
        name = f"block {TALL} by {self.vectors}x{self.lanes} {self.kind.suffix}"
        name += f" {self.across} {self.continues} {self.prefetches}"
        if name in module.globals:
            return module.globals[name]
        pointer = ir.PointerType()
        kinds: list[ir.Type] = [*[pointer] * (TALL + 1), INDEX, pointer]
        if self.continues:
            kinds.append(ir.IntType(1))
        if self.prefetches:
            kinds += [pointer, INDEX]
        function = ir.Function(module, ir.FunctionType(ir.VoidType(), kinds), name)
        function.linkage = "internal"
        function.attributes.append("noinline")
        builder = ir.IRBuilder(function.append_basic_block("entry"))
        *heads, panel, count, sums = function.args[: TALL + 3]
        others = function.args[TALL + 3 :]
        places = [at(builder, sums, place, self._vector) for place in range(TALL * self.vectors)]
        vectors = [self._vector] * len(places)
        starts: list[ir.Value] = [zero(kind) for kind in vectors]
        if self.continues:
            starts = zeros_or_stored(builder, others[0], vectors, lambda: places)
        following = others[-2:] if self.prefetches else None
        totals = self._totals(builder, heads, panel, count, starts, following)
        for place, total in zip(places, totals, strict=True):
            store(builder, total, place)
        builder.ret_void()
        return function

    @property
    def _vector(self) -> ir.VectorType:
        return ir.VectorType(self.kind, self.lanes)

    def _totals(
        self,
        builder: ir.IRBuilder,
        heads: Sequence[ir.Value],
        panel: ir.Value,
        count: ir.Value,
        starts: list[ir.Value],
        following: Sequence[ir.Value] | None,
    ) -> list[ir.Value]:
        """The sums over k of each row's number times the panel's vectors."""
        size = element_bytes(self.kind)
        line = CACHE_LINE // size

        def body(k: Integer, sums: list[ir.Value]) -> list[ir.Value]:
            first = multiply(builder, k, self.vectors)
            places = [
                at(builder, panel, add(builder, first, n), self._vector)
                for n in range(self.vectors)
            ]
            columns = [load(builder, place, self._vector) for place in places]
            if following is not None:
                row = at(builder, following[0], multiply(builder, k, following[1]), self.kind)
                for start in range(0, self.vectors * self.lanes, line):
                    prefetch(builder, at(builder, row, start, self.kind))
            results = []
            for number, head in enumerate(heads):
                address = at(builder, head, multiply(builder, k, self.across), self.kind)
                factor = splat(
                    builder, builder.load(address, typ=self.kind, align=size), self.lanes
                )
                for place, column in enumerate(columns):
                    own = sums[number * self.vectors + place]
                    results.append(fma(builder, factor, column, own))
            return results

        return accumulate(builder, count, starts, body)
