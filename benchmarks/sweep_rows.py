"""The rows of the sweep and of the loads: networks of many sizes on made-up data, in turns.

The sweep varies one thing at a time (width, batch, classes, dtype, a feature of the network), so
that a size or a feature with a loss is seen.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from benchmarks import rows
from benchmarks.networks import (
    Activation,
    Dense,
    Dropout,
    Network,
    Normalization,
    step_operations,
)
from benchmarks.rows import MadeUp, Row

EPOCH_OPERATIONS = 40e9  # about 0.3 s on two cores
FEWEST_STEPS, MOST_STEPS, MOST_EXAMPLES = 4, 8192, 65_536
QUICK = ("width_16", "width_128", "width_512", "batch_1", "batch_1024", "deep_classes", "pixels")


def _row(
    name: str,
    sizes: list[int],
    batch: int,
    bar: float,
    examples: int = 0,
    dtype: Literal["float32", "float64"] = "float32",
) -> Row:
    """A plain network of the given sizes, from the inputs to the classes."""
    inputs, *hidden, classes = sizes
    last = Dense(classes, "sigmoid" if classes == 1 else "softmax")
    network = (*(Dense(units, "relu") for units in hidden), last)
    title = f"{'-'.join(map(str, sizes))}, batch {batch:,}"
    return Row(
        name,
        title if dtype == "float32" else f"{title}, {dtype}",
        "turns",
        MadeUp(inputs, classes, examples or _examples(network, inputs, batch), dtype),
        network,
        batch,
        bar,
        measure="loss",
        quick=name in QUICK,
    )


def _examples(network: Network, inputs: int, batch: int) -> int:
    """Whole batches for an epoch that is long enough to be measured, and not much longer."""
    steps = int(EPOCH_OPERATIONS / step_operations(network, inputs, batch))
    return batch * max(FEWEST_STEPS, min(steps, MOST_STEPS, MOST_EXAMPLES // batch))


def _feature(name: str, title: str, network: Network = (), **settings: Any) -> Row:
    """The middle network with one more feature."""
    network = network or MIDDLE.network
    return replace(
        MIDDLE, name=name, title=f"{MIDDLE.title}, {title}", bar=1.3, network=network, **settings
    )


def _normalized(kind: Normalization) -> Network:
    hidden = (Dense(128, "linear"), kind, Activation("relu"))
    return (*hidden, *hidden, Dense(10, "softmax"))


def _hidden(layer: Dense) -> Network:
    return (layer, layer, Dense(10, "softmax"))


def _width_bar(width: int) -> float:
    return 2.0 if width <= 128 else 1.35


def _batch_bar(batch: int) -> float:
    return 2.0 if batch <= 256 else 1.25


WIDTHS = [
    _row(f"width_{width}", [128, width, width, 10], 128, _width_bar(width))
    for width in (16, 32, 64, 128, 256, 512, 1024, 2048)
]
BATCHES = [
    _row(f"batch_{batch}", [64, 128, 128, 10], batch, _batch_bar(batch))
    for batch in (1, 4, 16, 64, 256, 1024, 8192, 65_536)
]
TABLES = [
    _row(f"million_{batch}", [30, 128, 128, 1], batch, 1.25, examples=1_000_000)
    for batch in (1024, 8192)
]
DEEP = _row("deep", [100, 256, 256, 256, 10], 256, 1.35)
CLASSES = _row("deep_classes", [100, 256, 256, 256, 1000], 256, 1.05)
DOUBLE = _row("float64", [100, 256, 256, 256, 10], 256, 1.1, dtype="float64")
PIXELS = _row("pixels", [784, 50, 50, 10], 100, 1.7)
ZEROS = replace(
    PIXELS, name="pixels_mnist", title=f"{PIXELS.title}, MNIST", data="mnist", bar=2.5, quick=False
)
MIDDLE = replace(WIDTHS[3], quick=False)
FEATURES = [
    _feature("batch_normalization", "BatchNormalization", _normalized(Normalization("batch"))),
    _feature("layer_normalization", "LayerNormalization", _normalized(Normalization("layer"))),
    *(
        _feature(name, name, _hidden(Dense(128, name)))
        for name in ("tanh", "gelu", "selu", "swish")
    ),
    _feature("clipnorm", "clipnorm 1", clipnorm=1.0),
    _feature("global_clipnorm", "global_clipnorm 1", global_clipnorm=1.0),
    _feature("l2", "L2 penalty 1e-4 on the kernels", l2=1e-4),
    _feature(
        "dropout",
        "Dropout 0.2",
        (
            Dense(128, "relu"),
            Dropout(0.2),
            Dense(128, "relu"),
            Dropout(0.2),
            Dense(10, "softmax"),
        ),
    ),
    _feature("residual", "residual layers", _hidden(Dense(128, "relu", residual=True))),
]

LOADED = replace(
    PIXELS, name="load", title=f"{PIXELS.title}, training", kind="load", bar=1.5, quick=True
)
LOADS = [
    LOADED,
    replace(LOADED, name="load_mnist", title="the same on MNIST", data="mnist", quick=False),
    replace(
        LOADED,
        name="load_threads",
        title=f"{LOADED.title}, two threads a core",
        threads_per_core=2,
        bar=0.0,
    ),
    replace(
        LOADED,
        name="load_predict",
        title="784-50-50-10, predict one row, 95th percentile",
        kind="load_predict",
        bar=0.0,
    ),
]

SWEEP_BY_NAME = {
    row.name: row
    for row in (*WIDTHS, *BATCHES, *TABLES, DEEP, CLASSES, DOUBLE, PIXELS, ZEROS, *FEATURES)
}
LOADS_BY_NAME = {row.name: row for row in LOADS}
KNOWN = rows.BY_NAME | SWEEP_BY_NAME | LOADS_BY_NAME
