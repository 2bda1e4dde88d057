"""Budget: how many steps an experiment may take, by counted operations and never by the clock.

So a report is the same on every machine. Depends on setup and graphs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from steepest.doctor.setup import Setup
from steepest.errors import ArgumentError
from steepest.program.graph import Graph, Node

PER_SECOND = 1e11
"""Counted operations of a second, of small networks on two cores; it makes seconds of a budget."""
PER_STEP = 5e4
"""What a step costs besides its operations."""
PER_EPOCH = 1e6
"""What an epoch costs besides its steps."""
PER_RUN = 4e8
"""What it costs to build a network and to record its step."""
USUAL_SECONDS = 2.0
SHARE_OF_RUN = 0.1
SLOW = 8.0  # operations that one element of an element-wise operation counts as


@dataclass(frozen=True)
class Budget:
    """Counted operations that experiments may use, about `seconds` of an ordinary machine.

    >>> Budget.of(0.5).operations
    50000000000.0
    """

    operations: float

    @classmethod
    def of(cls, seconds: float | None, setup: Setup | None = None) -> Budget:
        """A budget of seconds; without, what takes 2 seconds or a tenth of the training."""
        if seconds is not None and not seconds > 0:
            raise ArgumentError(f"doctor: budget: seconds above 0 were expected, got {seconds!r}")
        if seconds is not None:
            return cls(seconds * PER_SECOND)
        whole = 0.0 if setup is None else cost_of_run(setup)
        return cls(max(USUAL_SECONDS * PER_SECOND, SHARE_OF_RUN * whole))


def steps_per_epoch(setup: Setup) -> int:
    """The steps of an epoch.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> steps_per_epoch(Setup.of(model, np.ones((100, 2)), np.ones(100), batch_size=32))
    4
    """
    given = setup.fit.get("steps_per_epoch")
    return int(given) if given else math.ceil(len(setup.rows) / batch_size(setup))


def batch_size(setup: Setup) -> int:
    """Rows of a batch, at most all of them."""
    return min(int(setup.fit.get("batch_size") or 32), len(setup.rows))


def cost_of_step(setup: Setup) -> float:
    """The counted operations of one step of training."""
    return operations(setup.step_graph, batch_size(setup)) + PER_STEP


def cost_of_run(setup: Setup) -> float:
    """The counted operations of the whole training, which takes no step if `fit` refuses it."""
    if setup.refusal is not None:
        return PER_RUN
    epoch = steps_per_epoch(setup) * cost_of_step(setup) + PER_EPOCH
    return int(setup.fit.get("epochs", 1)) * epoch + PER_RUN


def operations(graph: Graph, batch: int) -> float:
    """The arithmetic of a program for a batch: 2 m n k for a product, else some for each element.

    >>> graph = st.trace(lambda x: x @ st.ones((3, 4)), [st.TensorSpec((None, 3))])
    >>> operations(graph, batch=10) >= 2 * 10 * 3 * 4
    True
    """
    return float(sum(_operations(node, batch) for node in graph.nodes if not node.is_leaf))


def _operations(node: Node, batch: int) -> float:
    elements = math.prod(batch if size is None else size for size in node.shape)
    if node.op == "matmul":
        depth = node.inputs[0].shape[-1]
        return 2.0 * elements * (batch if depth is None else depth)
    return SLOW * elements
