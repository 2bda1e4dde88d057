"""What a model learned that is no tensor, as a note of a weights file: vocabularies, boundaries,
and the preparation that it carries. Leans on the layers that remember and on preparation.
"""

from __future__ import annotations

from typing import Any

from steepest.data.preparing.base import PREPARERS, Preparation
from steepest.errors import DataError
from steepest.layers.preprocessing.base import JsonAdaptedLayer
from steepest.protocols import StoredModel
from steepest.registry import to_config


def learned_note(model: StoredModel) -> dict[str, Any]:
    """The note: entries only where there is something to tell.

    >>> import steepest as st
    >>> layer = st.layers.IntegerLookup(vocabulary=[7, 5], name="codes")
    >>> learned_note(st.Sequential([layer]))
    {'learned': [{'layer': 'codes', 'vocabulary': [7, 5]}]}
    """
    told = [{"layer": layer.name, **layer.get_learned()} for layer in _remembering(model)]
    carried = model.preparation
    note = {"learned": told} if told else {}
    return note if carried is None else {**note, "preparation": _written(carried)}


def _remembering(model: StoredModel) -> list[JsonAdaptedLayer]:
    return [layer for layer in model.flatten_layers() if isinstance(layer, JsonAdaptedLayer)]


def take_learned(model: StoredModel, note: dict[str, Any], name: str) -> None:
    """Give a model what a note tells; a file without such a note changes nothing.

    >>> import steepest as st
    >>> model = st.Sequential([st.layers.IntegerLookup(name="codes")])
    >>> note = {"learned": [{"layer": "codes", "vocabulary": [3]}]}
    >>> take_learned(model, note, "a file"); model.layers[0].vocabulary
    [3]
    """
    told, layers = note.get("learned", []), _remembering(model)
    if told and len(told) != len(layers):
        raise DataError(
            f"{name!r} tells what {len(told)} layers learned "
            f"({', '.join(str(entry.get('layer')) for entry in told)}), the model has {len(layers)}"
        )
    for layer, entry in zip(layers, told, strict=False):
        layer.set_learned(entry)
    if "preparation" in note:
        model.preparation = _read(note["preparation"])


def _written(carried: Preparation) -> dict[str, Any]:
    if isinstance(carried, dict):
        return {"by_name": {key: to_config(part) for key, part in carried.items()}}
    return {"one": to_config(carried)}


def _read(note: dict[str, Any]) -> Preparation:
    if "one" in note:
        return PREPARERS.from_config(note["one"])
    return {key: PREPARERS.from_config(part) for key, part in note["by_name"].items()}
