"""Data sets by name, each a module with `load_data()`: from files, from scikit-learn, or made.

Leans on data/ for reading and splitting; nothing is read or fetched before it is asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from steepest.config import cache_folder
from steepest.datasets.catalog import NAMES, Info, load
from steepest.datasets.fetch import RemoteFile, Version, locate
from steepest.errors import nearest

if TYPE_CHECKING:
    from steepest.datasets import (
        blobs,
        breast_cancer,
        cats,
        circles,
        diabetes,
        digits,
        fashion_mnist,
        imdb,
        iris,
        mnist,
        moons,
        softmax_table,
        spirals,
        stocks,
        wine,
        xor,
    )

__all__ = [
    "load",
    "Info",
    "mnist",
    "fashion_mnist",
    "imdb",
    "cats",
    "iris",
    "wine",
    "breast_cancer",
    "digits",
    "diabetes",
    "xor",
    "moons",
    "circles",
    "spirals",
    "blobs",
    "softmax_table",
    "stocks",
    "RemoteFile",
    "Version",
    "locate",
    "cache_folder",
]


def __getattr__(name: str) -> Any:
    """Loaders are imported when they are named, so that `import steepest` stays quick."""
    if name in NAMES:
        return importlib.import_module(f"steepest.datasets.{name}")
    raise AttributeError(f"st.datasets has no {name!r}: {nearest(name, __all__)}")


def __dir__() -> list[str]:
    return __all__
