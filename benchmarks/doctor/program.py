"""A faulty program and its clean twin, and the table of all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import steepest as st
from benchmarks.doctor.tables import Table
from steepest.doctor.rows import Rows
from steepest.doctor.scoring import Score
from steepest.doctor.setup import Setup


@dataclass(frozen=True)
class Pair:
    """A faulty setup, its clean twin, and the held-out rows of each."""

    faulty: Setup
    clean: Setup
    rows: Rows
    clean_rows: Rows
    score: Score


@dataclass(frozen=True)
class Program:
    """A faulty program: its name, the program that it is a variant of, and what makes its pair.

    `named_by` are the rules that name the fault of rows that no longer hold what the clean program
    learns: no change of a program repairs them, and to say so is the right answer.
    """

    name: str
    family: str
    pair: Callable[[], Pair | None]
    named_by: tuple[str, ...] = ()

    @property
    def half(self) -> str:
        """The half of the programs that it belongs to; variants of one program are together."""
        return half_of(self.family)


def half_of(name: str) -> str:
    """ "tuned" or "reported", by a hash of a name.

    >>> {half_of(name) for name in ("iris", "cars", "xor", "wine")} == {"tuned", "reported"}
    True
    """
    return ("tuned", "reported")[hashlib.sha256(name.encode()).digest()[0] % 2]


FAULTS: list[Program] = []


def fault(family: str) -> Callable[[Callable[[], Pair]], Callable[[], Pair]]:
    """Enters a function that returns a pair as a program of a family."""

    def entered(pair: Callable[[], Pair]) -> Callable[[], Pair]:
        FAULTS.append(Program(pair.__name__, family, pair))
        return pair

    return entered


def trained(
    table: Table,
    layers: Sequence[Any],
    loss: Any,
    optimizer: Any = None,
    *,
    epochs: int = 30,
    **fit: Any,
) -> Setup:
    """A setup: a network of layers on a table; by Adam at 0.01 unless another is given."""
    model = st.Sequential([st.Input(table.train.x.shape[1:]), *layers])
    model.compile(st.optimizers.Adam(0.01) if optimizer is None else optimizer, loss)
    x, y, watched = table.train.x, table.train.y, table.watched
    data = (watched.x, watched.y)
    return Setup.of(model, x, y, validation_data=data, epochs=epochs, **{"batch_size": 32, **fit})


def pair(
    task: Any, faulty: Setup, clean: Setup, table: Table, clean_table: Table | None = None
) -> Pair:
    """A pair whose tables are the same unless a clean one is given."""
    return Pair(faulty, clean, table.held, (clean_table or table).held, Score(task))
