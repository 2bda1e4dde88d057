"""The largest eigenvalue of the Hessian, and the rates at which gradient descent diverges."""

import numpy as np
import pytest

import steepest as st
from steepest.doctor.curvature import (
    curvature_of,
    hessian_product,
    largest_eigenvalue,
    stability_limit,
)
from steepest.doctor.facts import Facts
from steepest.doctor.setup import Setup


def linear_facts(x, y, optimizer="sgd"):
    model = st.Sequential([st.Input(x.shape[1:]), st.layers.Dense(1, use_bias=False)])
    model.compile(optimizer, "mse")
    return Facts(Setup.of(model, x, y))


@pytest.mark.parametrize("seed", range(10))
def test_the_largest_eigenvalue_of_a_random_matrix_is_within_5_percent(seed):
    random = np.random.default_rng(seed)
    factor = random.normal(size=(300, int(random.integers(20, 300)))) * random.lognormal(size=(1,))
    matrix = factor @ factor.T - random.uniform(0, 50) * np.eye(300)
    found = largest_eigenvalue(lambda vector: matrix @ vector, 300)
    assert found == pytest.approx(np.linalg.eigvalsh(matrix)[-1], rel=0.05)


@pytest.mark.parametrize("seed", range(5))
def test_the_curvature_of_a_linear_model_is_that_of_its_inputs(seed):
    random = np.random.default_rng(seed)
    x = random.normal(size=(60, 20)).astype(np.float32) * random.lognormal(size=20).astype("f")
    hessian = 2 * x.T.astype(np.float64) @ x / len(x)
    found = curvature_of(linear_facts(x, x[:, 0]))
    assert found == pytest.approx(np.linalg.eigvalsh(hessian)[-1], rel=0.05)


def test_the_product_agrees_with_differences_of_gradients():
    random = np.random.default_rng(0)
    x, y = random.normal(size=(20, 3)).astype("f"), random.normal(size=20).astype("f")
    model = st.Sequential([st.layers.Dense(4, "tanh", input_shape=(3,)), st.layers.Dense(1)])
    model.compile("sgd", "mse")
    setup = Setup.of(model, x, y)
    product, size = hessian_product(setup, setup.rows)
    direction = random.normal(size=size).astype("f")

    def slope(shift):
        moved = setup.seeded(0)
        start = 0
        for weight in moved.trainable_weights:
            part = direction[start : start + weight.size].reshape(weight.shape)
            weight.assign(weight.numpy() + shift * part)
            start += weight.size
        with st.GradientTape() as tape:
            loss = moved.compute_loss(x, st.constant(y), moved(x))
        parts = tape.gradient(loss, moved.trainable_weights)
        return np.concatenate([part.numpy().ravel() for part in parts]).astype(np.float64)

    differences = (slope(1e-2) - slope(-1e-2)) / 2e-2
    assert product(direction) == pytest.approx(differences, rel=0.01, abs=0.01)


def test_rates_above_the_limit_diverge_and_those_below_do_not():
    random = np.random.default_rng(0)
    right = 0
    for _ in range(200):
        columns = int(random.integers(2, 10))
        x = random.normal(size=(40, columns)) * random.lognormal(size=columns)
        y = x @ random.normal(size=columns)
        momentum, nesterov = random.choice([0.0, 0.5, 0.9]), bool(random.integers(2))
        optimizer = {"class_name": "SGD", "config": {"momentum": momentum, "nesterov": nesterov}}
        hessian = 2 * x.T @ x / len(x)
        curvature = largest_eigenvalue(lambda v, h=hessian: h @ v, columns)
        rate = stability_limit(optimizer, curvature) * random.uniform(0.5, 1.5)
        is_above = rate > stability_limit(optimizer, curvature)
        right += is_above == diverges(x, y, rate, momentum, nesterov)
    assert right >= 190


def diverges(x, y, rate, momentum, nesterov):
    weights, velocity = np.ones(x.shape[1]) * 5, np.zeros(x.shape[1])
    losses = []
    for _ in range(600):
        residual = x @ weights - y
        losses.append(float(residual @ residual))
        slope = 2 * x.T @ residual / len(x)
        velocity = momentum * velocity - rate * slope
        weights = weights + (momentum * velocity - rate * slope if nesterov else velocity)
        if losses[-1] > 1e12:
            return True
    return losses[-1] > losses[0]


def test_the_rule_of_momentum_is_that_of_the_optimizer():
    x = np.linspace(-1, 1, 32, dtype=np.float32)[:, None]
    for momentum, nesterov in [(0.0, False), (0.9, False), (0.9, True)]:
        for share in (0.9, 1.1):
            facts = linear_facts(x, x[:, 0], st.optimizers.SGD(1.0, momentum, nesterov))
            limit = stability_limit(facts.setup.compile["optimizer"], curvature_of(facts))
            assert has_diverged(facts, limit * share) is (share > 1), (momentum, nesterov)


def has_diverged(facts, rate):
    model, rows = facts.setup.seeded(0), facts.rows
    model.optimizer.learning_rate = rate
    try:
        history = model.fit(rows.x, rows.y, batch_size=32, epochs=300, verbose=0, check=False)
    except st.errors.TrainingDiverged:
        return True
    return history.history["loss"][-1] > history.history["loss"][0]
