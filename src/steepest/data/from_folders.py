"""Data sets from folders that have one sub-folder per class, under Keras's names.

Depends on dataset.py, the readers of folders and split.py.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.core import ops
from steepest.data.arguments import path_of
from steepest.data.dataset import Dataset
from steepest.data.splitting.split import split_indices
from steepest.errors import ArgumentError
from steepest.functions.creation import one_hot
from steepest.processes import say

if TYPE_CHECKING:
    from steepest.data.files import PictureFolder, TextFolder

LABELS = ("int", "binary", "categorical", None)
SUBSETS = ("training", "validation", "both", None)
SHUFFLED_BATCHES = 8


def image_dataset_from_directory(
    directory: str | os.PathLike[str],
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    color_mode: str = "rgb",
    batch_size: int | None = 32,
    image_size: tuple[int, int] = (256, 256),
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    format: str = "tf",
    verbose: bool = False,
) -> Any:
    """Batches of pictures, as bytes, and of labels; `class_names` names the classes by label.

    The labels number the sorted sub-folders, or those in `class_names`; `labels` can be a list, one
    for each file in the order of their paths, or None for pictures alone. `label_mode` is "int",
    "binary" (0.0 or 1.0), "categorical" (one-hot) or None. The validation share has the classes'
    proportions; `subset` chooses a part, or "both". `verbose=True` prints how many files there are.

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
    chosen = _chosen_classes(labels, class_names, format)
    folder = path_of("image_dataset_from_directory", directory)
    reader = PictureFolder(folder, size=image_size, color=colors, class_names=chosen)
    mode = _labelled(reader, labels, label_mode, verbose)
    return _parts(reader, mode, batch_size, shuffle, seed, validation_split, subset)


def text_dataset_from_directory(
    directory: str | os.PathLike[str],
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    batch_size: int | None = 32,
    max_length: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    format: str = "tf",
    verbose: bool = False,
) -> Any:
    """Batches of texts and of labels; the arguments are those of `image_dataset_from_directory`.

    `max_length` cuts the texts to so many characters.

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

    chosen = _chosen_classes(labels, class_names, format)
    folder = path_of("text_dataset_from_directory", directory)
    reader = TextFolder(folder, class_names=chosen, max_length=max_length)
    mode = _labelled(reader, labels, label_mode, verbose)
    return _parts(reader, mode, batch_size, shuffle, seed, validation_split, subset)


def _chosen_classes(
    labels: Any, class_names: Sequence[str] | None, format: str
) -> Sequence[str] | None:
    """The sub-folders that are classes; none of them if the labels are given, or left out."""
    if format != "tf":
        raise ArgumentError(f"format: 'tf' was expected, which gives a Dataset, got {format!r}")
    if isinstance(labels, str) and labels == "inferred":
        return class_names
    if class_names is not None:
        raise ArgumentError("class_names are those of sub-folders: they go with labels='inferred'")
    if labels is not None and not isinstance(labels, (list, tuple)):
        raise ArgumentError(f"labels: 'inferred', None or a list was expected, got {labels!r}")
    return ()


def _labelled(
    reader: PictureFolder | TextFolder, labels: Any, label_mode: str | None, verbose: bool
) -> str | None:
    """Gives the files their labels from a list; returns the mode, None without labels."""
    count = len(reader.files)
    if isinstance(labels, (list, tuple)):
        if len(labels) != count:
            raise ArgumentError(
                f"labels: one for each file was expected, got {len(labels)} for {count} files"
            )
        reader.files = [(file, int(at)) for (file, _), at in zip(reader.files, labels, strict=True)]
        reader.class_names = tuple(str(label) for label in sorted(set(labels)))
    if verbose:
        classes = "" if labels is None else f" belonging to {len(reader.class_names)} classes"
        say(f"Found {count} files{classes}.")
    return None if labels is None else label_mode


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
