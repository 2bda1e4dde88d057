"""The extras of steepest: what each is for, its packages, and what of it is installed here.

Depends on the standard library only. pyproject.toml declares the same packages.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Extra(NamedTuple):
    """What an extra adds, and the packages that it installs with their lowest versions."""

    purpose: str
    packages: dict[str, str]


EXTRAS = {
    "sparse": Extra("SciPy's sparse matrices as data", {"scipy": "1.13"}),
    "sklearn": Extra("small data sets, and models of scikit-learn", {"scikit-learn": "1.5"}),
    "tables": Extra("Parquet files", {"pyarrow": "18"}),
    "plot": Extra("curves and drawings of models", {"matplotlib": "3.9"}),
    "hdf5": Extra("HDF5 files, such as the pictures of cats", {"h5py": "3.11"}),
    "images": Extra("files of pictures", {"pillow": "10.3"}),
    "tune": Extra("search of hyper-parameters by Optuna", {"optuna": "4.0"}),
    "onnx": Extra("files for ONNX (to come)", {"onnx": "1.16", "onnxruntime": "1.18"}),
    "jax": Extra("programs through JAX, on GPUs too", {"jax": "0.4.38"}),
    "studio": Extra(
        "the studio in a browser or a notebook",
        {"starlette": "0.40", "uvicorn": "0.30", "anywidget": "0.9"},
    ),
}


class Found(NamedTuple):
    """An extra on this machine: the versions of its packages, None for one that is not there.

    >>> Found("plot", "curves", {"matplotlib": None}, ("matplotlib",)).install
    "pip install 'steepest[plot]'"
    """

    name: str
    purpose: str
    versions: dict[str, str | None]
    lacking: tuple[str, ...]
    """The packages that are not there, or older than is needed."""

    @property
    def install(self) -> str:
        """The command that installs it."""
        return f"pip install 'steepest[{self.name}]'"


def found_extras() -> list[Found]:
    """All extras, as they are on this machine; no package is imported for this.

    >>> [extra.name for extra in found_extras()][:3]
    ['sparse', 'sklearn', 'tables']
    """
    return [_found(name, extra) for name, extra in EXTRAS.items()]


def _found(name: str, extra: Extra) -> Found:
    versions = {package: version_of(package) for package in extra.packages}
    lacking = tuple(
        package
        for package, least in extra.packages.items()
        if _numbers(versions[package] or "") < _numbers(least)
    )
    return Found(name, extra.purpose, versions, lacking)


def version_of(package: str) -> str | None:
    """The version of an installed package; None if it is not installed.

    >>> version_of("no such package") is None
    True
    """
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _numbers(version: str) -> list[int]:
    """The numbers that a version begins with: [2, 1] of 2.1rc1, none of an empty text."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return [int(part) for part in found[0].split(".")] if found else []
