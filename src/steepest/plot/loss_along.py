"""The loss of a model at weights + a d1 + b d2, for any coefficients a and b, without moving it.

The recorded loss is split in two. What does not depend on the coefficients is computed once: also
the products X W, X d1 and X d2 of a first layer, whose product is X W + a X d1 + b X d2. The rest
is a second program, run for each pair of coefficients. Depends on recordings of models.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from steepest.arguments import whole
from steepest.core import ops, tree
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.engines.choose import bind
from steepest.engines.many import advance
from steepest.errors import ArgumentError
from steepest.functions.generators import seeded
from steepest.neuralnet.input.accept import intake
from steepest.neuralnet.input.feeds import ArrayFeed, specs_of
from steepest.neuralnet.step import after, recorded, unpack
from steepest.program.graph import Graph, Node, ordered
from steepest.program.replay import replay
from steepest.program.trace import Recording, TensorSpec, record

PART = 32  # points that one thread computes at a time

Weights = Sequence[np.ndarray]
"""An array for each trainable weight of a model, in their order."""


class LossAlong:
    """The loss of a model on some rows, as a function of coefficients of directions.

    The loss is that of an evaluation, with the penalties of regularizers: dropout does nothing and
    normalisation uses its moving averages. `origin` is by default where the model is now. `rows`
    rows are drawn without replacement by the seed; None takes all. The model is not changed, nor
    the state of `st.random`. Errors name `who`.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,), kernel_initializer="ones")])
    >>> model.compile(loss="mse")
    >>> directions = [[np.ones((1, 1)), np.zeros(1)], [np.zeros((1, 1)), np.ones(1)]]
    >>> loss = st.plot.LossAlong(model, [[2.0]], [[2.0]], directions)
    >>> loss.at([[0.0, 0.0], [1.0, 0.0], [0.0, 3.0]])
    array([0., 4., 9.])
    """

    def __init__(
        self,
        model: Any,
        x: Any,
        y: Any,
        directions: Sequence[Weights],
        *,
        origin: Weights | None = None,
        sample_weight: Any = None,
        rows: int | None = 1000,
        seed: int = 0,
        who: str = "st.plot.LossAlong",
    ) -> None:
        require_ready(who, model)
        feed = intake(model, x, y, sample_weight)
        if not isinstance(feed, ArrayFeed):
            raise ArgumentError(
                f"{who}: arrays were expected, got a stream of batches; give x and y themselves"
            )
        self.total_rows, self.row_numbers = feed.count, _chosen(who, feed, rows, seed)
        weights = model.trainable_weights
        start = [w.array for w in weights] if origin is None else fitting(who, weights, origin)
        ways = [fitting(who, weights, direction) for direction in directions]
        self._moving = {
            variable: _Moving(variable, start[place], [way[place] for way in ways])
            for place, variable in enumerate(weights)
        }
        self._split = _Split(_recorded_loss(model, feed, self.rows), self._moving)
        columns = tree.leaves(feed.nest)
        self._fixed = self._split.first.call([c.take(self.row_numbers) for c in columns])

    def at(self, coefficients: Any) -> np.ndarray:
        """The losses at rows of coefficients, one for each direction, as float64."""
        second, fixed = self._split.second, self._fixed

        def losses_at(rows: np.ndarray) -> Iterator[list[float]]:
            yield [second.call([row, *fixed], threads=1)[0].item() for row in rows]

        given = np.atleast_2d(np.asarray(coefficients, np.float64))
        parts = [given[start : start + PART] for start in range(0, len(given), PART)]
        losses: list[Any] = [None] * len(parts)
        with seeded(0):  # jobs draw seeds: the user's generator must not move
            for piece in advance(map(losses_at, parts)):
                if piece.error is not None:
                    raise piece.error
                if not piece.is_over:
                    losses[piece.job] = piece.value
        return np.concatenate([np.empty(0), *losses])

    def recorded_at(self, coefficients: Tensor) -> Tensor:
        """The loss at one row of coefficients, by operations that tapes and programs record.

        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,))])
        >>> model.compile(loss="mse")
        >>> directions = [[np.ones((1, 1)), np.zeros(1)], [np.zeros((1, 1)), np.ones(1)]]
        >>> loss = st.plot.LossAlong(model, [[2.0]], [[2.0]], directions)
        >>> float(loss.at([1.0, 2.0])[0]) == loss.recorded_at(st.constant([1.0, 2.0])).item()
        True
        """
        return self._split.loss(coefficients, *(each.value for each in self._held))

    @cached_property
    def _held(self) -> list[Variable]:
        """What does not depend on coefficients, as variables: a program has them as its inputs."""
        return [Variable(array, trainable=False, name="known") for array in self._fixed]

    @property
    def rows(self) -> int:
        """The number of rows used."""
        return len(self.row_numbers)


def require_ready(who: str, model: Any) -> None:
    """Raises unless a model is compiled and has weights to train."""
    if not hasattr(model, "trainable_weights") or not hasattr(model, "require_compiled"):
        raise ArgumentError(f"{who}: a model was expected, got {type(model).__name__}")
    model.require_compiled(who)
    if not model.trainable_weights:
        raise ArgumentError(
            f"{who}: {model.name!r} has no weights to train yet; call fit, or build it with an "
            "input shape"
        )


def fitting(who: str, variables: Sequence[Variable], arrays: Weights) -> list[np.ndarray]:
    """The arrays in the dtypes of the variables; raises if their shapes are not equal."""
    given = [np.asarray(array) for array in arrays]
    shapes = [tuple(array.shape) for array in given]
    wanted = [tuple(variable.shape) for variable in variables]
    if shapes != wanted:
        named = ", ".join(f"{v.path} {v.shape}" for v in variables)
        raise ArgumentError(
            f"{who}: an array for each trainable weight was expected ({named}), got arrays of the "
            f"shapes {shapes}"
        )
    return [array.astype(v.dtype) for array, v in zip(given, variables, strict=True)]


def _chosen(who: str, feed: ArrayFeed, rows: int | None, seed: int) -> np.ndarray:
    assert feed.rows is not None
    count = feed.count if rows is None else min(whole(f"{who}: rows", rows, 1), feed.count)
    drawn = np.random.default_rng(seed).choice(feed.count, count, replace=False)
    chosen: np.ndarray = feed.rows[np.sort(drawn)]
    return chosen


def _recorded_loss(model: Any, feed: ArrayFeed, rows: int) -> Recording:
    """The loss for so many rows: with a known number it is recorded again inside other programs."""

    def loss(data: Any) -> Tensor:
        x, y, weights = unpack(data)
        total: Tensor = model.compute_loss(x, y, model(x, training=False), weights)
        return total

    with model.counted(training=False):
        return recorded(after(feed.prepare, loss), feed.nest, specs_of(feed.nest, rows))


class _Moving:
    """A weight that moves: copies of its value and of its part of each direction."""

    def __init__(self, like: Variable, start: np.ndarray, parts: Sequence[np.ndarray]) -> None:
        self.stands = not any(part.any() for part in parts)
        self.terms = [Variable(array, trainable=False, name=like.name) for array in (start, *parts)]

    def products(self, left: Tensor) -> list[Tensor]:
        """The products of an array with the weight and with its directions."""
        return [ops.matmul(left, term.value) for term in self.terms]

    def value(self, coefficients: Tensor) -> Tensor:
        """The weight at some coefficients."""
        return _mixed([term.value for term in self.terms], coefficients)


def _mixed(terms: Sequence[Tensor], coefficients: Tensor) -> Tensor:
    """The first term, plus each other one times its coefficient."""
    total = terms[0]
    for place, term in enumerate(terms[1:]):
        total = total + term * ops.cast(coefficients[place], term.dtype)
    return total


class _Split:
    """The two programs of a loss: `first` of the data, `second` of coefficients and its results."""

    def __init__(self, recording: Recording, moving: dict[Variable, _Moving]) -> None:
        graph = recording.graph
        held = dict(zip(graph.variables, recording.variables, strict=True))
        self._held = held
        self._moving = {
            node: moving[variable]
            for node, variable in held.items()
            if variable in moving and not moving[variable].stands
        }
        self._at_start = {n: moving[v].terms[0] for n, v in held.items() if v in moving}
        self._graph = graph
        self._changing = _dependent(graph, self._moving)
        self._products = [n for n in graph.nodes if n in self._changing and self._is_product(n)]
        read = ordered(graph.outputs, [*self._moving, *self._products])
        known = [n for n in read if n in self._changing and n not in self._products]
        sources = dict.fromkeys([*(s for n in known for s in n.inputs), *graph.outputs])
        self._read_moving = [node for node in sources if node in self._moving]
        self._border = [n for n in sources if n not in self._changing and n.op != "constant"]
        self.first = bind(record(self._first, _specs(graph.inputs)))
        made = self.first.recording.graph.outputs
        count = len(next(iter(moving.values())).terms) - 1
        self.second = bind(record(self.loss, [TensorSpec((count,), "float64"), *_specs(made)]))

    def _is_product(self, node: Node) -> bool:
        """Whether it is the product of something known and a weight that moves."""
        return (
            node.op == "matmul"
            and node.inputs[0] not in self._changing
            and node.inputs[1] in self._moving
        )

    def _first(self, *inputs: Tensor) -> list[Tensor]:
        known = dict(zip(self._graph.inputs, inputs, strict=True))
        known |= {node: variable.value for node, variable in self._held.items()}
        known |= {node: variable.value for node, variable in self._at_start.items()}
        wanted = [*self._border, *(node.inputs[0] for node in self._products)]
        replay(wanted, known)
        made = [known[node] for node in self._border]
        for node in self._products:
            made += self._moving[node.inputs[1]].products(known[node.inputs[0]])
        return made

    def loss(self, coefficients: Tensor, *given: Tensor) -> Tensor:
        """The loss, from coefficients and the results of `first`."""
        left = iter(given)
        known = {node: next(left) for node in self._border}
        for node in self._products:
            terms = [next(left) for _ in self._moving[node.inputs[1]].terms]
            known[node] = _mixed(terms, coefficients)
        for node in self._read_moving:
            known[node] = self._moving[node].value(coefficients)
        replay(self._graph.outputs, known)
        return known[self._graph.outputs[0]]


def _dependent(graph: Graph, leaves: Any) -> set[Node]:
    """The nodes that depend on some leaves, with these."""
    found = set(leaves)
    for node in graph.nodes:
        if any(source in found for source in node.inputs):
            found.add(node)
    return found


def _specs(nodes: Sequence[Node]) -> list[TensorSpec]:
    return [TensorSpec(node.shape, node.dtype) for node in nodes]
