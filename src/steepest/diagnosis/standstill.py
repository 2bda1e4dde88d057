"""Rules on a loss that stands still although the learning rate is not to blame.

Units with equal weights, which learn the same, and a gradient that is 0. Depends on NumPy and
finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from steepest.finding import Finding, Rule, Severity, Where

EQUAL_UNITS = Rule(
    "equal-units",
    Severity.ADVICE,
    "The loss hardly moved, and the units of a layer have equal weights, so they learn the same.",
    "the loss hardly moved, and the {units} units of layer {where.layer!r} have equal weights, "
    "so they compute and learn the same",
    "start from random weights: leave out kernel_initializer, or give 'glorot_uniform'",
)
ZERO_GRADIENT = Rule(
    "zero-gradient",
    Severity.ADVICE,
    "The loss hardly moved, and its gradient by the kernels is 0.",
    "the loss hardly moved, and its gradient by all kernels is 0, so no learning rate changes them",
    "look for units that are 0 for all rows, as of relu after a large step (leaky_relu has a "
    "gradient there), or for a loss without derivative, as st.round and comparisons have none",
)


def equal_units(kernels: Iterable[tuple[str, np.ndarray]]) -> Iterator[Finding]:
    """The first layer whose units all have equal weights; kernels are inputs x units.

    >>> print(*equal_units([("first", np.zeros((3, 8)))]))
    the loss hardly moved, and the 8 units of layer 'first' have equal weights, so they ...
    >>> list(equal_units([("first", np.eye(3))]))
    []
    """
    for layer, kernel in kernels:
        if kernel.ndim == 2 and kernel.shape[1] > 1 and (kernel == kernel[:, :1]).all():
            yield EQUAL_UNITS.finding(Where(layer=layer), units=kernel.shape[1])
            return


def zero_gradient(gradients: Iterable[np.ndarray | None]) -> Iterator[Finding]:
    """A gradient that is 0 in all entries of all kernels, given one array for each of them.

    >>> [found.rule for found in zero_gradient([np.zeros((2, 2)), None])]
    ['zero-gradient']
    >>> list(zero_gradient([np.eye(2), None])), list(zero_gradient([]))
    ([], [])
    """
    known = list(gradients)
    if known and not any(part is not None and np.any(part) for part in known):
        yield ZERO_GRADIENT.finding()
