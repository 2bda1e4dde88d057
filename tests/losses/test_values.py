"""Each loss against its closed form in float64 NumPy, its derivative against finite differences."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import losses
from steepest.core.ops import as_tensor


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def softmax(x):
    weights = np.exp(x - x.max(-1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True)


def cosine(y, p):
    return -(y * p).sum(-1) / np.sqrt((y**2).sum(-1) * (p**2).sum(-1))


def binary(y, p):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def focal(y, p, gamma=2.0):
    return (1 - np.where(y == 1, p, 1 - p)) ** gamma * binary(y, p)


def huber_form(y, p, delta):
    e = np.abs(p - y)
    return np.where(e <= delta, 0.5 * e**2, delta * e - 0.5 * delta**2).mean(-1)


rng = np.random.default_rng(5)
REAL, GUESS = rng.normal(size=(6, 4)), rng.normal(size=(6, 4))
POSITIVE, SHARES = rng.uniform(0.5, 3.0, size=(6, 4)), softmax(GUESS)
HITS = (rng.uniform(size=(6, 4)) < 0.5).astype(float)
CHANCES = rng.uniform(0.05, 0.95, size=(6, 4))
LABELS = np.array([0, 3, 1, 2, 2, 0])
ONE_HOT = np.eye(4)[LABELS]
SIGNS = 2 * HITS - 1

# name: loss, targets, predictions, the closed form of one value per example
TABLE = {
    "mse": (losses.MeanSquaredError(), REAL, GUESS, ((GUESS - REAL) ** 2).mean(-1)),
    "mae": (losses.MeanAbsoluteError(), REAL, GUESS, np.abs(GUESS - REAL).mean(-1)),
    "mape": (
        losses.MeanAbsolutePercentageError(),
        REAL,
        GUESS,
        100 * np.abs((GUESS - REAL) / REAL).mean(-1),
    ),
    "msle": (
        losses.MeanSquaredLogarithmicError(),
        POSITIVE,
        POSITIVE + CHANCES,
        (np.log((1 + POSITIVE + CHANCES) / (1 + POSITIVE)) ** 2).mean(-1),
    ),
    "huber": (losses.Huber(), REAL, GUESS, huber_form(REAL, GUESS, 1.0)),
    "huber 2": (losses.Huber(delta=2.0), REAL, GUESS, huber_form(REAL, GUESS, 2.0)),
    "log-cosh": (losses.LogCosh(), REAL, GUESS, np.log(np.cosh(GUESS - REAL)).mean(-1)),
    "poisson": (
        losses.Poisson(),
        POSITIVE,
        CHANCES,
        (CHANCES - POSITIVE * np.log(CHANCES + 1e-7)).mean(-1),
    ),
    "quantile": (
        losses.Quantile(0.9),
        REAL,
        GUESS,
        np.where(REAL > GUESS, 0.9 * (REAL - GUESS), 0.1 * (GUESS - REAL)).mean(-1),
    ),
    "dice": (
        losses.Dice(axis=-1),
        HITS,
        CHANCES,
        1 - 2 * (HITS * CHANCES).sum(-1) / (HITS.sum(-1) + CHANCES.sum(-1) + 1e-7),
    ),
    "tversky": (
        losses.Tversky(alpha=0.2, beta=0.7, axis=-1),
        HITS,
        CHANCES,
        1
        - (HITS * CHANCES).sum(-1)
        / (
            (HITS * CHANCES).sum(-1)
            + 0.2 * ((1 - HITS) * CHANCES).sum(-1)
            + 0.7 * (HITS * (1 - CHANCES)).sum(-1)
            + 1e-7
        ),
    ),
    "generalized": (
        losses.CategoricalGeneralizedCrossEntropy(q=0.3),
        LABELS,
        SHARES,
        (1 - SHARES[np.arange(6), LABELS] ** 0.3) / 0.3,
    ),
    "cosine": (losses.CosineSimilarity(), REAL, GUESS, cosine(REAL, GUESS)),
    "kl": (
        losses.KLDivergence(),
        softmax(REAL),
        SHARES,
        (softmax(REAL) * np.log(softmax(REAL) / SHARES)).sum(-1),
    ),
    "hinge": (losses.Hinge(), SIGNS, GUESS, np.maximum(1 - SIGNS * GUESS, 0).mean(-1)),
    "hinge of 0 and 1": (losses.Hinge(), HITS, GUESS, np.maximum(1 - SIGNS * GUESS, 0).mean(-1)),
    "squared hinge": (
        losses.SquaredHinge(),
        SIGNS,
        GUESS,
        (np.maximum(1 - SIGNS * GUESS, 0) ** 2).mean(-1),
    ),
    "categorical hinge": (
        losses.CategoricalHinge(),
        ONE_HOT,
        GUESS,
        np.maximum(
            1 + ((1 - ONE_HOT) * GUESS).max(-1) - (ONE_HOT * GUESS).sum(-1), 0
        ),
    ),
    "binary": (losses.BinaryCrossentropy(), HITS, CHANCES, binary(HITS, CHANCES).mean(-1)),
    "binary of logits": (
        losses.BinaryCrossentropy(from_logits=True),
        HITS,
        GUESS,
        binary(HITS, sigmoid(GUESS)).mean(-1),
    ),
    "binary smoothed": (
        losses.BinaryCrossentropy(label_smoothing=0.2),
        HITS,
        CHANCES,
        binary(0.8 * HITS + 0.1, CHANCES).mean(-1),
    ),
    "binary of logits smoothed": (
        losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.2),
        HITS,
        GUESS,
        binary(0.8 * HITS + 0.1, sigmoid(GUESS)).mean(-1),
    ),
    "categorical": (
        losses.CategoricalCrossentropy(),
        ONE_HOT,
        SHARES,
        -np.log(SHARES[np.arange(6), LABELS]),
    ),
    "categorical of parts": (  # predictions are divided by their sum
        losses.CategoricalCrossentropy(),
        ONE_HOT,
        3 * SHARES,
        -np.log(SHARES[np.arange(6), LABELS]),
    ),
    "categorical of logits": (
        losses.CategoricalCrossentropy(from_logits=True),
        ONE_HOT,
        GUESS,
        -np.log(SHARES[np.arange(6), LABELS]),
    ),
    "categorical of soft labels": (
        losses.CategoricalCrossentropy(from_logits=True),
        POSITIVE,
        GUESS,
        -(POSITIVE * np.log(SHARES)).sum(-1),
    ),
    "categorical smoothed": (
        losses.CategoricalCrossentropy(label_smoothing=0.2),
        ONE_HOT,
        SHARES,
        -((0.8 * ONE_HOT + 0.05) * np.log(SHARES)).sum(-1),
    ),
    "categorical of logits smoothed": (
        losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.2),
        ONE_HOT,
        GUESS,
        -((0.8 * ONE_HOT + 0.05) * np.log(SHARES)).sum(-1),
    ),
    "categorical along another axis": (
        losses.CategoricalCrossentropy(from_logits=True, axis=1),
        np.moveaxis(ONE_HOT.reshape(2, 3, 4), -1, 1),
        np.moveaxis(GUESS.reshape(2, 3, 4), -1, 1),
        -np.log(SHARES[np.arange(6), LABELS]).reshape(2, 3),
    ),
    "sparse": (
        losses.SparseCategoricalCrossentropy(),
        LABELS,
        SHARES,
        -np.log(SHARES[np.arange(6), LABELS]),
    ),
    "sparse of logits": (
        losses.SparseCategoricalCrossentropy(from_logits=True),
        LABELS,
        GUESS,
        -np.log(SHARES[np.arange(6), LABELS]),
    ),
    "sparse of a column": (
        losses.SparseCategoricalCrossentropy(from_logits=True),
        LABELS.reshape(6, 1).astype("uint8"),
        GUESS,
        -np.log(SHARES[np.arange(6), LABELS]),
    ),
    "sparse of sequences": (
        losses.SparseCategoricalCrossentropy(from_logits=True),
        LABELS.reshape(2, 3),
        GUESS.reshape(2, 3, 4),
        -np.log(SHARES[np.arange(6), LABELS]).reshape(2, 3),
    ),
    "binary focal": (
        losses.BinaryFocalCrossentropy(), HITS, CHANCES, focal(HITS, CHANCES).mean(-1),
    ),
    "binary focal of logits": (
        losses.BinaryFocalCrossentropy(gamma=1.5, from_logits=True),
        HITS,
        GUESS,
        focal(HITS, sigmoid(GUESS), 1.5).mean(-1),
    ),
    "binary focal balanced": (
        losses.BinaryFocalCrossentropy(apply_class_balancing=True, alpha=0.2),
        HITS,
        CHANCES,
        (np.where(HITS == 1, 0.2, 0.8) * focal(HITS, CHANCES)).mean(-1),
    ),
    "categorical focal": (
        losses.CategoricalFocalCrossentropy(),
        ONE_HOT,
        SHARES,
        -(0.25 * (1 - SHARES) ** 2 * ONE_HOT * np.log(SHARES)).sum(-1),
    ),
    "categorical focal of logits": (
        losses.CategoricalFocalCrossentropy(alpha=0.5, gamma=3.0, from_logits=True),
        ONE_HOT,
        GUESS,
        -(0.5 * (1 - SHARES) ** 3 * ONE_HOT * np.log(SHARES)).sum(-1),
    ),
}  # fmt: skip

cases = pytest.mark.parametrize("name", TABLE)


@cases
def test_gives_the_closed_form_for_each_example(name):
    loss, y, p, wanted = TABLE[name]
    np.testing.assert_allclose(loss.call(st.constant(y), st.constant(p)).numpy(), wanted,
                               rtol=1e-6, atol=1e-9)  # fmt: skip


@cases
def test_reduces_to_the_mean_in_float32(name):
    loss, y, p, wanted = TABLE[name]
    found = loss(y, p.astype("float32"))
    assert found.shape == ()
    assert found.dtype == st.float32
    np.testing.assert_allclose(found.numpy(), wanted.mean(), rtol=2e-5)


@cases
def test_its_derivative_is_that_of_finite_differences(name):
    loss, y, p, _ = TABLE[name]
    check = st.gradcheck(lambda prediction: loss(y, prediction), p)
    assert check, str(check)
    assert np.any(loss.derivative(y, p).numpy())


@cases
def test_second_derivatives_agree_too(name):
    loss, y, p, _ = TABLE[name]

    def slope(prediction):
        prediction = as_tensor(prediction)
        with st.GradientTape() as tape:
            tape.watch(prediction)
            value = loss(y, prediction)
        return tape.gradient(value, prediction)

    check = st.gradcheck(slope, p, tolerance=1e-5)
    assert check, str(check)


@pytest.mark.parametrize("name", [name for name in TABLE if TABLE[name][2].ndim == 2])
def test_recorded_for_any_batch_it_gives_the_same(name):
    loss, y, p, _ = TABLE[name]
    specs = [
        st.TensorSpec((None, *y.shape[1:]), y.dtype),
        st.TensorSpec((None, *p.shape[1:]), "float64"),
    ]
    program = st.function(lambda a, b: loss(a, b), input_signature=specs)
    for rows in (2, 6):
        np.testing.assert_allclose(
            program(y[:rows], p[:rows]).numpy(), loss(y[:rows], p[:rows]).numpy(), rtol=1e-9
        )
