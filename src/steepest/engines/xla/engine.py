"""The XLA engine: programs that JAX compiles for processors, GPUs and TPUs.

Depends on program, rules and library.
"""

from __future__ import annotations

from collections.abc import Sequence

from steepest.engines.xla.library import require, unavailable
from steepest.engines.xla.program import XlaProgram
from steepest.engines.xla.rules import RULES
from steepest.program.graph import Graph


class XlaEngine:
    """Prepares programs that JAX compiles when they first run."""

    name = "xla"

    def expect(self) -> None:
        """Nothing: JAX is imported when a graph is prepared, as an import gains no time beside."""

    def can(self, graph: Graph) -> str | None:
        """Which operations of the graph have no rule, or why JAX cannot be used here; else None.

        All operations of steepest have one; one that was added to the others may not.
        """
        reason = unavailable()
        operations = {node.op for node in graph.nodes if not node.is_leaf}
        lacking = sorted(operations - RULES.keys())
        if reason is not None or not lacking:
            return reason
        return (
            f"the engine 'xla' has no rule for the operation {', '.join(map(repr, lacking))}: use "
            "the engine 'cpu' or 'numpy', or add a rule to engines/xla/rules.py"
        )

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
