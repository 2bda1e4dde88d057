"""The contestants by name: which module adapts each, what it needs, what it cannot do.

Looks for packages without importing them; an adapter is imported only in its own process.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from benchmarks.rows import Row
from benchmarks.task import Session, Task


@dataclass(frozen=True)
class Contestant:
    """One library in one manner of use; `distributions` are what a user installs for it.

    Those that take long to start or to compile are not `quick` and sit out a quick run.
    """

    name: str
    module: str
    packages: tuple[str, ...]
    distributions: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()
    quick: bool = True

    def missing(self) -> str:
        """The first package that is not installed, or an empty string."""
        return next((name for name in self.packages if find_spec(name) is None), "")

    def prepare(self, task: Task) -> Session:
        """The network of `task`, ready to train."""
        module = importlib.import_module(f"benchmarks.contestants.{self.module}")
        prepare: Callable[[Task], Session] = module.prepare
        return prepare(task)


def _keras(backend: str, distribution: str) -> Contestant:
    return Contestant(
        f"keras_{backend}",
        "keras",
        ("keras", backend),
        ("keras", distribution),
        (("KERAS_BACKEND", backend), ("TF_CPP_MIN_LOG_LEVEL", "3")),
        quick=False,
    )


CONTESTANTS = (
    Contestant("steepest", "steepest", ("steepest",), ("steepest",)),
    Contestant("jax", "jax_scan", ("jax",), ("jax",)),
    Contestant("torch", "torch_eager", ("torch",), ("torch",)),
    Contestant("torch_compiled", "torch_compiled", ("torch",), ("torch",), quick=False),
    _keras("jax", "jax"),
    _keras("tensorflow", "tensorflow"),
    Contestant("scikit_learn", "scikit_learn", ("sklearn",), ("scikit-learn",)),
)

BY_NAME = {contestant.name: contestant for contestant in CONTESTANTS}


def unsupported(name: str, row: Row) -> str:
    """Why a contestant sits a row out, or an empty string."""
    if name == "scikit_learn":
        return _beyond_scikit_learn(row)
    if row.data == "imdb_sparse" and name.startswith("keras"):
        return "no training on sparse rows"
    if row.data == "imdb_sparse" and name == "torch_compiled":
        return "embedding bags gain nothing from compilation"
    if row.kind == "size" and name == "torch_compiled":
        return "as torch"
    return ""


def _beyond_scikit_learn(row: Row) -> str:
    if row.has_dropout:
        return "no dropout"
    if row.data == "mnist_8bit":
        return "no 8-bit input"
    if row.data == "large":
        return "its classes are those of the labels, and some never occur"
    return ""
