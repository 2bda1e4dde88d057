"""Writes variables to a file and reads them back, by order. Depends on tensors."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from steepest.core.variable import Variable
from steepest.errors import DataError, ShapeError
from steepest.storage.tensors import CHECKSUM, read_tensors, write_tensors

FORMAT = 2
"""The format that is written: 2 has a checksum, 1 had none. Files of both are read for ever."""
KEY = re.compile(r"(?:(?P<group>[a-z]+)/)?(?P<number>[0-9]{1,9}):")


def save_variables(
    path: str | os.PathLike[str],
    variables: Sequence[Variable],
    note: dict[str, Any] | None = None,
    state: Mapping[str, Sequence[Variable]] | None = None,
) -> None:
    """Writes variables in their order, with a note and other variables in named groups.

    >>> import os, tempfile
    >>> w = Variable([1.0, 2.0], name="w")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "w.safetensors")
    ...     save_variables(path, [w])
    ...     w.assign([0.0, 0.0]); load_variables(path, [w]); w.tolist()
    Variable('w', [0. 0.], shape=(2,), dtype=float32)
    {'format': 2, 'count': 1}
    [1.0, 2.0]
    """
    arrays: dict[str, np.ndarray] = {}
    for group, members in {"": variables, **(state or {})}.items():
        prefix = f"{group}/" if group else ""
        for key, variable in zip(keys_of(members), members, strict=True):
            arrays[prefix + key] = variable.numpy()
    write_tensors(path, arrays, {"format": FORMAT, "count": len(variables), **(note or {})})


def keys_of(variables: Sequence[Variable]) -> list[str]:
    """A key for each variable: its number in the order, and its path.

    >>> keys_of([Variable(1.0, name="w")])
    ['0:w']
    """
    return [f"{number}:{variable.path}" for number, variable in enumerate(variables)]


def load_variables(path: str | os.PathLike[str], variables: Sequence[Variable]) -> dict[str, Any]:
    """Sets variables to the values of a file, in order: all, or none if one does not fit.

    Returns the note of the file.
    """
    groups, note = read_groups(path)
    assign_variables(os.fspath(path), groups[""], variables)
    return note


Groups = dict[str, dict[str, np.ndarray]]
"""The values of variables by key, in their order, for each group; the model's weights are ""."""


def read_groups(path: str | os.PathLike[str]) -> tuple[Groups, dict[str, Any]]:
    """The values of a file, and its note."""
    arrays, note = read_tensors(path)
    found: Any = note.get("format") if isinstance(note, dict) else None
    if found not in range(1, FORMAT + 1):
        raise DataError(
            f"{os.fspath(path)!r}: format {found!r} is not known to this version "
            f"(it reads 1 to {FORMAT})"
        )
    if note.pop(CHECKSUM, None) is None and found > 1:
        raise DataError(f"{os.fspath(path)!r} is damaged: its checksum is missing")
    groups: dict[str, dict[int, str]] = {"": {}}
    for key in arrays:
        match = KEY.match(key)
        if match is None:
            raise DataError(f"{os.fspath(path)!r}: its tensors are not numbered: {key!r}")
        groups.setdefault(match["group"] or "", {})[int(match["number"])] = key
    return {
        group: {members[number]: arrays[members[number]] for number in sorted(members)}
        for group, members in groups.items()
    }, note


def assign_variables(
    name: str,
    arrays: dict[str, np.ndarray],
    variables: Sequence[Variable],
    what: str = "variables",
) -> None:
    """Sets variables to the values of arrays, in order: all, or none if one does not fit.

    >>> w = Variable([1.0], name="w")
    >>> assign_variables("a file", {"0:w": np.zeros(1)}, [w]); w.tolist()
    [0.0]
    """
    if len(arrays) != len(variables):
        raise ShapeError(
            f"{name!r} holds {len(arrays)} {what}, the model has {len(variables)}; "
            "build the same model before loading"
        )
    for (key, array), variable in zip(arrays.items(), variables, strict=True):
        _check_shape(key, array, variable)
    for array, variable in zip(arrays.values(), variables, strict=True):
        variable.assign(array)


def _check_shape(key: str, array: np.ndarray, variable: Variable) -> None:
    if array.shape != variable.shape:
        raise ShapeError(
            f"{key}: the file has shape {array.shape}, the model's {variable.path!r} has "
            f"{variable.shape}"
        )
