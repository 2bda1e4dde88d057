"""Data sets by name, each a module with `load_data()`: from files, from scikit-learn, or made.

Nothing is read or downloaded before it is used. Depends on data/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from steepest.config import cache_folder
from steepest.datasets.catalog import NAMES, Info, load
from steepest.datasets.fetch import RemoteFile, Version, locate
from steepest.errors import suggest_names

if TYPE_CHECKING:
    from steepest.datasets import (
        blobs,
        boston_housing,
        breast_cancer,
        california_housing,
        cats,
        cifar10,
        cifar100,
        circles,
        diabetes,
        digits,
        fashion_mnist,
        imdb,
        iris,
        mnist,
        moons,
        reuters,
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
    "reuters",
    "cifar10",
    "cifar100",
    "boston_housing",
    "california_housing",
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

suggest_names(__name__, later={name: f"steepest.datasets.{name}" for name in NAMES})
