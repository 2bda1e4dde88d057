"""Which weights of a foreign file go into which layer: by name, by place and by shape.

All weights are set or none: what does not fit is an error that lists both sides. Depends on layers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from steepest.core.primitives import Shape, show
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, ShapeError
from steepest.finding import Rule, Severity, Where, report
from steepest.layers.tracking import Trackable


@dataclass(frozen=True)
class Source:
    """The weights of one layer in a foreign file, in the file's order."""

    name: str
    arrays: dict[str, np.ndarray]


@dataclass(frozen=True)
class WeightTable:
    """What went where: for each weight of the model its source, both with their layer.

    >>> WeightTable([("dense/kernel", "fc.weight, transposed", (2, 1))])
    weight        from                   shape
    dense/kernel  fc.weight, transposed  (2, 1)
    """

    rows: list[tuple[str, str, Shape]]

    def __repr__(self) -> str:
        lines = [
            ("weight", "from", "shape"),
            *((to, by, str(shape)) for to, by, shape in self.rows),
        ]
        widths = [max(len(line[place]) for line in lines) for place in range(2)]
        return "\n".join(f"{a:{widths[0]}}  {b:{widths[1]}}  {c}" for a, b, c in lines)


Fitted = list[tuple[Variable, str, np.ndarray]]
"""For each weight of a layer the name and the value in the file."""
Fit = Callable[[Trackable, Source], Fitted | None]
"""The weights of a layer with those of a source; None where these do not fit."""


def own_weights(layer: Trackable) -> list[Variable]:
    """The weights of a layer that no inner layer has."""
    inner = {id(weight) for part in layer.sublayers for weight in part.weights}
    return [weight for weight in layer.weights if id(weight) not in inner]


def weighted_layers(model: Trackable) -> list[Trackable]:
    """The layers with weights of their own, outermost first."""
    return [part for part in model.flatten_layers() if own_weights(part)]


def in_file_order(layer: Trackable, source: Source) -> Fitted | None:
    """The weights in the order of both sides; a count that only the file has is left out."""
    weights = own_weights(layer)
    values = list(source.arrays.items())
    if len(values) > len(weights):
        values = [(n, a) for n, a in values if a.ndim or a.dtype.kind not in "iu"]
    if [a.shape for _, a in values] != [w.shape for w in weights]:
        return None
    return [(weight, *value) for weight, value in zip(weights, values, strict=True)]


def assign(where: str, pairs: Sequence[tuple[Trackable, Source]], fit: Fit) -> WeightTable:
    """Sets the weights of layers to those of their sources, if all of them fit."""
    fitted: list[tuple[Variable, str, np.ndarray]] = []
    for layer, source in pairs:
        found = fit(layer, source)
        if found is None:
            raise ShapeError(
                f"{where}: {source.name!r} does not fit the layer {layer.name!r}: it holds "
                f"{_shapes(source)}, the layer has "
                f"{', '.join(f'{w.name} {show(w.shape)}' for w in own_weights(layer))}"
            )
        for weight, name, array in found:
            path = name if name.startswith(source.name) else f"{source.name}/{name}"
            fitted.append((weight, path, array))
    for weight, _, array in fitted:
        weight.assign(array)
    return WeightTable([(weight.path, name, weight.shape) for weight, name, _ in fitted])


SKIPPED = Rule(
    "weights-skipped",
    Severity.WARNING,
    "Weights of a file do not fit the model, and were left out as asked for.",
    "{path}: nothing was loaded for {layers}: the file has no weights of their shapes there",
    "give the layers the names and sizes that they have in the file, or train them",
    UserWarning,
)


def assign_fitting(
    where: str, model: Trackable, sources: Sequence[Source], fit: Fit
) -> WeightTable:
    """Sets the weights of the layers that a source fits: that of their name, or at their place.

    Places count where no layer has the name of a source. A warning names the other layers.
    """
    layers = weighted_layers(model)
    named = {source.name: source for source in sources}
    if not any(layer.name in named for layer in layers):
        named = {layer.name: source for layer, source in zip(layers, sources, strict=False)}
    pairs = [(layer, named[layer.name]) for layer in layers if layer.name in named]
    fitting = [pair for pair in pairs if fit(*pair) is not None]
    loaded = {id(layer) for layer, _ in fitting}
    skipped = [repr(layer.name) for layer in layers if id(layer) not in loaded]
    if skipped:
        report([SKIPPED.finding(Where("skip_mismatch"), path=where, layers=", ".join(skipped))])
    return assign(where, fitting, fit)


def _shapes(source: Source) -> str:
    return ", ".join(f"{name} {show(array.shape)}" for name, array in source.arrays.items())


def by_names(layers: Sequence[Trackable], sources: Sequence[Source]) -> list[Source] | None:
    """The sources of the layers' names, if all of both have a partner."""
    found = {source.name: source for source in sources}
    names = [layer.name for layer in layers]
    unique = len(set(names)) == len(names) and len(found) == len(sources)
    return [found[name] for name in names] if unique and set(found) == set(names) else None


def given_names(
    where: str, layers: Sequence[Trackable], sources: Sequence[Source], names: Mapping[str, str]
) -> list[Source]:
    """The sources by a dictionary from the names of layers to those of the file."""
    found = {source.name: source for source in sources}
    for layer in layers:
        if names.get(layer.name, layer.name) not in found:
            raise ArgumentError(
                f"{where}: nothing is named {names.get(layer.name, layer.name)!r} for the layer "
                f"{layer.name!r}; the file has {', '.join(sorted(found))}"
            )
    return [found[names.get(layer.name, layer.name)] for layer in layers]


def by_order_or_shape(
    where: str, layers: Sequence[Trackable], sources: Sequence[Source], fit: Fit
) -> list[Source]:
    """The sources in order if their names differ by numbers only, else by shapes if unique."""
    if len(layers) != len(sources):
        raise ShapeError(unmatched(where, layers, sources))
    if len({re.sub(r"[0-9]+", "", source.name) for source in sources}) == 1:
        return sorted(sources, key=lambda source: natural(source.name))
    chosen = []
    for layer in layers:
        fitting = [source for source in sources if fit(layer, source) is not None]
        if len(fitting) != 1:
            raise ShapeError(unmatched(where, layers, sources))
        chosen += fitting
    return chosen


def natural(name: str) -> list[tuple[int, str]]:
    """A key by which "fc10" stands after "fc2".

    >>> sorted(["fc10", "fc2"], key=natural)
    ['fc2', 'fc10']
    """
    parts: Iterator[str] = (part for part in re.split(r"([0-9]+)", name) if part)
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


def unmatched(where: str, layers: Sequence[Trackable], sources: Sequence[Source]) -> str:
    """A message that lists both sides."""
    own = "; ".join(
        f"{layer.name} ({', '.join(show(w.shape) for w in own_weights(layer))})" for layer in layers
    )
    theirs = "; ".join(f"{source.name} ({_shapes(source)})" for source in sources)
    return (
        f"{where}: its weights cannot be matched with the layers of the model. Give the layers the "
        "names of the file, or names={layer: name in the file} to st.saving.load_weights. "
        f"The model has: {own or 'no weights: build it first'}. The file has: {theirs or 'none'}"
    )
