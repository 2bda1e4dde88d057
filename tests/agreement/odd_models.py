"""Trainings that no user would write, drawn by a number: odd reductions, sums along the batch,
rows that attend to each other, lookups by what was computed, strange rules of update.

Depends on the language alone. Each operation takes rows of some width to rows of another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import steepest as st
from steepest.data.columns import DenseColumn
from steepest.program.trace import Recording, guard, record

WIDTHS = (1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 33, 50, 64, 65)
WIDEST = 120


@dataclass
class Workshop:
    """A random generator and the variables made so far, for one training."""

    rng: np.random.Generator
    dtype: str
    weights: list[st.Variable] = field(default_factory=list)

    def one_of(self, options: Sequence[Any]) -> Any:
        return options[int(self.rng.integers(len(options)))]

    def weight(self, *shape: int) -> st.Variable:
        scale = 1 / np.sqrt(max(shape[0], 1))
        made = (self.rng.standard_normal(shape) * scale).astype(self.dtype)
        self.weights.append(st.Variable(made, name=f"w{len(self.weights)}"))
        return self.weights[-1]

    def slot(self, like: st.Variable) -> st.Variable:
        """State of an update rule."""
        return st.Variable(np.zeros(like.shape, like.dtype))

    def whole(self, x: st.Tensor, limit: int) -> st.Tensor:
        """Rows' numbers as whole ones below a limit, far from where rounding would turn."""
        turned = st.floor(x * 1.9371 + 1.4129)
        return st.cast(st.clip_by_value(turned, 0.0, limit - 1.0), self.one_of(["int32", "int64"]))


Operation = Callable[[st.Tensor, Workshop], st.Tensor]


def rows_of(x: st.Tensor) -> st.Tensor:
    return st.cast(st.shape(x)[0], x.dtype)


def few(x: st.Tensor) -> st.Tensor:
    """At most twelve columns, each spread over three places by weights: (batch, n, 3)."""
    return x[:, : min(x.shape[1], 12)]


def cubes(x: st.Tensor, w: Workshop) -> st.Tensor:
    return st.reshape(few(x), (-1, few(x).shape[1], 1)) * w.weight(1, 1, 3)


def attention(x: st.Tensor, w: Workshop) -> st.Tensor:
    cube = cubes(x, w)
    shares = st.nn.softmax(st.matmul(cube, st.transpose(cube, (0, 2, 1))) * 0.5)
    return st.reduce_mean(st.matmul(shares, cube), 1)


def pooled(x: st.Tensor, w: Workshop) -> st.Tensor:
    """Rows are summed by a group that they name, and each gets its group's sum."""
    group = w.whole(x[:, 0], 4)
    return x + 0.1 * st.gather(st.scatter_add(group, x, 4), group)


def normalised(x: st.Tensor, axis: int) -> st.Tensor:
    centred = x - st.reduce_mean(x, axis, keepdims=True)
    return centred / st.sqrt(st.reduce_mean(st.square(centred), axis, keepdims=True) + 0.1)


def embedded(x: st.Tensor, w: Workshop) -> st.Tensor:
    found = st.gather(w.weight(6, 3), w.whole(few(x), 6))
    return st.reshape(found, (-1, 3 * few(x).shape[1]))


def folded(x: st.Tensor, w: Workshop) -> st.Tensor:
    cube = cubes(x, w)
    return st.reshape(st.transpose(cube, (0, 2, 1)), (-1, 3 * cube.shape[1]))


def stacked(x: st.Tensor, w: Workshop) -> st.Tensor:
    return st.reshape(st.matmul(cubes(x, w), w.weight(3, 2)), (-1, 2 * few(x).shape[1]))


