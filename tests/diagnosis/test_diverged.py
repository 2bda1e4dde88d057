"""A divergence names the layer and the operation whose result is the first that is not finite."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import TrainingDiverged
from steepest.finding import Finding

ONES = np.ones((8, 2), np.float32)


def found(model: st.Model, x: np.ndarray, loss: object = "mse") -> Finding:
    model.compile(st.optimizers.SGD(0.01), loss)
    with pytest.raises(TrainingDiverged) as raised:
        model.fit(x, np.ones((8, 1), np.float32), verbose=0, check=False)
    return raised.value.finding


def network(name: str) -> st.Model:
    inner = {at: st.layers.Lambda(lambda x: x + 0.0, name=at) for at in ("one", "two")}
    inner[name] = st.layers.Lambda(st.math.log, name=name)
    return st.Sequential([st.Input((2,)), *inner.values(), st.layers.Dense(1, name="last")])


@pytest.mark.parametrize("name", ["one", "two"])
def test_the_layer_and_its_operation_are_named(name: str) -> None:
    where = found(network(name), -ONES).where
    assert (where.layer, where.operation) == (name, "log")


def test_the_loss_is_no_layer() -> None:
    model = st.Sequential([st.Input((2,)), st.layers.Dense(1, kernel_initializer="ones")])
    where = found(model, ONES, lambda y, z: st.math.log(y - z)).where  # 1 - 2
    assert (where.layer, where.operation) == (None, "log")


def test_the_value_of_the_data_that_is_not_finite_is_named() -> None:
    x = ONES.copy()
    x[5, 1] = np.inf
    where = found(network("one"), x).where
    assert (where.row, where.column) == (5, 1)
