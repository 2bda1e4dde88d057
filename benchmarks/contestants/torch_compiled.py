"""PyTorch with `torch.compile` around the forward and backward pass; the update stays fused.

Everything else is that of torch_eager.py.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from benchmarks.contestants import torch_eager
from benchmarks.task import Task


def prepare(task: Task) -> Session:
    """The session of the task's row."""
    return Session(task)


class Session(torch_eager.Session):
    """An eager session whose model is compiled for its one batch shape."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.model = torch.compile(self.model, dynamic=False)

    def predictor(self) -> Callable[[np.ndarray], np.ndarray]:
        """The compiled model, without TorchScript."""
        model = self.model.eval()

        def predict(x: np.ndarray) -> np.ndarray:
            with torch.inference_mode():
                return torch.softmax(model(torch.from_numpy(x)), 1).numpy()

        return predict
