"""The 17 faults of a network of 9-64-64-1 on cars, Adam at 0.001; the table is a made one.

Where the fault of the description made no difference here, it is made larger: a rate of 1e-6 for
1e-5, a penalty of 1 for 0.1, and the sum of a batch by gradient descent, as Adam divides by it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

import steepest as st
from benchmarks.doctor import tables
from benchmarks.doctor.program import FAULTS, Pair, Program, pair, trained
from benchmarks.doctor.tables import Table
from steepest.layers import Dense

EPOCHS = 60


def network(
    table: Table, loss: Any = "mse", rate: float = 0.001, last: str | None = None, **options: Any
) -> st.doctor.Setup:
    """The network, with an optional fault."""
    epsilon = options.pop("epsilon", 1e-7)
    optimizer = options.pop("optimizer", None) or st.optimizers.Adam(rate, epsilon=epsilon)
    options = {"kernel_initializer": "he_normal", **options}
    layers = [Dense(64, "relu", **options), Dense(64, "relu", **options), Dense(1, last)]
    return trained(table, layers, loss, optimizer, epochs=EPOCHS)


def negative_mse(y: st.Tensor, p: st.Tensor) -> st.Tensor:
    """The loss with the wrong sign."""
    return -st.losses.mean_squared_error(y, p)


def crossed_mse(y: st.Tensor, p: st.Tensor) -> st.Tensor:
    """The loss of (n,) against (n, 1): every target against every output."""
    return st.math.square(p - st.reshape(y, (1, -1)))


def usual(table: Table) -> Table:
    """Inputs and targets scaled."""
    return table.scaled().scaled_targets()


def twice(table: Table) -> Table:
    """Scaled with the mean and deviation of the raw table twice."""
    mean, spread = table.train.x.mean(0), table.train.x.std(0)
    scaled = table.with_x(lambda x: ((x - mean) / spread - mean) / spread)
    return scaled.scaled_targets()


def larger_targets(table: Table) -> Table:
    """Inputs scaled, targets as they are, ten times."""
    return table.scaled().with_y(lambda y: 10 * y)


def between_signs(table: Table) -> Table:
    """Targets between -1 and 1."""
    low, high = table.train.y.min(), table.train.y.max()
    return table.scaled().with_y(lambda y: (2 * (y - low) / (high - low) - 1).astype(np.float32))


def shuffled_alone(table: Table) -> Table:
    """The training inputs in another order than their targets."""
    given = usual(table)
    order = np.random.default_rng(0).permutation(len(given.train))
    return replace(given, train=replace(given.train, x=given.train.x[order]))


VARIANTS: dict[str, tuple[Callable[[Table], Table], dict[str, Any]]] = {
    "wrong_sign": (usual, {"loss": negative_mse}),
    "rate_large": (usual, {"rate": 0.1}),
    "rate_small": (usual, {"rate": 1e-6}),
    "epsilon": (usual, {"epsilon": 1e-16}),
    "unscaled": (lambda table: table.scaled_targets(), {}),
    "scaled_twice": (twice, {}),
    "l2_large": (usual, {"kernel_regularizer": st.regularizers.L2(1.0)}),
    "l2_small": (usual, {"kernel_regularizer": st.regularizers.L2(1e-12)}),
    "targets_large": (larger_targets, {}),
    "sigmoid": (between_signs, {"last": "sigmoid"}),
    "softmax": (usual, {"last": "softmax"}),
    "constant": (usual, {"kernel_initializer": st.initializers.Constant(0.01)}),
    "wide_start": (usual, {"kernel_initializer": st.initializers.RandomNormal(stddev=0.25)}),
    "only_x_shuffled": (shuffled_alone, {}),
    "summed": (
        usual,
        {"loss": st.losses.MeanSquaredError(reduction="sum"), "optimizer": st.optimizers.SGD(0.03)},
    ),
    "broadcast": (usual, {"loss": crossed_mse}),
    "crossentropy": (usual, {"loss": "binary_crossentropy", "last": "sigmoid"}),
}


def variant(name: str) -> Pair:
    """A variant and the clean network."""
    changed, options = VARIANTS[name]
    table = tables.cars()
    faulty, clean = changed(table), usual(table)
    usual_options = {"optimizer": options["optimizer"]} if "optimizer" in options else {}
    clean_setup = network(clean, **usual_options)
    return pair("quantities", network(faulty, **options), clean_setup, faulty, clean)


LOST = {"only_x_shuffled": ("D26", "D32", "E5")}
FAULTS += [
    Program(f"cars_{name}", "cars", partial(variant, name), LOST.get(name, ())) for name in VARIANTS
]
