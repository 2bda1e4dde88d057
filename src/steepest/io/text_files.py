"""Whole text files as tensors. Depends on core and the paths of data."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import Any

from steepest.core import ops
from steepest.core.tensor import Tensor
from steepest.data.arguments import path_of
from steepest.errors import DataError


def read_file(filename: Any) -> Tensor:
    """The content of a text file in UTF-8, as a tensor of one text.

    >>> import tempfile, pathlib
    >>> path = str(pathlib.Path(tempfile.mkdtemp()) / "note.txt")
    >>> write_file(path, "one\\ntwo")
    >>> read_file(path).item()
    'one\\ntwo'
    """
    path = path_of("io.read_file", filename)
    try:
        return ops.constant(Path(path).read_bytes().decode("utf-8"))
    except OSError as error:
        raise DataError(f"io.read_file: {path!r} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise DataError(
            f"io.read_file: {path!r} is no text in UTF-8; read other files in Python, by "
            "pathlib.Path(path).read_bytes()"
        ) from None


def write_file(filename: Any, contents: Any) -> None:
    """Writes a text to a file in UTF-8; folders that do not exist yet are made.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "new" / "note.txt"
    >>> write_file(path, st.constant("text"))
    >>> path.read_text()
    'text'
    """
    path = Path(path_of("io.write_file", filename))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(str(ops.convert_to_tensor(contents).item()).encode("utf-8"))


def matching_files(pattern: Any) -> Tensor:
    """The files that match a pattern with `*` and `?`, in order.

    >>> matching_files("no-such-*.csv").shape
    (0,)
    """
    found = sorted(glob.glob(path_of("io.matching_files", pattern)))
    return ops.constant(found, "string")