OPERATIONS: dict[str, Operation] = {
    "centred": lambda x, w: x - st.reduce_mean(x, 0),
    "batch normalised": lambda x, w: normalised(x, 0),
    "row normalised": lambda x, w: normalised(x, 1),
    "deviation": lambda x, w: x * (1.0 + 0.1 * st.reduce_std(x, 0)),
    "running sums": lambda x, w: st.cumsum(x, 1) / x.shape[1],
    "running sums of rows": lambda x, w: st.cumsum(x, 0) * 0.1,
    "total": lambda x, w: x + 0.01 * st.reduce_sum(x),
    "greatest": lambda x, w: x / (1.0 + st.reduce_max(st.abs(x))),
    "greatest of a column": lambda x, w: x + 0.1 * st.stop_gradient(st.reduce_max(x, 0)),
    "logsumexp": lambda x, w: x + st.reduce_logsumexp(x, 1, keepdims=True),
    "product": lambda x, w: x * st.reduce_prod(st.tanh(x[:, :2]) + 1.0, 1, keepdims=True),
    "place of the greatest": lambda x, w: x + 0.1 * st.cast(st.argmax(x, 1), x.dtype)[:, None],
    "marked": lambda x, w: x * st.one_hot(st.argmax(x, 1), x.shape[1], dtype=x.dtype) + 0.1 * x,
    "some rows": lambda x, w: st.where(st.reduce_sum(x, 1, keepdims=True) > 0.0, x, -0.5 * x),
    "turned": lambda x, w: x[:, ::-1] + x,
    "every other": lambda x, w: x[:, ::2],
    "padded": lambda x, w: st.pad(x, [[0, 0], [1, 2]]),
    "joined": lambda x, w: st.concat([x, st.tanh(x), x[:, :1]], 1),
    "joined with weights": lambda x, w: st.concat([x, st.zeros_like(x) + w.weight(x.shape[1])], 1),
    "tiled": lambda x, w: st.tile(x, [1, 2]),
    "permuted": lambda x, w: st.gather(
        st.transpose(x), w.rng.integers(0, x.shape[1], x.shape[1])
    ).T,
    "folded": folded,
    "stacks": stacked,
    "attention": attention,
    "rows attend": lambda x, w: st.matmul(st.nn.softmax(st.matmul(x, st.transpose(x)) * 0.1), x),
    "gram": lambda x, w: st.matmul(few(x), st.matmul(st.transpose(few(x)), few(x))) / rows_of(x),
    "pooled": pooled,
    "embedded": embedded,
    "constant": lambda x, w: st.matmul(
        x, st.constant(w.rng.standard_normal((x.shape[1], 9)) / 3, x.dtype)
    ),
    "bytes": lambda x, w: x + 0.01 * st.cast(st.cast(st.abs(x) * 37.7 + 0.2, "uint8"), x.dtype),
    "quarters": lambda x, w: x + 0.05 * st.cast(st.cast(x * 64.0 + 0.113, "int32") // 4, x.dtype),
    "noise": lambda x, w: x * st.random.uniform((1, x.shape[1]), 0.5, 1.5, dtype=x.dtype),
    "dropped": lambda x, w: st.nn.dropout(x, 0.3, seed=5),
    "big numbers": lambda x, w: (x * 1e3 + 7e5) * 1e-6 + x,
    "reduced weights": lambda x, w: x + st.reduce_sum(w.weight(x.shape[1], 4), 1)
    + st.reduce_max(w.weight(4, x.shape[1]), 0),
    "mean by weights": lambda x, w: few(x)
    + st.matmul(
        st.reduce_mean(few(x), 0, keepdims=True), w.weight(few(x).shape[1], few(x).shape[1])
    ),
}  # fmt: skip
ACTIVATIONS: tuple[Callable[[st.Tensor], st.Tensor], ...] = (
    st.tanh, st.nn.relu, st.nn.softmax, st.nn.gelu, st.softplus, st.erf,
    lambda x: st.sin(x) + st.cos(0.5 * x),
    lambda x: st.where(x > 0.1, x, 0.2 * st.tanh(x)),
    lambda x: st.clip_by_value(x, -0.7, 0.9),
    lambda x: x / st.sqrt(1.0 + st.square(x)),
)  # fmt: skip


# ---------------------------------------------------------------- updates

Rule = Callable[[st.Variable, st.Tensor, Workshop], Any]


def momentum(v: st.Variable, slope: st.Tensor, w: Workshop) -> None:
    """Half of the old velocity takes part too: it is read after the new one is known."""
    velocity = w.slot(v)
    before = velocity.read_value()
    velocity.assign(0.9 * velocity + slope)
    v.assign(v - 0.02 * velocity - 0.01 * before)


def adaptive(v: st.Variable, slope: st.Tensor, w: Workshop) -> None:
    mean, square, count = (
        w.slot(v),
        w.slot(v),
        st.Variable(np.array(0, w.one_of(["int32", "uint8"]))),
    )
    count.assign(count + 1)
    mean.assign(0.9 * mean + 0.1 * slope)
    square.assign(0.99 * square + 0.01 * slope * slope)
    v.assign(v - 0.05 * mean / (st.sqrt(square) + 0.01) / (1.0 + st.cast(count, v.dtype)))


def every_other_step(v: st.Variable, slope: st.Tensor, w: Workshop) -> None:
    turn = st.Variable(np.array(True))
    turn.assign(st.logical_not(turn))
    v.assign(st.where(turn, v - 0.05 * slope, v))


def best_so_far(v: st.Variable, slope: st.Tensor, w: Workshop) -> None:
    best, stored = st.Variable(np.array(100.0, v.dtype)), w.slot(v)
    now = st.reduce_sum(st.square(slope))
    better = now < best
    best.assign(st.where(better, now, best))
    stored.assign(st.where(better, v, stored))
    v.assign(v - 0.05 * slope)


def scattered(v: st.Variable, slope: st.Tensor, w: Workshop) -> None:
    rows = w.rng.integers(0, v.shape[0], v.shape[0])
    v.assign(v + st.scatter_add(rows, -0.05 * slope, v.shape[0]))


RULES: dict[str, Rule] = {
    "descent": lambda v, slope, w: v.assign(v - 0.05 * slope),
    "momentum": momentum,
    "adaptive": adaptive,
    "by the norm": lambda v, slope, w: v.assign(v - 0.05 * slope / (1.0 + st.norm(slope))),
    "columns of length one": lambda v, slope, w: v.assign(
        (v - 0.05 * slope) / st.maximum(1.0, st.norm(v, axis=0, keepdims=True))
    ),
    "by its own square": lambda v, slope, w: v.assign(
        v - 0.05 * slope + (0.001 * v @ v.read_value().T @ v if len(v.shape) == 2 else 0.0 * v)
    ),
    "running sums": lambda v, slope, w: v.assign(v - 0.02 * st.cumsum(slope, len(v.shape) - 1)),
    "turned over": lambda v, slope, w: v.assign(st.flip(v, [0]) - 0.05 * slope),
    "rows exchanged": lambda v, slope, w: v.assign(
        0.99 * st.gather(v, w.rng.permutation(v.shape[0])) - 0.05 * slope
    ),
    "every other step": every_other_step,
    "best so far": best_so_far,
    "scattered": scattered,
}


# ---------------------------------------------------------------- trainings


@dataclass
class Training:
    """A recorded step, and the arrays to run it on."""

    recording: Recording
    arrays: list[np.ndarray]
    order: np.ndarray
    batch: int
    names: list[str]

    @property
    def columns(self) -> list[DenseColumn]:
        return [DenseColumn(array) for array in self.arrays]

    @property
    def batches(self) -> list[list[np.ndarray]]:
        """The inputs of each batch."""
        cuts = range(0, len(self.order), self.batch)
        rows = [self.order[start : start + self.batch] for start in cuts]
        return [[array[own] for array in self.arrays] for own in rows]


def drawn(seed: int, dtype: str = "float64") -> Training:
    """The training of that number; its first operation and rule are the next ones in the lists."""
    w = Workshop(np.random.default_rng(seed), dtype)
    width, rows, names = w.one_of(WIDTHS), w.one_of((1, 2, 5, 13, 30)), []

    def forward(x: st.Tensor) -> st.Tensor:
        for units in [w.one_of(WIDTHS) for _ in range(w.one_of((1, 2, 3)))]:
            for _ in range(w.one_of((0, 1, 2)) if names else 1):
                place = w.rng.integers(len(OPERATIONS)) if names else seed
                names.append(list(OPERATIONS)[place % len(OPERATIONS)])
                x = OPERATIONS[names[-1]](x, w)[:, :WIDEST]
            x = w.one_of(ACTIVATIONS)(st.matmul(x, w.weight(x.shape[1], units)) + w.weight(units))
        return st.matmul(x, w.weight(x.shape[1], 2))

    def loss_of(x: st.Tensor, y: st.Tensor, importance: st.Tensor) -> st.Tensor:
        errors = st.reduce_mean(st.square(forward(x) - y[:, None]), 1)
        weighted = errors * (st.cast(importance, dtype) + 0.1)
        return w.one_of((st.reduce_mean, lambda e: st.reduce_sum(e) / rows_of(x)))(weighted)

    def slopes_of(*given: st.Tensor) -> tuple[st.Tensor, list[Any]]:
        with st.GradientTape() as tape:
            loss = loss_of(*given)
        return loss, tape.gradient(loss, w.weights)

    def penalised(*given: st.Tensor) -> tuple[st.Tensor, list[Any]]:
        """Second derivatives: the slopes' own length takes part in the loss."""
        with st.GradientTape() as tape:
            loss, slopes = slopes_of(*given)
            lengths = [st.reduce_sum(st.square(s)) for s in slopes if s is not None]
            whole = loss + 0.01 * st.add_n(lengths)
        return loss, tape.gradient(whole, w.weights)

    def step(*given: st.Tensor) -> st.Tensor:
        loss, slopes = w.one_of((slopes_of, slopes_of, slopes_of, penalised))(*given)
        known = [(v, s) for v, s in zip(list(w.weights), slopes, strict=True) if s is not None]
        if w.one_of((True, False)):
            guard(st.is_finite(loss))
        clipped = [s for _, s in known]
        if w.one_of((True, False, False)):
            clipped, _ = st.clip_by_global_norm(clipped, 0.5)
        for place, ((variable, _), slope) in enumerate(zip(known, clipped, strict=True), seed):
            names.append(list(RULES)[place % len(RULES)])
            RULES[names[-1]](variable, slope, w)
        return loss

    specs = [st.TensorSpec((None, width), dtype), st.TensorSpec((None,), dtype)]
    recording = record(step, [*specs, st.TensorSpec((None,), "int32")])
    x, y = w.rng.standard_normal((rows, width)), w.rng.standard_normal(rows)
    arrays = [x.astype(dtype), y.astype(dtype), w.rng.integers(0, 5, rows).astype("int32")]
    return Training(recording, arrays, w.rng.permutation(rows), w.one_of((1, 2, 4, 7, 30)), names)
