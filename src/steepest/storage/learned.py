"""The JSON metadata of a weights file: what a model learned besides tensors, and its preparation.

Vocabularies and boundaries of preprocessing layers are such values, and the names of the columns
that it was trained on. Depends on layers and data.
"""

from __future__ import annotations

from typing import Any

from steepest.data.preparing.preparer import PREPARERS
from steepest.errors import DataError
from steepest.layers.preprocessing.base import JsonAdaptedLayer
from steepest.protocols import StoredModel
from steepest.registry import to_config


def learned_note(model: StoredModel) -> dict[str, Any]:
    """The note of a model; it has entries only for what there is to store.

    >>> import steepest as st
    >>> layer = st.layers.IntegerLookup(vocabulary=[7, 5], name="codes")
    >>> learned_note(st.Sequential([layer]))
    {'learned': [{'layer': 'codes', 'vocabulary': [7, 5]}]}
    """
    learned = [{"layer": layer.name, **layer.get_learned()} for layer in _remembering(model)]
    note: dict[str, Any] = {"learned": learned} if learned else {}
    if model.column_names is not None:
        note["columns"] = model.column_names
    preparation = model.preparation
    if isinstance(preparation, dict):
        by_name = {key: to_config(part) for key, part in preparation.items()}
        note["preparation"] = {"by_name": by_name}
    elif preparation is not None:
        note["preparation"] = {"one": to_config(preparation)}
    return note


def _remembering(model: StoredModel) -> list[JsonAdaptedLayer]:
    return [layer for layer in model.flatten_layers() if isinstance(layer, JsonAdaptedLayer)]


def take_learned(model: StoredModel, note: dict[str, Any], name: str) -> None:
    """Sets what a model learned by a note; a note without entries changes nothing.

    >>> import steepest as st
    >>> model = st.Sequential([st.layers.IntegerLookup(name="codes")])
    >>> note = {"learned": [{"layer": "codes", "vocabulary": [3]}]}
    >>> take_learned(model, note, "a file"); model.layers[0].vocabulary
    [3]
    """
    learned, layers = note.get("learned", []), _remembering(model)
    if learned and len(learned) != len(layers):
        names = ", ".join(str(entry.get("layer")) for entry in learned)
        raise DataError(
            f"{name!r} has what {len(learned)} layers learned ({names}), the model has "
            f"{len(layers)} such layers"
        )
    for layer, entry in zip(layers, learned, strict=False):
        layer.set_learned(entry)
    if "columns" in note:
        model.column_names = [tuple(map(str, names)) for names in note["columns"]]
    if "preparation" in note:
        stored = note["preparation"]
        model.preparation = (
            PREPARERS.from_config(stored["one"])
            if "one" in stored
            else {key: PREPARERS.from_config(part) for key, part in stored["by_name"].items()}
        )
