"""Files and folders under the names of `tf.io.gfile`. Depends on the paths of data."""

from __future__ import annotations

import glob as _glob
import os
import shutil
from typing import IO, Any

from steepest.data.arguments import path_of
from steepest.errors import ArgumentError, suggest_names

__all__ = [
    "GFile", "copy", "exists", "glob", "isdir", "listdir", "makedirs", "mkdir", "remove", "rename",
    "rmtree",
]  # fmt: skip


def GFile(name: Any, mode: str = "r") -> IO[Any]:  # noqa: N802 - TensorFlow's name
    """An open file: Python's `open`, with texts in UTF-8.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.txt"
    >>> with GFile(path, "w") as file:
    ...     _ = file.write("one")
    >>> with GFile(path) as file:
    ...     file.read()
    'one'
    """
    encoding = None if "b" in mode else "utf-8"
    return open(path_of("gfile.GFile", name), mode, encoding=encoding)


def exists(path: Any) -> bool:
    """Whether there is a file or a folder.

    >>> exists("no-such-file")
    False
    """
    return os.path.exists(path_of("gfile.exists", path))


def isdir(path: Any) -> bool:
    """Whether there is a folder.

    >>> isdir(".")
    True
    """
    return os.path.isdir(path_of("gfile.isdir", path))


def glob(pattern: Any) -> list[str]:
    """The files that match a pattern, or one of several, in order.

    >>> glob("no-such-*.csv")
    []
    """
    patterns = pattern if isinstance(pattern, (list, tuple)) else [pattern]
    return [path for one in patterns for path in sorted(_glob.glob(path_of("gfile.glob", one)))]


def listdir(path: Any) -> list[str]:
    """The names in a folder, in order.

    >>> import tempfile
    >>> listdir(tempfile.mkdtemp())
    []
    """
    return sorted(os.listdir(path_of("gfile.listdir", path)))


def mkdir(path: Any) -> None:
    """Makes a folder, whose parent exists.

    >>> import tempfile
    >>> mkdir(tempfile.mkdtemp() + "/new")
    """
    os.mkdir(path_of("gfile.mkdir", path))


def makedirs(path: Any) -> None:
    """Makes a folder and its parents; one that exists is no error.

    >>> import tempfile
    >>> makedirs(tempfile.mkdtemp() + "/a/b")
    """
    os.makedirs(path_of("gfile.makedirs", path), exist_ok=True)


def copy(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Copies a file; an existing one is replaced with `overwrite` only.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.txt"
    >>> _ = path.write_text("one")
    >>> copy(path, f"{path}.copy")
    >>> exists(f"{path}.copy")
    True
    """
    _refuse_existing("copy", dst, overwrite)
    shutil.copyfile(path_of("gfile.copy", src), path_of("gfile.copy", dst))


def rename(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Renames a file or a folder; an existing file is replaced with `overwrite` only.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.txt"
    >>> _ = path.write_text("one")
    >>> rename(path, f"{path}.new")
    >>> exists(path)
    False
    """
    _refuse_existing("rename", dst, overwrite)
    os.replace(path_of("gfile.rename", src), path_of("gfile.rename", dst))


def remove(path: Any) -> None:
    """Removes a file.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.txt"
    >>> _ = path.write_text("one")
    >>> remove(path)
    >>> exists(path)
    False
    """
    os.remove(path_of("gfile.remove", path))


def rmtree(path: Any) -> None:
    """Removes a folder with all that is in it.

    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> rmtree(folder)
    >>> exists(folder)
    False
    """
    shutil.rmtree(path_of("gfile.rmtree", path))


def _refuse_existing(name: str, path: Any, overwrite: bool) -> None:
    if not overwrite and exists(path):
        raise ArgumentError(f"gfile.{name}: {path!r} exists; overwrite=True replaces it")


suggest_names(__name__, "st.io.gfile")
