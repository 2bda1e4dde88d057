"""The XLA engine: programs that JAX compiles for processors, GPUs and TPUs.

Depends on program and library.
"""

from __future__ import annotations

from collections.abc import Sequence

from steepest.engines.xla.library import require, unavailable
from steepest.engines.xla.program import XlaProgram
from steepest.program.graph import Graph


class XlaEngine:
    """Prepares programs that JAX compiles when they first run."""

    name = "xla"

    def expect(self) -> None:
        """Nothing: JAX is imported when a graph is prepared, as an import gains no time beside."""

    def can(self, graph: Graph) -> str | None:
        """None where JAX is installed and has a device, for every graph."""
        return unavailable()

    def packs(self) -> bool:
        """False: columns are read as they were given, as only very sparse rows are faster."""
        return False

    def mixes(self) -> bool:
        """True, on GPUs and TPUs."""
        return True

    def joins(self) -> bool:
        """True: networks of one shape are trained as one program."""
        return True

    def prepare(self, graph: Graph, storage: Sequence[str] | None = None) -> XlaProgram:
        """The program of a graph, for columns stored in any way."""
        require()
        return XlaProgram(graph)
