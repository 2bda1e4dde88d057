"""Predictor: a model's outputs for one batch with minimal overhead. Depends on step.

It may be called from several threads at once, and uses the current weights at each call.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.core import tree
from steepest.neuralnet.step import Step


class Predictor:
    """A function from an array of rows to the model's outputs, made by `model.predictor()`.

    >>> import steepest as st
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> answer = model.predictor()
    >>> answer(np.ones((1, 2), np.float32)).shape
    (1, 1)
    """

    __slots__ = ("_call", "_dtype", "_rebuild", "_single")

    def __init__(self, step: Step) -> None:
        self._call = step.bound.call
        self._dtype = step.recording.graph.inputs[0].dtype
        self._single = step.recording.result is None
        self._rebuild = step.recording.rebuild

    def __call__(self, x: np.ndarray) -> Any:
        """The outputs for rows of the shape that the predictor was made for."""
        rows = x if x.dtype == self._dtype else x.astype(self._dtype)
        outputs = self._call([rows])
        if self._single:
            return outputs[0]
        return tree.transform(np.asarray, self._rebuild(outputs))
