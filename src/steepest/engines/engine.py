"""What every engine offers: `prepare(graph) -> Program`, and what a Program can do.

Leans on the graph and NumPy alone. A caller that holds a Program neither knows nor cares who runs
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from steepest.program.graph import Graph

if TYPE_CHECKING:
    from steepest.engines.bound import Bound
    from steepest.program.trace import Recording


class Column(Protocol):
    """One input of a training run as it is stored: rows by number."""

    storage: str

    @property
    def row_shape(self) -> tuple[int, ...]:
        """The shape of one row."""

    def __len__(self) -> int:
        """The number of rows."""

    def take(self, rows: np.ndarray) -> np.ndarray:
        """Those rows as a plain array of the kind that the program reads."""


def column_numbers(width: int) -> np.dtype[np.integer]:
    """The kind of integer in which sparse rows of so many columns keep their column numbers.

    >>> column_numbers(10_000), column_numbers(100_000)
    (dtype('uint16'), dtype('int32'))
    """
    return np.dtype(np.uint16 if width <= 1 << 16 else np.int32)


@dataclass
class BatchRun:
    """What came of running a program over a stretch of batches.

    `batches` were done in full; `outputs` holds each output's rows joined along the batch (or
    its value after each batch, stacked, where it has no batch axis). Fewer batches than were asked
    for means that the program's guard was false for the next one, whose updates did not happen.
    """

    batches: int
    outputs: list[np.ndarray]


@dataclass(frozen=True)
class Cost:
    """What one kernel or operation of a program computes for a batch, and what it costs.

    `computes` names what was fused and what it writes; `shared` says how threads divide the work.
    `bytes` are those of all arrays read and written. `operations`, and the `ceiling`, are None
    where an engine does not count: the share of what one core can do at most, by its arithmetic or
    its memory, whichever takes longer.

    >>> Cost("exp", "exp -> out0", seconds=1e-6, bytes=800, operations=100.0).gigaflops
    0.1
    """

    name: str
    computes: str
    seconds: float
    bytes: int
    operations: float | None = None
    ceiling: float | None = None
    phase: int | None = None
    shared: str = ""

    @property
    def gigaflops(self) -> float | None:
        """The operations a nanosecond."""
        return None if self.operations is None else self.operations / self.seconds / 1e9


class Program(Protocol):
    """A graph made ready to run, for any batch size.

    `threads` is the most workers that a call may use, 1 being exactly one; None leaves it to
    `config.threads`, and if that is None too, to what the engine measures. No result depends on it.
    """

    graph: Graph
    forms: tuple[str, ...]
    """What `listing` can show, besides the graph."""

    def bind(self, recording: Recording, threads: int | None = None) -> Bound:
        """The program with the variables of a recording of its graph, and the threads of calls."""

    def call(
        self, inputs: Sequence[np.ndarray], state: list[np.ndarray], threads: int | None = None
    ) -> list[np.ndarray]:
        """The outputs for one set of inputs; `state` (one array a variable) changes in place."""

    def run(
        self,
        state: list[np.ndarray],
        columns: Sequence[Column],
        order: np.ndarray,
        batch: int,
        epoch: int | None = None,
        threads: int | None = None,
    ) -> BatchRun:
        """Go through the rows named by `order`, `batch` rows at a time (the last may be fewer).

        With `epoch`, the order holds epochs of so many rows, and no batch reaches over their ends.
        """

    def explain(
        self,
        columns: Sequence[Column],
        state: Sequence[np.ndarray],
        batch: int | None = None,
        names: Sequence[str] | None = None,
    ) -> list[Cost]:
        """What the program computes for the first `batch` rows, measured; all rows by default.

        `state` stays as it is; `names` are those of its variables.
        """

    def listing(self, form: str, columns: Sequence[Column]) -> str:
        """The program for such columns as text, in one of `forms`."""


class Engine(Protocol):
    """Prepares programs. `engines/table.py` lists the engines by name."""

    name: str

    def expect(self) -> None:
        """Begin to load what `prepare` will need: a graph is about to be recorded."""

    def can(self, graph: Graph) -> str | None:
        """None if it can run a graph here, else a sentence that says why not and what to do."""

    def reads(self, storage: str) -> bool:
        """Whether programs read columns stored so as they are, not spelled out batch by batch."""

    def prepare(self, graph: Graph, storage: Sequence[str] | None = None) -> Program:
        """The program for a graph; `storage` says how each input's column is stored."""
