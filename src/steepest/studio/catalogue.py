"""What the library has, from its registries: classes and functions with their options.

A new optimizer, layer or loss appears here by itself, with the options of its constructor, their
defaults and sensible ranges. What a page cannot choose is listed in `LEFT_OUT`, with the reason.
"""

from __future__ import annotations

import functools
import inspect
import math
from dataclasses import asdict, dataclass
from typing import Any

from steepest.activations import ACTIVATIONS
from steepest.arguments import bounds
from steepest.constraints import CONSTRAINTS
from steepest.constructors import constructor_parameters
from steepest.initializers.base import INITIALIZERS
from steepest.layers.layer import LAYERS
from steepest.losses.base import LOSSES
from steepest.metrics.base import METRICS
from steepest.neuralnet.model import Model
from steepest.optimizers.optimizer import OPTIMIZERS
from steepest.registry import Registry
from steepest.regularizers import REGULARIZERS
from steepest.schedules.base import SCHEDULES
from steepest.schedules.hyper import HyperParameter
from steepest.studio.fields import FieldError

KINDS: dict[str, tuple[Registry, str]] = {
    "optimizer": (OPTIMIZERS, "optimizers"),
    "schedule": (SCHEDULES, "schedules"),
    "activation": (ACTIVATIONS, "activations"),
    "initializer": (INITIALIZERS, "initializers"),
    "regularizer": (REGULARIZERS, "regularizers"),
    "constraint": (CONSTRAINTS, "constraints"),
    "loss": (LOSSES, "losses"),
    "metric": (METRICS, "metrics"),
    "layer": (LAYERS, "layers"),
}
"""Each kind with its registry and the module of its public names."""

_FUNCTION = "takes a function"
_OF_LAYER = "wraps a layer"
_TEXTS, _PICTURES, _SEQUENCES = "takes texts or codes", "takes pictures", "takes sequences"
_SEVERAL, _SHAPES = "joins several inputs", "changes the shape of rows"
LEFT_OUT: dict[str, dict[str, str]] = {
    "optimizer": {"MultiOptimizer": "takes several optimizers"},
    "schedule": {
        **dict.fromkeys(("PerStep", "OfProgress", "Evaluated"), _FUNCTION),
        "PerEpoch": "wraps a schedule",
    },
    "activation": {"glu": "halves the number of units"},
    "regularizer": {"orthogonal": "the former name of OrthogonalRegularizer"},
    "loss": {"LossFunction": _FUNCTION, "Circle": "needs embeddings and labels of one batch"},
    "metric": {
        **dict.fromkeys(("MeanMetricWrapper", "SeparableMean"), _FUNCTION),
        **dict.fromkeys(("Sum", "Mean"), "takes values, not predictions"),
    },
    "layer": {
        "Lambda": _FUNCTION,
        "InputLayer": "is made by the data",
        **dict.fromkeys(("SpectralNormalization", "TimeDistributed", "Wrapper"), _OF_LAYER),
        **dict.fromkeys(
            "GlobalAveragePooling1D GlobalMaxPooling1D SpatialDropout1D Masking".split(), _SEQUENCES
        ),
        **dict.fromkeys(
            "Embedding CategoryEncoding BinaryCodes Discretization IntegerLookup StringLookup "
            "TextVectorization Hashing HashedCrossing".split(),
            _TEXTS,
        ),
        **dict.fromkeys(
            "RandomTranslation RandomRotation RandomZoom RandomFlip RandomContrast "
            "RandomBrightness RandomErasing SpatialDropout2D".split(),
            _PICTURES,
        ),
        **dict.fromkeys(
            "Add Subtract Multiply Average Maximum Minimum Concatenate Dot".split(), _SEVERAL
        ),
        **dict.fromkeys("Reshape Permute RepeatVector EinsumDense".split(), _SHAPES),
    },
}
"""What a page cannot choose, by kind and name, with the reason."""

