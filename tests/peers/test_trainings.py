"""Whole trainings against PyTorch: same weights, same order of rows, the same result to 1e-4."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import steepest as st

EPOCHS, BATCH = 4, 16
ENGINES = ("numpy", "auto")


def table() -> tuple[np.ndarray, np.ndarray]:
    """90 rows in batches of 16: the last batch of an epoch is a smaller one."""
    rng = np.random.default_rng(3)
    x = rng.standard_normal((90, 6)).astype("float32")
    return x, (x[:, 0] * x[:, 1] + x[:, 2] > 0).astype("int64") + (x[:, 3] > 1)


def batches(x: np.ndarray, y: np.ndarray) -> Any:
    for _ in range(EPOCHS):
        for start in range(0, len(x), BATCH):
            yield x[start : start + BATCH], y[start : start + BATCH]


def ours(optimizer: Any, engine: str, middle: Any = None, **dense: Any) -> Any:
    st.random.set_seed(8)
    layers = [st.layers.Dense(12, input_shape=(6,), **dense), st.layers.Activation("tanh")]
    layers += [middle] if middle is not None else []
    model = st.Sequential([*layers, st.layers.Dense(3)])
    loss = st.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, engine=engine)
    return model


def theirs(torch: ModuleType, model: Any, middle: Any = None) -> Any:
    """The same network in PyTorch, with the same weights."""
    nn = torch.nn
    parts = [
        nn.Linear(6, 12),
        nn.Tanh(),
        *([middle] if middle is not None else []),
        nn.Linear(12, 3),
    ]
    net = nn.Sequential(*parts)
    kernels = [layer for layer in model.layers if isinstance(layer, st.layers.Dense)]
    linears = [part for part in parts if isinstance(part, nn.Linear)]
    with torch.no_grad():
        for layer, linear in zip(kernels, linears, strict=True):
            linear.weight.copy_(torch.tensor(layer.kernel.numpy().T))
            linear.bias.copy_(torch.tensor(layer.bias.numpy()))
    return net


def compare(model: Any, net: Any) -> None:
    kernels = [layer for layer in model.layers if isinstance(layer, st.layers.Dense)]
    linears = [part for part in net if type(part).__name__ == "Linear"]
    for layer, linear in zip(kernels, linears, strict=True):
        assert np.abs(layer.kernel.numpy() - linear.weight.detach().numpy().T).max() < 1e-4
        assert np.abs(layer.bias.numpy() - linear.bias.detach().numpy()).max() < 1e-4


def run_theirs(torch: ModuleType, net: Any, rule: Any, loss_of: Callable[..., Any]) -> None:
    for x, y in batches(*table()):
        rule.zero_grad()
        loss_of(net, torch.tensor(x), torch.tensor(y)).backward()
        rule.step()


@pytest.mark.parametrize("engine", ENGINES)
def test_momentum(peer: Callable[[str], ModuleType], engine: str) -> None:
    torch = peer("torch")
    model = ours(st.optimizers.SGD(0.05, momentum=0.9), engine)
    net = theirs(torch, model)
    model.fit(*table(), epochs=EPOCHS, batch_size=BATCH, shuffle=False, verbose=0)
    rule = torch.optim.SGD(net.parameters(), 0.05, momentum=0.9)
    entropy = torch.nn.CrossEntropyLoss()
    run_theirs(torch, net, rule, lambda net, x, y: entropy(net(x), y))
    compare(model, net)


@pytest.mark.parametrize("engine", ENGINES)
def test_adam_with_class_weights(peer: Callable[[str], ModuleType], engine: str) -> None:
    """Keras divides the weighted sum by the rows of the batch, not by the sum of weights."""
    torch = peer("torch")
    shares = {0: 1.0, 1: 2.0, 2: 5.0}
    model = ours(st.optimizers.Adam(0.01, epsilon=1e-7), engine)
    net = theirs(torch, model)
    x, y = table()
    model.fit(x, y, epochs=EPOCHS, batch_size=BATCH, shuffle=False, class_weight=shares, verbose=0)
    entropy = torch.nn.CrossEntropyLoss(reduction="none")
    weights = torch.tensor([shares[label] for label in range(3)])
    rule = torch.optim.Adam(net.parameters(), 0.01, eps=1e-7)
    run_theirs(torch, net, rule, lambda net, x, y: (entropy(net(x), y) * weights[y]).mean())
    compare(model, net)


@pytest.mark.parametrize("engine", ENGINES)
def test_rmsprop_with_both_penalties(peer: Callable[[str], ModuleType], engine: str) -> None:
    torch = peer("torch")
    penalty = st.regularizers.l1_l2(0.01, 0.02)
    model = ours(
        st.optimizers.RMSprop(0.01, rho=0.9, epsilon=1e-7), engine, kernel_regularizer=penalty
    )
    net = theirs(torch, model)
    model.fit(*table(), epochs=EPOCHS, batch_size=BATCH, shuffle=False, verbose=0)
    entropy = torch.nn.CrossEntropyLoss()
    first = net[0].weight
    # Keras puts epsilon under the root: PyTorch's rule is written out here with it there.
    squares = {parameter: torch.zeros_like(parameter) for parameter in net.parameters()}
    for x, y in batches(*table()):
        net.zero_grad()
        loss = entropy(net(torch.tensor(x)), torch.tensor(y))
        (loss + 0.01 * first.abs().sum() + 0.02 * (first * first).sum()).backward()
        with torch.no_grad():
            for parameter, square in squares.items():
                square.mul_(0.9).add_(0.1 * parameter.grad**2)
                parameter.sub_(0.01 * parameter.grad / (square + 1e-7).sqrt())
    compare(model, net)


@pytest.mark.parametrize("engine", ENGINES)
def test_batch_normalisation(peer: Callable[[str], ModuleType], engine: str) -> None:
    torch = peer("torch")
    model = ours(
        st.optimizers.SGD(0.05), engine,
        st.layers.BatchNormalization(momentum=0.9, epsilon=1e-3),
    )  # fmt: skip
    net = theirs(torch, model, torch.nn.BatchNorm1d(12, eps=1e-3, momentum=0.1))
    model.fit(*table(), epochs=EPOCHS, batch_size=BATCH, shuffle=False, verbose=0)
    entropy = torch.nn.CrossEntropyLoss()
    rule = torch.optim.SGD(net.parameters(), 0.05)
    net.train()
    run_theirs(torch, net, rule, lambda net, x, y: entropy(net(x), y))
    compare(model, net)
    moving = model.layers[2].moving_mean.numpy()
    assert np.abs(moving - net[2].running_mean.numpy()).max() < 1e-4
