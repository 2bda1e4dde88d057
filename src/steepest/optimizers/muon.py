"""Muon: momentum for matrices, with orthogonalized steps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.functions import composed
from steepest.optimizers.moments import adam_step, correction_slots
from steepest.optimizers.optimizer import OPTIMIZERS, Optimizer
from steepest.optimizers.stateful import Slots
from steepest.schedules.hyper import HyperParameter, Setting


@OPTIMIZERS.register
class Muon(Optimizer):
    """Muon (Jordan, 2024; Liu et al., 2025): momentum for matrices, with orthogonalized steps.

    M <- b M + G,  W <- W - 0.2 a sqrt(max(rows, columns)) orthogonal(G + b M),
    where orthogonal(X) is about U V' for X = U S V', by `ns_steps` Newton-Schulz iterations.
    Vectors, embeddings, and weights whose path matches one of `exclude_layers` are updated by AdamW
    instead, with `adam_lr_ratio` times the rate.

    >>> import steepest as st
    >>> w = st.Variable([[1.0, 0.0], [0.0, 1.0]])
    >>> st.optimizers.Muon(0.1, weight_decay=None).apply([[[5.0, 0.0], [0.0, 0.1]]], [w])
    >>> bool((w.numpy().diagonal() < 0.99).all())
    True
    """

    momentum = HyperParameter("[0, 1)")
    adam_beta_1 = HyperParameter("[0, 1)")
    adam_beta_2 = HyperParameter("[0, 1)")
    adam_weight_decay = HyperParameter("[0, inf)")

    def __init__(
        self,
        learning_rate: Setting = 0.001,
        adam_beta_1: Setting = 0.9,
        adam_beta_2: Setting = 0.999,
        adam_weight_decay: Setting = 0.004,
        epsilon: float = 1e-7,
        weight_decay: Setting = 0.004,
        exclude_layers: Sequence[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.7750,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1.0,
        momentum: Setting = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, **options)
        require_within(self, "[0, inf)", epsilon=epsilon)
        require_within(self, "[0, inf)", adam_lr_ratio=adam_lr_ratio, ns_steps=ns_steps)
        require_within(self, "(0, inf)", rms_rate=rms_rate)
        self.adam_beta_1, self.adam_beta_2 = adam_beta_1, adam_beta_2
        self.adam_weight_decay, self.adam_lr_ratio = adam_weight_decay, adam_lr_ratio
        self.epsilon, self.momentum, self.nesterov = epsilon, momentum, nesterov
        self.exclude_layers = list(exclude_layers or ())
        self.exclude_embeddings = exclude_embeddings
        self.muon_a, self.muon_b, self.muon_c = muon_a, muon_b, muon_c
        self.ns_steps, self.rms_rate = ns_steps, rms_rate

    def orthogonalizes(self, variable: Variable) -> bool:
        """Whether a weight is a matrix that Muon updates, rather than AdamW."""
        path = getattr(variable, "path", variable.name)
        embedding = self.exclude_embeddings and "embedding" in path.lower()
        excluded = any(re.search(pattern, path) for pattern in self.exclude_layers)
        return variable.ndim == 2 and not embedding and not excluded

    def slots_for(self, variable: Variable, weight: Tensor) -> Slots:
        """The momentum; for AdamW the moving average of squares too."""
        first = {"m": composed.zeros_like(weight)}
        if self.orthogonalizes(variable):
            return first
        corrections = correction_slots(self, weight, "adam_beta_1", "adam_beta_2")
        return {**first, "v": composed.zeros_like(weight), **corrections}

    def decay_of(self, variable: Variable) -> Any:
        """The decay of a weight, `adam_weight_decay` for those that AdamW updates."""
        return self.now("weight_decay" if self.orthogonalizes(variable) else "adam_weight_decay")

    def update(
        self, gradient: Tensor, weight: Tensor, slots: Slots, rate: Tensor, step: Tensor
    ) -> tuple[Tensor, Slots]:
        """The formula of one step for one array."""
        if "v" in slots:
            rate = rate * self.adam_lr_ratio
            return adam_step(self, gradient, weight, slots, rate, step, prefix="adam_")
        momentum = self.now("momentum", weight)
        m = momentum * slots["m"] + gradient
        direction = gradient + momentum * m if self.nesterov else m
        rows, columns = (size or 1 for size in weight.shape)
        scale = 1.0 if self.rms_rate is None else self.rms_rate * max(rows, columns) ** 0.5
        return weight - rate * scale * self.orthogonal(direction), {"m": m}

    def orthogonal(self, x: Tensor) -> Tensor:
        """Approximates U V' for a matrix U S V' by iterating a X + (b X X' + c (X X')^2) X."""
        tall = (x.shape[0] or 1) > (x.shape[1] or 1)
        wide = ops.transpose(x) if tall else x
        wide = wide / (composed.norm(wide) + 1e-7)
        for _ in range(self.ns_steps):
            square = ops.matmul(wide, wide, transpose_b=True)
            mixed = self.muon_b * square + self.muon_c * ops.matmul(square, square)
            wide = self.muon_a * wide + ops.matmul(mixed, wide)
        return ops.transpose(wide) if tall else wide
