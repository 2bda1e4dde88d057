"""Shapes of outputs for inputs of which several sizes are open, such as (None, None) of texts.

A program has one open size, the batch. For a further one two sizes are tried: the sizes of the
outputs that differ are open too. Depends on the recorder.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from steepest.core.dtype import DType
from steepest.core.primitives import Shape, show
from steepest.errors import ShapeError
from steepest.program.trace import Recording, TensorSpec, record

TRIED = (251, 257)  # primes, which no sum or product of usual sizes gives
Input = tuple[Shape, DType]


def inferred(
    function: Callable[..., Any], inputs: Sequence[Input]
) -> tuple[Recording, list[Shape]]:
    """Returns a recording of a function of such inputs, and the shapes of its outputs.

    >>> import numpy as np, steepest as st
    >>> spec = ((None, None), np.dtype("float32"))
    >>> inferred(lambda x: (x + 1.0, st.reduce_sum(x, -1)), [spec])[1]
    [(None, None), (None,)]
    """
    if all(shape.count(None) < 2 for shape, _ in inputs):
        recording = record(function, [TensorSpec(shape, dtype) for shape, dtype in inputs])
        return recording, [node.shape for node in recording.graph.outputs]
    first, second = (
        [TensorSpec(_closed(shape, size), dtype) for shape, dtype in inputs] for size in TRIED
    )
    recording = record(function, first)
    try:
        other = record(function, second)
    except ShapeError as error:
        shown = ", ".join(map(show, (shape for shape, _ in inputs)))
        raise ShapeError(
            f"weights depend on a size of the inputs that is open (None), as they are {shown}; "
            "declare it in the Input or, after TextVectorization, by output_sequence_length="
        ) from error
    pairs = zip(recording.graph.outputs, other.graph.outputs, strict=True)
    return recording, [
        tuple(a if a == b else None for a, b in zip(one.shape, two.shape, strict=True))
        for one, two in pairs
    ]


def _closed(shape: Shape, size: int) -> Shape:
    """The shape with a size for each open one but the batch."""
    if shape.count(None) < 2:
        return shape
    return (shape[0], *(size if given is None else given for given in shape[1:]))
