"""The contestants by name: the module, the packages and the unsupported rows of each.

Packages are found without importing them; an adapter is imported only in its own process.
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
    """One library, used in one way; a user installs `distributions` for it.

    Contestants that start or compile slowly are not `quick` and are left out of a quick run.
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
        """Imports the packages, and prepares the network of a task for training."""
        for name in self.packages:
            importlib.import_module(name)  # some of them would be imported in the first fit
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
XLA = Contestant(
    "steepest_xla",
    "steepest",
    ("steepest", "jax"),
    ("steepest", "jax"),
    (("STEEPEST_ENGINE", "xla"),),
)
"""steepest on its engine "xla": takes part if it is named."""

BY_NAME = {contestant.name: contestant for contestant in (*CONTESTANTS, XLA)}


IN_TURNS = ("steepest", "jax", "torch")


def unsupported(name: str, row: Row) -> str:
    """The reason why a contestant does not take part in a row, or an empty string."""
    if row.kind in ("turns", "load", "load_predict") and name not in IN_TURNS:
        return "takes no turns"
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
