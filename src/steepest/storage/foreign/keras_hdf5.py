"""Weights in Keras's HDF5 files: `.weights.h5`, the one inside a `.keras` archive, and older `.h5`.

Groups and data sets are read as names and numbers. Links, values in other files, values that are no
numbers and sizes out of proportion are refused. h5py is the extra `hdf5`. Depends on data.files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from steepest.data.files.checks import import_extra, refuse_bomb
from steepest.errors import DataError, ShapeError
from steepest.layers.preprocessing.scaling import Normalization
from steepest.layers.tracking import Trackable
from steepest.registry import snake_case
from steepest.storage.foreign.matching import (
    Source,
    WeightTable,
    assign,
    assign_fitting,
    by_names,
    in_file_order,
    unmatched,
    weighted_layers,
)

MAGIC = b"\x89HDF\r\n\x1a\n"
DEEPEST = 24  # groups in groups: a group may contain itself
NOT_WEIGHTS = re.compile(r"(^|/)(optimizer|seed_generator|metrics)($|/)|^(loss|metric)_?")


@dataclass(frozen=True)
class KerasWeights:
    """The layers of a file: by the path of each, or, in older files, in their order."""

    sources: dict[str, Source]
    in_order: bool


def read_keras_weights(file: str | IO[bytes], where: str) -> KerasWeights:
    """All weights of a file, which is a path or an open file."""
    with _opened(file, where) as root:
        older = dict(_entries(root)).get("model_weights", root)
        if "layer_names" in older.attrs:
            return KerasWeights(dict(_older(older)), in_order=True)
        return KerasWeights(dict(_groups(root)), in_order=False)


@contextmanager
def _opened(file: str | IO[bytes], where: str) -> Iterator[Any]:
    h5py = import_extra("h5py", "hdf5")
    try:
        with h5py.File(file, "r") as root:
            yield root
    except DataError as error:
        raise DataError(f"{where}: {error}") from error.__cause__
    except (OSError, RuntimeError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise DataError(f"{where}: is not a sound HDF5 file ({error})") from error


def _entries(group: Any) -> Iterator[tuple[str, Any]]:
    h5py = import_extra("h5py", "hdf5")
    for name in group:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise DataError(f"the entry {group.name}/{name} is a link, which is not followed")
        yield name, group[name]


def _groups(group: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, Source]]:
    """The layers that have weights: a layer's are numbered in its group `vars`."""
    if depth > DEEPEST or NOT_WEIGHTS.search(path):
        return
    for name, entry in _entries(group):
        if not hasattr(entry, "keys"):
            continue
        if name == "vars":
            arrays = {key: _array(part) for key, part in _entries(entry)}
            given = entry.attrs.get("name", path)
            if arrays:
                ordered = {key: arrays[key] for key in sorted(arrays, key=int)}
                yield path, Source(str(given), ordered)
        else:
            yield from _groups(entry, f"{path}/{name}" if path else name, depth + 1)


def _older(root: Any) -> Iterator[tuple[str, Source]]:
    for layer in _texts(root.attrs["layer_names"]):
        group = _inside(root, layer)
        names = _texts(group.attrs.get("weight_names", ()))
        if names:
            yield layer, Source(layer, {name: _array(_inside(group, name)) for name in names})


def _inside(group: Any, path: str) -> Any:
    for name in path.split("/"):
        found = dict(_entries(group))
        if name not in found:
            raise DataError(f"the entry {path!r} is missing")
        group = found[name]
    return group


def _texts(names: Any) -> list[str]:
    return [name.decode() if isinstance(name, bytes) else str(name) for name in names]


def _array(data_set: Any) -> np.ndarray:
    if not hasattr(data_set, "dtype") or data_set.dtype.kind not in "fiub":
        raise DataError(f"the entry {data_set.name} is not an array of numbers")
    if data_set.is_virtual or data_set.external:
        raise DataError(f"{data_set.name} has its values in other files; copy them into this one")
    refuse_bomb(int(data_set.nbytes), int(data_set.id.get_storage_size()), data_set.name)
    return np.asarray(data_set[()])


def assign_keras_weights(
    where: str, model: Trackable, found: KerasWeights, skip_mismatch: bool = False
) -> WeightTable:
    """Sets the weights of a model to those of a file.

    Constants of normalisations, given as `mean=` and `variance=`, are not in the file.
    """
    if skip_mismatch:
        return assign_fitting(where, model, list(found.sources.values()), in_file_order)
    layers = weighted_layers(model)
    chosen = _chosen(model, layers, found)
    if chosen is None:
        adapted = [layer for layer in layers if not isinstance(layer, Normalization)]
        chosen = _chosen(model, adapted, found)
        if chosen is None:
            raise ShapeError(unmatched(where, layers, list(found.sources.values())))
        layers = adapted
    return assign(where, list(zip(layers, chosen, strict=True)), in_file_order)


def _chosen(model: Trackable, layers: list[Trackable], found: KerasWeights) -> list[Source] | None:
    """The source of each layer: by name, else by order or path; None if one is left over."""
    sources = list(found.sources.values())
    named = by_names(layers, sources)
    if named is not None or len(sources) != len(layers):
        return named
    if found.in_order:
        return sources
    paths = {id(layer): path for path, layer in _paths(model)}
    known = {_renamed(path): source for path, source in found.sources.items()}
    wanted = [_renamed(paths.get(id(layer), "?")) for layer in layers]
    return [known[path] for path in wanted] if set(wanted) == set(known) else None


def _renamed(path: str) -> str:
    """A path as newer files have it."""
    return path.replace("_layer_checkpoint_dependencies", "layers")


def _paths(
    layer: Trackable, path: str = "", seen: set[int] | None = None
) -> Iterator[tuple[str, Trackable]]:
    """The path that Keras gives each layer: by its attributes, of a model by `layers` among them.

    Each layer has the first of its paths, in the alphabetical order of attributes.
    """
    seen = set() if seen is None else seen
    if id(layer) in seen:
        return
    seen.add(id(layer))
    yield path, layer
    prefix = f"{path}/" if path else ""
    entries: dict[str, Any] = dict(vars(layer))
    if hasattr(layer, "links"):  # a model
        linked = layer.links is not None
        entries = {} if linked else entries
        entries["layers"] = layer.layers if linked else layer.sublayers  # type: ignore[attr-defined]
    for name, value in sorted(entries.items()):
        if isinstance(value, Trackable):
            yield from _paths(value, prefix + name, seen)
        elif isinstance(value, (list, tuple)):
            for own, part in _numbered(value):
                yield from _paths(part, f"{prefix}{name}/{own}", seen)


def _numbered(layers: Sequence[Any]) -> Iterator[tuple[str, Trackable]]:
    """The layers of a list by the names of their classes, numbered from the second on."""
    counts: dict[str, int] = {}
    for layer in layers:
        if isinstance(layer, Trackable):
            kind = type(layer).__name__
            name = snake_case("Functional" if kind == "Model" else kind)
            number = counts[name] = counts.get(name, -1) + 1
            yield (f"{name}_{number}" if number else name), layer
