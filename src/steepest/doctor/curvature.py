"""The curvature of the loss: products with the Hessian, its largest eigenvalue, the limit of rates.

Gradient descent on a quadratic diverges if its rate is above 2 / lambda_max. Depends on facts, the
tape and the engines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from steepest.core import ops, tree
from steepest.core.tape import GradientTape
from steepest.doctor.facts import Facts, fact
from steepest.doctor.rows import Rows
from steepest.doctor.setup import Setup
from steepest.doctor.short_runs import probe_setup
from steepest.engines.choose import bind
from steepest.errors import SteepestError
from steepest.neuralnet.input.accept import intake
from steepest.neuralnet.input.feeds import specs_of
from steepest.neuralnet.step import recorded, unpack
from steepest.program.trace import TensorSpec

Product = Callable[[np.ndarray], np.ndarray]

CURVATURE_ROWS = 64
CURVATURE_STEPS = 16
"""Products with the Hessian that one eigenvalue costs."""
MOST_WEIGHTS = 1_000_000


def hessian_product(setup: Setup, rows: Rows) -> tuple[Product, int]:
    """The product of a vector with the Hessian of a new model's loss, and the vector's length.

    >>> model = st.Sequential([st.layers.Dense(1, use_bias=False, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> setup = Setup.of(model, np.float32([[1, 0], [0, 2]]), np.float32([0, 0]))
    >>> product, size = hessian_product(setup, setup.rows)
    >>> product(np.float32([1, 1])).tolist(), size
    ([1.0, 4.0], 2)
    """
    model = setup.seeded(0)
    feed = intake(model, rows.x, rows.y)
    weights = list(model.trainable_weights)
    sizes = [weight.size for weight in weights]

    def program(data: tuple[Any, Any]) -> list[Any]:
        batch, directions = data
        x, y, _ = unpack(batch)
        with GradientTape() as outer:
            with GradientTape() as inner:
                loss = model.compute_loss(x, y, model(x, training=True))
            slopes = inner.gradient(loss, weights, unconnected_gradients="zero")
            pairs = zip(slopes, directions, strict=True)
            along = sum((ops.reduce_sum(slope * part) for slope, part in pairs), ops.constant(0.0))
        products = outer.gradient(along, weights, unconnected_gradients="zero")
        return [ops.reshape(part, (-1,)) for part in products]

    columns = tree.leaves(feed.nest)
    nest = (tuple(feed.nest), list(weights))
    specs = [*specs_of(feed.nest), *(TensorSpec(one.shape, one.dtype) for one in weights)]
    bound = bind(recorded(program, nest, specs), engine="numpy")
    arrays = [column.take(np.arange(len(rows))) for column in columns]

    def product(vector: np.ndarray) -> np.ndarray:
        split = np.split(np.float32(vector), np.cumsum(sizes)[:-1])
        shaped = [
            part.reshape(weight.numpy().shape) for part, weight in zip(split, weights, strict=True)
        ]
        return np.concatenate(bound.call([*arrays, *shaped]))

    return product, sum(sizes)


def largest_eigenvalue(product: Product, size: int, steps: int = CURVATURE_STEPS) -> float:
    """The largest eigenvalue of a symmetric matrix, given by its products with vectors.

    These are steps of Lanczos, each vector made orthogonal to all before it.

    >>> values = np.array([-7.0, 1.0, 2.0, 5.0])
    >>> round(largest_eigenvalue(lambda vector: values * vector, 4), 6)
    5.0
    """
    if size == 0:
        return 0.0
    vector = np.random.default_rng(0).normal(size=size)
    basis = [vector / np.linalg.norm(vector)]
    diagonal: list[float] = []
    beside: list[float] = []
    while True:
        image = np.asarray(product(basis[-1]), np.float64)
        diagonal.append(float(image @ basis[-1]))
        known = np.stack(basis)
        for _ in range(2):  # a second pass removes what rounding has left
            image = image - known.T @ (known @ image)
        rest = float(np.linalg.norm(image))
        scale = max(map(abs, [*diagonal, *beside]))
        if len(basis) >= min(steps, size) or not rest > 1e-6 * scale:
            break
        beside.append(rest)
        basis.append(image / rest)
    matrix = np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1)
    return float(np.linalg.eigvalsh(matrix)[-1]) if np.isfinite(matrix).all() else np.inf


@fact
def curvature_of(facts: Facts) -> float:
    """The largest eigenvalue of the Hessian at the start, for a sample of the rows; NaN if unknown.

    >>> model = st.Sequential([st.layers.Dense(1, use_bias=False, input_shape=(1,))])
    >>> model.compile("sgd", "mse")
    >>> curvature_of(Facts.of(model, np.float32([[1], [3]]), np.float32([0, 0])))
    10.0
    """
    if facts.fresh.count_params() > MOST_WEIGHTS:
        return np.nan
    try:
        setup = probe_setup(facts.setup, noise=False)
        with np.errstate(all="ignore"):
            return largest_eigenvalue(*hessian_product(setup, facts.rows.sample(CURVATURE_ROWS)))
    except (SteepestError, ValueError, TypeError):
        return np.nan


def stability_limit(optimizer: Mapping[str, Any], curvature: float) -> float:
    """The rate from which on gradient descent diverges on a quadratic; NaN for other optimizers.

    With momentum b it is 2 (1 + b) / curvature, with Nesterov's 2 (1 + b) / (1 + 2 b) / curvature.

    >>> stability_limit({"class_name": "SGD", "config": {"momentum": 0.5}}, 2.0)
    1.5
    """
    config = optimizer["config"]
    momentum = config.get("momentum") or 0.0
    if optimizer["class_name"] != "SGD" or not isinstance(momentum, (int, float)):
        return np.nan
    if not curvature > 0.0:
        return np.inf if curvature <= 0.0 else np.nan
    slower = 1.0 + 2.0 * momentum if config.get("nesterov") else 1.0
    return float(2.0 * (1.0 + momentum) / slower / curvature)
