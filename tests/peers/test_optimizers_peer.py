"""Twelve steps of optimizers compared with PyTorch's and Keras's, from the same gradients."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import losses, optimizers, schedules

START = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.0]], "float32")


def slope(w: np.ndarray, step: int) -> np.ndarray:
    return (w * [[3.0, 0.5, 1.0], [10.0, 0.1, 2.0]] + np.sin(step + w)).astype("float32")


def ours(optimizer) -> np.ndarray:
    w = st.Variable(START)
    for step in range(12):
        optimizer.apply([slope(w.numpy(), step)], [w])
    return w.numpy()


TORCH = {
    "SGD": (lambda: optimizers.SGD(0.05, momentum=0.9), {"lr": 0.05, "momentum": 0.9}),
    "Rprop": (lambda: optimizers.Rprop(0.05), {"lr": 0.05}),
    "Adagrad": (
        lambda: optimizers.Adagrad(0.1, initial_accumulator_value=0.1, epsilon=1e-12),
        {"lr": 0.1, "initial_accumulator_value": 0.1, "eps": 1e-12},
    ),
    "Adadelta": (lambda: optimizers.Adadelta(1.0, 0.9, 1e-6), {"lr": 1.0}),
    "Adamax": (lambda: optimizers.Adamax(0.05, epsilon=1e-8), {"lr": 0.05}),
    "AdamW": (
        lambda: optimizers.AdamW(0.05, weight_decay=0.1, epsilon=1e-12),
        {"lr": 0.05, "weight_decay": 0.1, "eps": 1e-12},
    ),
    "RAdam": (
        lambda: optimizers.RAdam(0.05, beta_2=0.9, epsilon=1e-12),
        {"lr": 0.05, "betas": (0.9, 0.9), "eps": 1e-12},
    ),
    "Adam": (lambda: optimizers.Adam(0.05, epsilon=1e-12), {"lr": 0.05, "eps": 1e-12}),
}


@pytest.mark.parametrize("name", TORCH)
def test_walks_with_pytorch(name, peer):
    torch = peer("torch")
    make, options = TORCH[name]
    w = torch.nn.Parameter(torch.tensor(START))
    theirs = getattr(torch.optim, name)([w], **options)
    for step in range(12):
        w.grad = torch.tensor(slope(w.detach().numpy(), step))
        theirs.step()
    np.testing.assert_allclose(ours(make()), w.detach().numpy(), rtol=1e-3, atol=1e-4)


def test_one_cycle_is_pytorchs(peer):
    torch = peer("torch")
    sgd = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    theirs = torch.optim.lr_scheduler.OneCycleLR(sgd, max_lr=0.5, total_steps=40)
    schedule = schedules.OneCycle(0.5, 40)
    for step in range(40):
        assert schedule(step).item() == pytest.approx(theirs.get_last_lr()[0], rel=1e-4)
        sgd.step()
        if step < 39:
            theirs.step()


KERAS = {
    "SGD": {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True},
    "Adagrad": {"learning_rate": 0.1},
    "Adadelta": {"learning_rate": 1.0},
    "RMSprop": {"learning_rate": 0.05, "momentum": 0.5, "centered": True},
    "Adam": {"learning_rate": 0.05, "amsgrad": True},
    "AdamW": {"learning_rate": 0.05},
    "Muon": {"learning_rate": 0.05, "exclude_embeddings": False},
    "Lamb": {"learning_rate": 0.05},
    "Adafactor": {"learning_rate": 0.05},
    "Adamax": {"learning_rate": 0.05},
    "Nadam": {"learning_rate": 0.05},
    "Lion": {"learning_rate": 0.05},
    "Ftrl": {"learning_rate": 0.1, "l1_regularization_strength": 0.01, "beta": 0.1},
}


# Keras's variables turn into arrays by a signature that NumPy 2 warns of.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("name", KERAS)
def test_walks_with_keras(name, peer):
    keras = peer("keras")
    w = keras.Variable(START)
    theirs = getattr(keras.optimizers, name)(**KERAS[name])
    theirs.build([w])
    for step in range(12):
        gradient = slope(keras.ops.convert_to_numpy(w), step)
        theirs.apply([keras.ops.convert_to_tensor(gradient)], [w])
    found = ours(getattr(optimizers, name)(**KERAS[name]))
    np.testing.assert_allclose(found, keras.ops.convert_to_numpy(w), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("name", ["binary", "categorical", "categorical_focal", "binary_focal"])
def test_losses_are_those_of_keras(name, peer, rng):
    keras = peer("keras")
    x = rng.normal(size=(8, 4)).astype("float32")
    y = np.eye(4, dtype="float32")[rng.integers(0, 4, 8)]
    form = f"{name}_crossentropy"
    for options in ({"from_logits": True}, {"from_logits": True, "label_smoothing": 0.1}):
        wanted = np.array(getattr(keras.losses, form)(y, x, **options))
        np.testing.assert_allclose(getattr(losses, form)(y, x, **options).numpy(), wanted,
                                   rtol=1e-4, atol=1e-6)  # fmt: skip