_OPTIONS_LEFT_OUT = set(
    "name dtype autocast trainable input_shape input_dim rate_factors decay_factors "
    "exclude_layers exclude_embeddings noise_shape data_format axis weights arguments "
    "activity_regularizer shared_axes mask_zero label_weights num_labels multi_label".split()
)
_CHOICES: dict[str, tuple[str, ...]] = {
    "VarianceScaling.mode": ("fan_in", "fan_out", "fan_avg"),
    "VarianceScaling.distribution": ("truncated_normal", "untruncated_normal", "uniform"),
    "OrthogonalRegularizer.mode": ("rows", "columns"),
    "AUC.curve": ("ROC", "PR"),
    "AUC.summation_method": ("interpolation", "minoring", "majoring"),
    "FBetaScore.average": ("micro", "macro", "weighted"),
    "F1Score.average": ("micro", "macro", "weighted"),
    "R2Score.class_aggregation": (
        "uniform_average", "variance_weighted_average",
    ),
    "MissingValues.strategy": ("mean", "median", "most_frequent", "constant"),
    "reduction": ("sum_over_batch_size", "sum", "mean"),
}  # fmt: skip
_RANGES: dict[str, tuple[float, float, bool]] = {
    "learning_rate": (1e-5, 10.0, True),
    "initial_learning_rate": (1e-5, 10.0, True),
    "max_learning_rate": (1e-5, 10.0, True),
    "end_learning_rate": (0.0, 1.0, False),
    "decay_steps": (1.0, 2000.0, True),
    "first_decay_steps": (1.0, 2000.0, True),
    "total_steps": (1.0, 2000.0, True),
    "warmup_steps": (0.0, 2000.0, False),
    "decay_rate": (0.01, 1.0, True),
    "base": (0.5, 1.0, False),
    "weight_decay": (0.0, 0.5, False),
    "k": (0.001, 10.0, True),
    "units": (1.0, 64.0, False),
    "num_classes": (2.0, 10.0, False),
    "seed": (0.0, 1000.0, False),
}
_OPEN_MARGIN = 0.001  # of the interval: so far from an end that does not belong to it
_FIRST = {
    "initial_learning_rate": 0.1, "max_learning_rate": 0.1, "decay_steps": 100.0, "k": 0.1,
    "first_decay_steps": 100.0, "total_steps": 500, "decay_rate": 0.5, "units": 4, "n": 2,
    "boundaries": [100.0, 200.0], "values": [0.1, 0.03, 0.01], "activation": "relu", "rate": 0.1,
    "stddev": 0.1, "num_classes": 2, "scale": 1.0, "components": 2, "target_class_ids": [1],
    "specificity": 0.5, "sensitivity": 0.5, "precision": 0.5, "recall": 0.5,
}  # fmt: skip
"""Values at first of options that have no default."""


