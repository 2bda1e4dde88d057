"""The protocols of an engine and of its programs.

Depends on the graph and NumPy alone. A caller of a Program need not know which engine runs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from steepest.program.graph import Graph

if TYPE_CHECKING:
    from steepest.engines.bound import Bound
    from steepest.engines.stopping import StopWord
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
        """Those rows as a dense array of the dtype that the program reads."""


@dataclass(frozen=True)
class SparseArrays:
    """Compressed sparse rows; if `values` is None, all values are 1."""

    indptr: np.ndarray
    indices: np.ndarray
    values: np.ndarray | None
    width: int


def column_numbers(width: int) -> np.dtype[np.integer]:
    """The integer dtype of the column numbers of sparse rows with so many columns.

    >>> column_numbers(10_000), column_numbers(100_000)
    (dtype('uint16'), dtype('int32'))
    """
    return np.dtype(np.uint16 if width <= 1 << 16 else np.int32)


@dataclass
class BatchRun:
    """The result of a run of batches: consecutive batches that one engine call runs.

    `batches` were completed; `outputs` has each output's rows joined along the batch axis (or its
    value of each batch, stacked, where it has none). If fewer batches were completed than given,
    the updates of the next one did not happen: the call was `stopped`, or the program's guard was
    false. `seconds` is the time of the call where several were made as one: it is equal for all.
    """

    batches: int
    outputs: list[np.ndarray]
    stopped: bool = False
    seconds: float | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Cost:
    """The measured cost of one kernel or operation of a program for a batch.

    `computes` lists the fused operations and the written arrays; `shared` says how threads divide
    the work. `bytes` are those of all arrays read and written. `arithmetic` and `memory` are the
    seconds that the operations and the bytes take at the peak rates of one core: the longer of
    them, the `bound`, is the least time, and `ceiling` is the least time as a fraction of that
    measured. `operations` and what follows from them are None where an engine does not count them.

    >>> cost = Cost("exp", "exp -> out0", 1e-6, 800, 100.0, arithmetic=1e-9, memory=5e-7)
    >>> cost.gigaflops, cost.bound, cost.ceiling
    (0.1, 'memory', 0.5)
    """

    name: str
    computes: str
    seconds: float
    bytes: int
    operations: float | None = None
    arithmetic: float | None = None
    memory: float | None = None
    phase: int | None = None
    shared: str = ""

    @property
    def gigaflops(self) -> float | None:
        """The operations per nanosecond."""
        return None if self.operations is None else self.operations / self.seconds / 1e9

    @property
    def least(self) -> float | None:
        """The seconds that it takes at least: the longer of `arithmetic` and `memory`."""
        if self.arithmetic is None or self.memory is None:
            return None
        return max(self.arithmetic, self.memory)

    @property
    def bound(self) -> str | None:
        """Which of the two takes longer."""
        if self.least is None:
            return None
        return "arithmetic" if self.least == self.arithmetic else "memory"

    @property
    def ceiling(self) -> float | None:
        """The least time as a fraction of the measured one."""
        return None if self.least is None else self.least / self.seconds


class Program(Protocol):
    """A graph prepared to run, for any batch size.

    `threads` is the most workers that a call may use, 1 being exactly one; None means
    `config.threads`, and if that is None too, the engine chooses. No result depends on it.
    """

    graph: Graph
    forms: tuple[str, ...]
    """The forms that `listing` can give, besides the graph."""

    def bind(self, recording: Recording, threads: int | None = None) -> Bound:
        """The program with the variables of a recording, and the number of threads of its calls."""

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
        stop: StopWord | None = None,
    ) -> BatchRun:
        """Runs the rows of `order`, `batch` rows at a time (the last batch may have fewer).

        With `epoch`, the order consists of epochs of so many rows, and no batch crosses their ends.
        Once `stop` is set, a call that takes long ends before the updates of its next batch.
        """

    def explain(
        self,
        columns: Sequence[Column],
        state: Sequence[np.ndarray],
        batch: int | None = None,
        names: Sequence[str] | None = None,
    ) -> list[Cost]:
        """The measured costs of the program for the first `batch` rows, all by default.

        `state` is not changed; `names` are those of its variables.
        """

    def listing(self, form: str, columns: Sequence[Column]) -> str:
        """The program for such columns as text, in one of `forms`."""


class Engine(Protocol):
    """Prepares programs. `engines/table.py` lists the engines by name."""

    name: str

    def expect(self) -> None:
        """Begins to load the libraries that `prepare` needs: a graph is about to be recorded."""

    def can(self, graph: Graph) -> str | None:
        """None if it can run a graph here, else a sentence with the reason and the remedy."""

    def packs(self) -> bool:
        """Whether programs read dense columns that are mostly zero faster as sparse rows."""

    def mixes(self) -> bool:
        """Whether products of numbers that are rounded to bfloat16 are faster."""

    def joins(self) -> bool:
        """Whether it makes calls of several jobs that have equal programs as one (`meeting.py`)."""

    def prepare(self, graph: Graph, storage: Sequence[str] | None = None) -> Program:
        """The program for a graph; `storage` says how each input's column is stored."""
