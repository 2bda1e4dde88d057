"""steepest, JAX written by hand and compiled PyTorch on a GPU: `python -m benchmarks.gpu`.

One script of at most six minutes: each row trains the same network on made-up data, in turns, and
the table has microseconds a step, the first call, the time of an epoch, the loss of the last epoch
and the accuracy on training rows after it. `--quick` runs small rows on any device, to try the
script out.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

SECONDS = 340.0


@dataclass(frozen=True)
class Row:
    """A network of Dense layers with ReLU, trained by Adam on rows of one of several classes."""

    name: str
    sizes: tuple[int, ...]
    batch: int
    rows: int
    dropout: float = 0.0
    half: bool = False

    @property
    def steps(self) -> int:
        """The batches of an epoch, all of them whole."""
        return self.rows // self.batch


ROWS = (
    Row("784-50-50-10, batch 100", (784, 50, 50, 10), 100, 60_000),
    Row("784-512-512-10, dropout, batch 128", (784, 512, 512, 10), 128, 59_904, 0.2),
    Row("10,000-16-16-2, batch 512", (10_000, 16, 16, 2), 512, 24_576),
    Row("1024-2048-2048-1000, batch 256", (1024, 2048, 2048, 1000), 256, 25_600),
    Row(
        "4 x 4,096, batch 8,192, bfloat16",
        (1024, 4096, 4096, 4096, 4096, 16),
        8192,
        81_920,
        half=True,
    ),
)
QUICK = tuple(
    replace(row, sizes=(64, 32, 32, 10), batch=min(row.batch, 512), rows=8 * min(row.batch, 512))
    for row in ROWS
)
SCORED = 8192  # rows
Train = Callable[[int], float]
Predict = Callable[[np.ndarray], np.ndarray]


def data_of(row: Row) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Normal numbers, classes that a linear function of them gives, and initial kernels."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((row.rows, row.sizes[0]), np.float32)
    y = np.argmax(x @ rng.standard_normal((row.sizes[0], row.sizes[-1]), np.float32), axis=1)
    scales = (np.float32((6 / (n + m)) ** 0.5) for n, m in pairwise(row.sizes))
    kernels = [
        rng.uniform(-scale, scale, (n, m)).astype(np.float32)
        for (n, m), scale in zip(pairwise(row.sizes), scales, strict=True)
    ]
    return x, y.astype(np.int32), kernels


def steepest_of(row: Row) -> tuple[Train, Predict]:
    """`fit`, an epoch a call."""
    import steepest as st

    x, y, kernels = data_of(row)
    policy = "mixed_bfloat16" if row.half else "float32"
    layers: list[Any] = [st.Input((row.sizes[0],))]
    for kernel in kernels[:-1]:
        layers.append(st.layers.Dense(kernel.shape[1], "relu", dtype=policy))
        layers += [st.layers.Dropout(row.dropout)] * bool(row.dropout)
    layers.append(st.layers.Dense(kernels[-1].shape[1], "softmax", dtype=policy))
    model = st.Sequential(layers)
    dense = [layer for layer in model.layers if layer.weights]
    for layer, kernel in zip(dense, kernels, strict=True):
        layer.set_weights([kernel, np.zeros(kernel.shape[1], np.float32)])
    model.compile("adam", "sparse_categorical_crossentropy", engine="xla")

    def train(call: int) -> float:
        history = model.fit(x, y, batch_size=row.batch, verbose=0, check=False)
        return float(history.history["loss"][-1])

    return train, lambda x: np.asarray(model.predict(x, batch_size=row.batch, verbose=0))


def jax_of(row: Row) -> tuple[Train, Predict]:
    """One jitted scan over the batches of an epoch, state donated."""
    import jax
    import jax.numpy as jnp

    x, y, kernels = data_of(row)
    columns = jax.device_put(x), jax.device_put(y)
    weights = [(jnp.array(kernel), jnp.zeros(kernel.shape[1])) for kernel in kernels]
    zeros = partial(jax.tree.map, jnp.zeros_like)
    kind = jnp.bfloat16 if row.half else jnp.float32
    state = weights, zeros(weights), zeros(weights), jnp.zeros((), jnp.int32), jax.random.key(0)

    def logits_of(weights: Any, x: Any, key: Any) -> Any:
        for place, (kernel, bias) in enumerate(weights):
            x = (x.astype(kind) @ kernel.astype(kind)).astype(kind) + bias.astype(kind)
            if place < len(weights) - 1:
                x = jax.nn.relu(x)
                if row.dropout and key is not None:
                    key, used = jax.random.split(key)
                    mask = jax.random.bernoulli(used, 1 - row.dropout, x.shape)
                    x = jnp.where(mask, x / (1 - row.dropout), 0)
        return x.astype(jnp.float32)

    def loss_of(weights: Any, x: Any, y: Any, key: Any) -> Any:
        logits = logits_of(weights, x, key)
        chosen = jnp.take_along_axis(logits, y[:, None], 1)[:, 0]
        return jnp.mean(jax.nn.logsumexp(logits, 1) - chosen)

    def step(state: Any, rows: Any) -> Any:
        weights, first, second, count, key = state
        key, used = jax.random.split(key)
        loss, slopes = jax.value_and_grad(loss_of)(
            weights, columns[0][rows], columns[1][rows], used
        )
        count += 1
        rate = 1e-3 * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, slopes)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, slopes)
        weights = jax.tree.map(
            lambda w, m, v: w - rate * m / (jnp.sqrt(v) + 1e-7), weights, first, second
        )
        return (weights, first, second, count, key), loss

    run = jax.jit(lambda state, orders: jax.lax.scan(step, state, orders), donate_argnums=0)
    held = [state]

    def train(call: int) -> float:
        order = np.random.default_rng(call).permutation(row.rows).astype(np.int32)
        held[0], losses = run(held[0], order[: row.steps * row.batch].reshape(-1, row.batch))
        return float(jnp.mean(losses))

    return train, lambda x: np.asarray(logits_of(held[0][0], x, None))


def torch_of(row: Row) -> tuple[Train, Predict]:
    """A compiled module and a fused Adam; the data are on the device."""
    import torch
    from torch import nn

    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.set_float32_matmul_precision("highest")
    x, y, kernels = data_of(row)
    inputs, labels = torch.from_numpy(x).to(device), torch.from_numpy(y).long().to(device)
    layers: list[nn.Module] = []
    for place, kernel in enumerate(kernels):
        layer = nn.Linear(*kernel.shape)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(kernel.T))
            layer.bias.zero_()
        layers.append(layer)
        if place < len(kernels) - 1:
            layers += [nn.ReLU(), *[nn.Dropout(row.dropout)] * bool(row.dropout)]
    model = torch.compile(nn.Sequential(*layers).to(device), dynamic=False)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, eps=1e-7, fused=device == "cuda")
    criterion = nn.CrossEntropyLoss()

    def train(call: int) -> float:
        total = torch.zeros((), device=device)
        for rows in torch.randperm(row.rows, device=device).split(row.batch)[: row.steps]:
            optimizer.zero_grad(set_to_none=True)
            with torch.autocast(device, torch.bfloat16, enabled=row.half):
                loss = criterion(model(inputs[rows]), labels[rows])
            loss.backward()
            optimizer.step()
            total += loss.detach()
        return total.item() / row.steps

    def predict(x: np.ndarray) -> np.ndarray:
        model.eval()
        with torch.no_grad():
            return model(torch.from_numpy(x).to(device)).float().cpu().numpy()

    return train, predict


CONTESTANTS: dict[str, Callable[[Row], tuple[Train, Predict]]] = {
    "steepest": steepest_of,
    "jax": jax_of,
    "torch": torch_of,
}


@dataclass
class Measured:
    """The times of one contestant: the first call, the quickest step since, the last loss."""

    train: Train
    predict: Predict
    first: float = 0.0
    step: float = float("inf")
    loss: float = float("nan")

    def call(self, number: int, steps: int) -> None:
        """Trains an epoch and measures it."""
        start = time.perf_counter()
        self.loss = self.train(number)
        taken = time.perf_counter() - start
        if number:
            self.step = min(self.step, taken / steps)
        else:
            self.first = taken


def measured(row: Row, end: float, names: list[str]) -> Iterator[str]:
    """Runs all contestants in turns until `end`, at least twice, and yields lines of a table."""
    found = {name: Measured(*CONTESTANTS[name](row)) for name in names}
    number = 0
    while number < 2 or (number < 6 and time.monotonic() < end):
        for one in found.values():
            one.call(number, row.steps)
        number += 1
    best = min(one.step for one in found.values())
    x, y = (array[:SCORED] for array in data_of(row)[:2])
    for name, one in found.items():
        yield (
            f"{row.name:36} {name:9} {one.step * 1e6:10.1f} us a step {one.step / best:6.2f} "
            f"first {one.first:6.2f} s  epoch {one.step * row.steps:7.3f} s  loss {one.loss:.4f}  "
            f"accuracy {np.mean(one.predict(x).argmax(1) == y):.3f}"
        )


def main() -> None:
    """Measures all rows, each with an equal share of the time that is left."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small rows, on any device")
    parser.add_argument("--contestants", nargs="+", choices=CONTESTANTS, default=[*CONTESTANTS])
    given = parser.parse_args()
    begin, rows = time.monotonic(), QUICK if given.quick else ROWS
    for place, row in enumerate(rows):
        left = begin + SECONDS - time.monotonic()
        if left < 30:
            print(f"{row.name}: no time left")
            continue
        for line in measured(row, time.monotonic() + left / (len(rows) - place), given.contestants):
            print(line, flush=True)


if __name__ == "__main__":
    main()