@dataclass(frozen=True)
class Option:
    """An option of a class: its kind, its default, and the range that a page offers.

    `kind` is number, whole, flag, choice, text, numbers, or a kind of the catalogue, as
    initializer. `low` and `high` are what a slider offers; the constructor may take more. One that
    is `required` has no default in the library, and a first value here.

    >>> entry("optimizer", "SGD").options["momentum"]
    Option(name='momentum', kind='number', default=0.0, low=0.0, high=1.0, logarithmic=False, \
may_be_none=False, required=False, scheduled=True, choices=())
    """

    name: str
    kind: str
    default: Any
    low: float | None = None
    high: float | None = None
    logarithmic: bool = False
    may_be_none: bool = False
    required: bool = False
    scheduled: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A class or function of the library with its options.

    >>> entry("layer", "dropout").name
    'Dropout'
    """

    kind: str
    name: str
    made_by: Any
    options: dict[str, Option]

    @property
    def python(self) -> str:
        """Its public name."""
        return f"st.{KINDS[self.kind][1]}.{self.name}"

    @property
    def summary(self) -> str:
        """The first sentence of its docstring."""
        return (inspect.getdoc(self.made_by) or "").partition("\n")[0]


@functools.cache
def entries(kind: str) -> dict[str, Entry]:
    """All entries of a kind by name, in the order of its registry.

    >>> list(entries("regularizer"))
    ['L1', 'L2', 'L1L2', 'OrthogonalRegularizer']
    """
    registry, _ = KINDS[kind]
    found: dict[str, Entry] = {}
    for name in registry.names():
        thing = registry.find(name)
        is_class = isinstance(thing, type)
        own, wanted = thing.__name__, is_class or kind == "activation"
        wanted = wanted and not (is_class and issubclass(thing, Model))  # a model is a layer too
        if own in found or own in LEFT_OUT.get(kind, {}) or not wanted:
            continue
        parameters = constructor_parameters(thing).values() if is_class else ()
        options = [_option(thing, each) for each in parameters]
        found[own] = Entry(kind, own, thing, {each.name: each for each in options if each})
    return found


def entry(kind: str, name: str) -> Entry:
    """The entry of a name in any spelling that the registry knows."""
    known = entries(kind)
    found = known.get(name) or known.get(KINDS[kind][0].find(name).__name__)
    if found is None:
        raise FieldError("name", f"{name}: {LEFT_OUT[kind].get(name, 'cannot be chosen here')}")
    return found


@functools.cache
def as_json() -> dict[str, list[dict[str, Any]]]:
    """The whole catalogue for a page: each entry with its name, summary and options.

    >>> as_json()["schedule"][1]["name"]
    'ExponentialDecay'
    """
    return {
        kind: [
            {
                "name": each.name,
                "summary": each.summary,
                "options": [asdict(option) for option in each.options.values()],
            }
            for each in entries(kind).values()
        ]
        for kind in KINDS
    }


# ---------------------------------------------------------------- options of a class


def _option(thing: type, parameter: inspect.Parameter) -> Option | None:
    """The option of a parameter; None if a page cannot give its values."""
    name, annotation = parameter.name, str(parameter.annotation)
    kind = _kind(thing, name, annotation)
    if kind is None or name in _OPTIONS_LEFT_OUT:
        return None
    is_open = parameter.default is parameter.empty
    default = _FIRST.get(name) if is_open else parameter.default
    may_be_none = not is_open and (default is None or "None" in annotation)
    low, high, logarithmic = (
        _range(thing, name, default) if kind in ("number", "whole") else (None, None, False)
    )
    return Option(
        name,
        kind,
        list(default) if isinstance(default, tuple) else default,
        low,
        high,
        logarithmic,
        may_be_none,
        is_open,
        annotation == "Setting",
        _choices(thing, name),
    )


_BY_ANNOTATION = {
    "Setting": "number",
    "float": "number",
    "int | float": "number",
    "float | None": "number",
    "float | Sequence[float]": "number",
    "int": "whole",
    "int | None": "whole",
    "Seed": "whole",
    "bool": "flag",
    "str": "text",
    "str | None": "text",
    "Strategy": "text",
    "Sequence[float]": "numbers",
    "Sequence[int]": "numbers",
}
_BY_ENDING = ("initializer", "regularizer", "constraint", "activation")


def _kind(thing: type, name: str, annotation: str) -> str | None:
    for kind in _BY_ENDING:
        if name == kind or name.endswith(f"_{kind}"):
            return kind
    if annotation == "Any" and name in ("value", "scale", "offset"):
        return "number"
    found = _BY_ANNOTATION.get(annotation)
    return "choice" if found == "text" and _choices(thing, name) else found


def _choices(thing: type, name: str) -> tuple[str, ...]:
    return _CHOICES.get(f"{thing.__name__}.{name}") or _CHOICES.get(name, ())


def _range(thing: type, name: str, default: Any) -> tuple[float, float, bool]:
    """What a slider offers: a known range, the interval of the option, or around its default."""
    if name in _RANGES:
        return _RANGES[name]
    parameter = getattr(thing, name, None)
    if isinstance(parameter, HyperParameter):
        low, high, with_low, with_high = bounds(parameter.interval)
        if math.isfinite(high):
            margin = _OPEN_MARGIN * (high - low)
            return low + margin * (not with_low), high - margin * (not with_high), False
    if not default or isinstance(default, bool):
        return 0.0, 1.0, False
    small = abs(default) < 1e-3
    if small:
        return abs(default) * 1e-3, 1.0, True
    low, high = sorted((0.0 if default > 0 else 3.0 * default, 3.0 * default if default > 0 else 0))
    return low, high, False
