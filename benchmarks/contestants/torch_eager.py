"""PyTorch in its usual style: modules, an optimizer, a loop over batches in Python.

The data are tensors made once; batches are gathered by index, without a DataLoader's overhead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from benchmarks.networks import Activation, Dense, Normalization
from benchmarks.rows import Row
from benchmarks.task import Task

ACTIVATIONS = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "gelu": nn.GELU,
    "selu": nn.SELU,
    "swish": nn.SiLU,
}


def prepare(task: Task) -> Session:
    """The session of the task's row."""
    return Session(task)


class Session:
    """A module, its optimizer, and the training tensors."""

    def __init__(self, task: Task) -> None:
        torch.set_num_threads(task.threads)
        self.task = task
        self.model = _model(task)
        self.loss = nn.BCEWithLogitsLoss() if task.row.dense_layers[-1].units == 1 else None
        self.loss = self.loss or nn.CrossEntropyLoss()
        self.optimizer = _optimizer(task.row, self.model)
        self.parameters = list(self.model.parameters())
        self.kernels = [one for one in self.parameters if one.ndim == 2]
        self.inputs = _inputs(task.data.x)
        one = task.row.dense_layers[-1].units == 1
        kind = getattr(torch, task.row.dtype) if one else torch.int64
        self.labels = torch.from_numpy(task.data.y).to(kind)
        self.step: Callable[..., None] = self._step

    def train(self, call: int) -> None:
        """A Python loop over the batches."""
        self.model.train()
        for rows in torch.from_numpy(self.task.orders(call)):
            self.step(self.inputs(rows), self.labels[rows])

    def _step(self, x: Any, y: Any) -> None:
        self.optimizer.zero_grad(set_to_none=True)
        output = self.model(x)
        loss = self.loss(output[:, 0] if output.shape[1] == 1 else output, y)
        if (row := self.task.row).l2:
            loss = loss + row.l2 * sum((kernel**2).sum() for kernel in self.kernels)
        loss.backward()
        if row.global_clipnorm:
            nn.utils.clip_grad_norm_(self.parameters, row.global_clipnorm)
        if row.clipnorm:
            for one in self.parameters:
                nn.utils.clip_grad_norm_([one], row.clipnorm)
        self.optimizer.step()

    def predict(self, x: Any) -> np.ndarray:
        """All rows at once, without a tape."""
        self.model.eval()
        with torch.inference_mode():
            return _output(self.model(_inputs(x)(None))).numpy()

    def predictor(self) -> Callable[[np.ndarray], np.ndarray]:
        """A traced and frozen module, the quickest that PyTorch offers."""
        model = nn.Sequential(self.model, nn.Softmax(1)).eval()
        with torch.inference_mode():
            traced = torch.jit.freeze(torch.jit.trace(model, torch.zeros(1, 784)))

        def predict(x: np.ndarray) -> np.ndarray:
            with torch.inference_mode():
                return traced(torch.from_numpy(x)).numpy()

        return predict


class EightBit(nn.Module):
    """Pixels 0 to 255 as floats 0 to 1."""

    def forward(self, x: Any) -> Any:
        return x.to(torch.float32) / 255 if x.dtype == torch.uint8 else x


class Residual(nn.Sequential):
    """Parts whose input is added to their output."""

    def forward(self, x: Any) -> Any:
        return x + super().forward(x)


class Bag(nn.Module):
    """A dense layer on multi-hot rows given as (words, starts): an embedding bag with a bias."""

    def __init__(self, kernel: np.ndarray, bias: np.ndarray) -> None:
        super().__init__()
        self.bag = nn.EmbeddingBag.from_pretrained(torch.tensor(kernel), False, mode="sum")
        self.bias = nn.Parameter(torch.tensor(bias))

    def forward(self, x: Any) -> Any:
        return self.bag(*x) + self.bias


def _model(task: Task) -> nn.Sequential:
    sparse = task.row.data == "imdb_sparse"
    parts: list[nn.Module] = [] if sparse else [EightBit()]
    weights, width = iter(task.weights), 0
    for layer in task.row.network:
        if isinstance(layer, Dense):
            parts += _dense(layer, *next(weights), bag=sparse and not width)
            width = layer.units
        elif isinstance(layer, Normalization):
            batch = nn.BatchNorm1d(width, eps=1e-3, momentum=0.01)
            parts.append(batch if layer.kind == "batch" else nn.LayerNorm(width, eps=1e-3))
        elif isinstance(layer, Activation):
            parts.append(ACTIVATIONS[layer.name]())
        else:
            parts.append(nn.Dropout(layer.rate))
    return nn.Sequential(*parts)


def _dense(layer: Dense, kernel: np.ndarray, bias: np.ndarray, bag: bool) -> list[nn.Module]:
    parts = [Bag(kernel, bias) if bag else _linear(kernel, bias)]
    if layer.activation in ACTIVATIONS:
        parts.append(ACTIVATIONS[layer.activation]())
    return [Residual(*parts)] if layer.residual else parts


def _linear(kernel: np.ndarray, bias: np.ndarray) -> nn.Linear:
    linear = nn.Linear(*kernel.shape, dtype=torch.from_numpy(kernel).dtype)
    with torch.no_grad():
        linear.weight.copy_(torch.from_numpy(kernel.T))
        linear.bias.copy_(torch.from_numpy(bias))
    return linear


def _optimizer(row: Row, model: nn.Module) -> Any:
    if row.optimizer == "adam":
        return torch.optim.Adam(model.parameters(), row.rate, eps=1e-7, fused=True)
    if row.optimizer == "momentum":
        return torch.optim.SGD(model.parameters(), row.rate, momentum=0.9, fused=True)
    return torch.optim.RMSprop(model.parameters(), row.rate, alpha=0.9, eps=1e-7, foreach=True)


def _inputs(x: Any) -> Callable[[Any], Any]:
    """A function from row numbers (None: all) to a batch."""
    if isinstance(x, np.ndarray):
        whole = torch.from_numpy(x)
        return lambda rows: whole if rows is None else whole[rows]
    return lambda rows: _bags(x if rows is None else x[rows.numpy()])


def _bags(x: Any) -> tuple[Any, Any]:
    return torch.from_numpy(x.indices), torch.from_numpy(x.indptr[:-1])


def _output(logits: Any) -> Any:
    return torch.sigmoid(logits) if logits.shape[1] == 1 else torch.softmax(logits, 1)
