"""Data sets from folders that have one sub-folder per class, under Keras's names.

Depends on dataset.py, the readers of folders and split.py.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.core import ops
from steepest.data.dataset import Dataset
from steepest.data.splitting.split import split_indices
from steepest.errors import ArgumentError
from steepest.functions.creation import one_hot

if TYPE_CHECKING:
    from steepest.data.files import PictureFolder, TextFolder

LABELS = ("int", "binary", "categorical", None)
SUBSETS = ("training", "validation", "both", None)
SHUFFLED_BATCHES = 8


def image_dataset_from_directory(
    directory: str | os.PathLike[str],
    label_mode: str | None = "int",
    color_mode: str = "rgb",
    batch_size: int | None = 32,
    image_size: tuple[int, int] = (256, 256),
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
) -> Any:
    """Batches of pictures, as bytes, and of labels; `class_names` names the classes by label.

    `label_mode` is "int", "binary" (0.0 or 1.0), "categorical" (one-hot) or None. The validation
    share has the classes' proportions; `subset` chooses a part, or "both".

    >>> import pathlib, tempfile, PIL.Image
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> for name in ("cat", "dog"):
    ...     (folder / name).mkdir()
    ...     PIL.Image.new("RGB", (6, 4)).save(folder / name / "1.png")
    >>> dataset = image_dataset_from_directory(folder, image_size=(8, 8))
    >>> pictures, labels = next(iter(dataset))
    >>> pictures.shape, dataset.class_names
    ((2, 8, 8, 3), ('cat', 'dog'))
    """
    from steepest.data.files import PictureFolder

    colors: Any = {"rgb": "rgb", "grayscale": "gray"}.get(color_mode, color_mode)
    reader = PictureFolder(os.fspath(directory), size=image_size, color=colors)
    return _parts(reader, label_mode, batch_size, shuffle, seed, validation_split, subset)


def text_dataset_from_directory(
    directory: str | os.PathLike[str],
    label_mode: str | None = "int",
    batch_size: int | None = 32,
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
) -> Any:
    """Batches of texts and of labels; the arguments are those of `image_dataset_from_directory`.

    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> for name in ("neg", "pos"):
    ...     (folder / name).mkdir()
    ...     _ = (folder / name / "1.txt").write_text(name)
    >>> texts, labels = next(iter(text_dataset_from_directory(folder, shuffle=False)))
    >>> texts.tolist(), labels.tolist()
    (['neg', 'pos'], [0, 1])
    """
    from steepest.data.files import TextFolder

    reader = TextFolder(os.fspath(directory))
    return _parts(reader, label_mode, batch_size, shuffle, seed, validation_split, subset)


def _parts(
    reader: PictureFolder | TextFolder,
    label_mode: str | None,
    batch_size: int | None,
    shuffle: bool,
    seed: int | None,
    share: float | None,
    subset: str | None,
) -> Any:
    _check(reader, label_mode, shuffle, seed, share, subset)
    labels = np.array([label for _, label in reader.files])
    if share is None:
        parts = [np.arange(len(labels))]
    else:
        parts = split_indices(
            len(labels), (1.0 - share, share), shuffle=shuffle, stratify=labels, seed=seed
        )
    data_sets = [_batches(reader, rows, label_mode, batch_size, shuffle, seed) for rows in parts]
    return tuple(data_sets) if subset == "both" else data_sets[subset == "validation"]


def _check(reader: Any, label_mode: Any, shuffle: bool, seed: Any, share: Any, subset: Any) -> None:
    if label_mode not in LABELS or subset not in SUBSETS:
        raise ArgumentError(
            f"label_mode is one of {LABELS} and subset one of {SUBSETS}, got {label_mode!r} and "
            f"{subset!r}"
        )
    if (share is None) != (subset is None):
        raise ArgumentError("validation_split and subset belong together: give both, or neither")
    if share is not None and subset != "both" and shuffle and seed is None:
        raise ArgumentError(
            "validation_split: give a seed, so that both calls split alike; or subset='both'"
        )
    if label_mode == "binary" and len(reader.class_names) != 2:
        raise ArgumentError(f"label_mode='binary' needs two classes, got {reader.class_names}")


def _batches(
    reader: Any, rows: np.ndarray, mode: str | None, size: int | None, shuffle: bool, seed: Any
) -> Dataset:
    """Batches of the rows; `shuffle` orders the files once, then each epoch by a buffer."""
    order = np.random.default_rng(seed).permutation(rows) if shuffle else np.sort(rows)
    dataset = Dataset.from_source(reader.selected(order), label="label")
    if shuffle:
        dataset = dataset.shuffle(SHUFFLED_BATCHES * (size or 32), seed=seed)
    if size is not None:
        dataset = dataset.batch(size)
    classes = len(reader.class_names)
    if mode is None:
        dataset = dataset.map(lambda x, label: x)
    elif mode == "binary":
        dataset = dataset.map(lambda x, label: (x, ops.cast(label, "float32")))
    elif mode == "categorical":
        dataset = dataset.map(lambda x, label: (x, one_hot(label, classes)))
    dataset.class_names = reader.class_names
    return dataset
