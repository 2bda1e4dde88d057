"""Folders of pictures and of texts: one sub-folder per class, one file per example.

Depends on the checks of this folder; pictures need pillow (extra `images`).
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np

from steepest.arguments import whole
from steepest.data.files.checks import (
    existing_file,
    existing_folder,
    row_ranges,
    same_rows,
)
from steepest.data.files.decoding import decoded
from steepest.data.files.source import Array, Chunk
from steepest.errors import ArgumentError, DataError, unknown_name

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".pgm", ".ppm", ".tif"})
TEXTS = frozenset({".txt", ".text", ".md"})
CHANNELS = {"rgb": "RGB", "gray": "L"}


class ClassFolder:
    """The base of readers of folders that have one sub-folder for each class.

    `content` is the name of the column that `read` makes of the files.
    """

    content: str
    class_names: tuple[str, ...]
    files: list[tuple[Path, int]]

    @property
    def columns(self) -> tuple[str, ...]:
        """The column of the contents, and the label: the number of the class."""
        return (self.content, "label")

    @property
    def rows(self) -> int:
        """The number of files."""
        return len(self.files)

    def selected(self, rows: Array) -> Self:
        """A reader of the given files, in the given order."""
        chosen = copy.copy(self)
        chosen.files = [self.files[row] for row in rows.tolist()]
        return chosen

    def chunks(self, rows_per_chunk: int) -> Iterator[Chunk]:
        """The contents of the files, and their labels."""
        for start, stop in row_ranges(self.rows, rows_per_chunk):
            files = self.files[start:stop]
            yield {
                self.content: self.read([path for path, _ in files]),
                "label": np.array([label for _, label in files], np.int64),
            }

    def read(self, paths: list[Path]) -> Array:
        """The contents of files as one array."""
        raise NotImplementedError


class PictureFolder(ClassFolder):
    """Pictures in sub-folders named after their class; labels number the sorted names.

    All pictures must have one size, or are resized to `size=(height, width)`. `class_names` are the
    sub-folders to read, in the order of their labels; with none of them, (), all files below are
    read and have the label 0.

    >>> import tempfile, pathlib, PIL.Image
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> for name in ("cat", "dog"):
    ...     (folder / name).mkdir()
    ...     PIL.Image.new("RGB", (6, 4)).save(folder / name / "1.png")
    >>> source = PictureFolder(folder)
    >>> source.class_names, next(source.chunks(2))["picture"].shape
    (('cat', 'dog'), (2, 4, 6, 3))
    """

    content = "picture"

    def __init__(
        self,
        path: str | Path,
        *,
        size: tuple[int, int] | None = None,
        color: Literal["rgb", "gray"] = "rgb",
        class_names: Sequence[str] | None = None,
    ) -> None:
        if color not in CHANNELS:
            raise ArgumentError(f"color={color!r}: expected 'rgb' or 'gray'")
        self.color = color
        self.class_names, self.files = _files_by_class(path, PICTURES, class_names)
        self._resizes = size is not None
        if size is None:
            first = decoded(self.files[0][0])
            size = first.height, first.width
        self.size = size

    def read(self, paths: list[Path]) -> Array:
        """Bytes of shape (rows, height, width, channels)."""
        return np.stack(list(map(self._picture, paths)))

    def _picture(self, path: Path) -> Array:
        picture = decoded(path).convert(CHANNELS[self.color])
        if picture.size != self.size[::-1]:
            picture = self._resized(picture, path)
        return np.asarray(picture, np.uint8).reshape(*self.size, -1)

    def _resized(self, picture: Any, path: Path) -> Any:
        if not self._resizes:
            raise DataError(
                f"{path}: is {picture.size[1]} x {picture.size[0]} pixels where the first picture "
                f"has {self.size[0]} x {self.size[1]}; pass size=(height, width) to resize them"
            )
        return picture.resize(self.size[::-1])


class TextFolder(ClassFolder):
    """Texts in sub-folders named after their class, as in pos/1.txt and neg/1.txt.

    `max_length` cuts them to so many characters; `class_names` is that of `PictureFolder`.

    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> for name in ("neg", "pos"):
    ...     (folder / name).mkdir()
    ...     _ = (folder / name / "1.txt").write_text(f"a {name} text")
    >>> next(TextFolder(folder).chunks(2))["text"].tolist()
    ['a neg text', 'a pos text']
    """

    content = "text"

    def __init__(
        self,
        path: str | Path,
        *,
        encoding: str = "utf-8",
        class_names: Sequence[str] | None = None,
        max_length: int | None = None,
    ) -> None:
        self.encoding = encoding
        self.max_length = None if max_length is None else whole("max_length", max_length, 1)
        self.class_names, self.files = _files_by_class(path, TEXTS, class_names)

    def read(self, paths: list[Path]) -> Array:
        """Texts as Python strings."""
        texts = np.empty(len(paths), object)
        texts[:] = list(map(self._text, paths))
        return texts

    def _text(self, path: Path) -> str:
        try:
            return existing_file(path).read_text(self.encoding)[: self.max_length]
        except UnicodeError as error:
            raise DataError(
                f"{path}: is not {self.encoding} ({error}); pass encoding=, for instance 'latin-1'"
            ) from error


def open_folder(path: str | Path, **options: Any) -> PictureFolder | TextFolder:
    """The reader of a folder of classes: of texts if the first file is one, else of pictures.

    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> (folder / "pos").mkdir()
    >>> _ = (folder / "pos" / "1.txt").write_text("well done")
    >>> open_folder(folder).columns
    ('text', 'label')
    """
    inside = (file for place in existing_folder(path).iterdir() if place.is_dir()
              for file in place.iterdir() if _visible(file))  # fmt: skip
    first = next((file.suffix.lower() for file in inside
                  if file.suffix.lower() in PICTURES | TEXTS), "")  # fmt: skip
    return (TextFolder if first in TEXTS else PictureFolder)(path, **options)


def _files_by_class(
    path: str | Path, suffixes: frozenset[str], class_names: Sequence[str] | None
) -> tuple[tuple[str, ...], list[tuple[Path, int]]]:
    """Sorted class names, or those given, and every file with its label, but no hidden ones."""
    folder = existing_folder(path)
    if class_names is not None and not class_names:
        below = sorted(file for file in folder.rglob("*") if _visible(file))
        return (), [(file, 0) for file in below if file.suffix.lower() in suffixes]
    classes = sorted(entry for entry in folder.iterdir() if entry.is_dir() and _visible(entry))
    if not classes:
        raise DataError(f"{folder}: has no sub-folders; one per class was expected, with its files")
    if class_names is not None:
        known = {place.name: place for place in classes}
        for name in class_names:
            if name not in known:
                raise unknown_name(f"sub-folder of {folder}", name, known)
        classes = [known[name] for name in class_names]
    files = []
    for label, place in enumerate(classes):
        found = _files(place, suffixes)
        same_rows({place.name: len(found)}, str(place))
        files += [(file, label) for file in found]
    return tuple(place.name for place in classes), files


def _files(folder: Path, suffixes: frozenset[str]) -> list[Path]:
    visible = sorted(entry for entry in folder.iterdir() if _visible(entry))
    found = [entry for entry in visible if entry.suffix.lower() in suffixes]
    if len(found) < len(visible):
        other = next(entry for entry in visible if entry not in found)
        warnings.warn(
            f"{folder}: {len(visible) - len(found)} entries are skipped, such as "
            f"{other.name!r}; expected {', '.join(sorted(suffixes))}",
            stacklevel=4,
        )
    return found


def _visible(path: Path) -> bool:
    return not path.name.startswith(".")
