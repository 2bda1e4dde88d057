"""The published formulas of optimizers, written independently in float64 NumPy, for one array.

Each is a generator: it is sent gradients and gives weights. Nothing of the package is used.
"""

from __future__ import annotations

from collections.abc import Callable, Generator

import numpy as np

Formula = Callable[[np.ndarray], Generator[np.ndarray, np.ndarray, None]]


def sgd(a: float, momentum: float = 0.0, nesterov: bool = False) -> Formula:
    def run(w):
        v = np.zeros_like(w)
        while True:
            g = yield w
            v = momentum * v - a * g
            w = w + (momentum * v - a * g if nesterov else v)

    return run


def averaged_momentum(a: float, b: float) -> Formula:
    def run(w):
        V = np.zeros_like(w)
        while True:
            g = yield w
            V = b * V + (1 - b) * g
            w = w - a * V

    return run


def adagrad(a: float, start: float = 0.1, epsilon: float = 1e-7) -> Formula:
    def run(w):
        G = np.full_like(w, start)
        while True:
            g = yield w
            G = G + g**2
            w = w - a * g / np.sqrt(G + epsilon)

    return run


def adadelta(a: float, rho: float = 0.95, epsilon: float = 1e-7) -> Formula:
    def run(w):
        G, D = np.zeros_like(w), np.zeros_like(w)
        while True:
            g = yield w
            G = rho * G + (1 - rho) * g**2
            d = np.sqrt(D + epsilon) / np.sqrt(G + epsilon) * g
            D = rho * D + (1 - rho) * d**2
            w = w - a * d

    return run


def rmsprop(
    a: float, rho: float = 0.9, momentum: float = 0.0, centered: bool = False, eps: float = 1e-7
) -> Formula:
    def run(w):
        V, M, u = np.zeros_like(w), np.zeros_like(w), np.zeros_like(w)
        while True:
            g = yield w
            V = rho * V + (1 - rho) * g**2
            M = rho * M + (1 - rho) * g
            bottom = V - M**2 + eps if centered else V + eps
            u = momentum * u + a * g / np.sqrt(bottom)
            w = w - u

    return run


def adam(
    a: float, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-7, amsgrad: bool = False
) -> Formula:
    def run(w):
        m, v, top, t = np.zeros_like(w), np.zeros_like(w), np.zeros_like(w), 0
        while True:
            g = yield w
            t += 1
            m = b1 * m + (1 - b1) * g
            v = b2 * v + (1 - b2) * g**2
            top = np.maximum(top, v)
            rate = a * np.sqrt(1 - b2**t) / (1 - b1**t)
            w = w - rate * m / (np.sqrt(top if amsgrad else v) + eps)

    return run


def lamb(a: float, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-7) -> Formula:
    def run(w):
        m, v, t = np.zeros_like(w), np.zeros_like(w), 0
        while True:
            g = yield w
            t += 1
            m = b1 * m + (1 - b1) * g
            v = b2 * v + (1 - b2) * g**2
            u = m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + eps)
            w = w - a * np.linalg.norm(w) / np.linalg.norm(u) * u

    return run


def muon(
    a: float, momentum: float = 0.95, steps: int = 5, nesterov: bool = True, size: float = 0.2
) -> Formula:
    def orthogonal(x):
        y = x.T if x.shape[0] > x.shape[1] else x
        y = y / (np.linalg.norm(y) + 1e-7)
        for _ in range(steps):
            s = y @ y.T
            y = 3.4445 * y + (-4.7750 * s + 2.0315 * s @ s) @ y
        return y.T if x.shape[0] > x.shape[1] else y

    def run(w):
        m = np.zeros_like(w)
        while True:
            g = yield w
            m = momentum * m + g
            way = g + momentum * m if nesterov else m
            w = w - a * size * np.sqrt(max(w.shape)) * orthogonal(way)

    return run


def radam(a: float, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-7) -> Formula:
    def run(w):
        m, v, t = np.zeros_like(w), np.zeros_like(w), 0
        longest = 2 / (1 - b2) - 1
        while True:
            g = yield w
            t += 1
            m = b1 * m + (1 - b1) * g
            v = b2 * v + (1 - b2) * g**2
            mean = m / (1 - b1**t)
            r = longest - 2 * t * b2**t / (1 - b2**t)
            if r > 5:
                top = (r - 4) * (r - 2) * longest
                q = np.sqrt(top / ((longest - 4) * (longest - 2) * r))
                w = w - a * q * mean / (np.sqrt(v / (1 - b2**t)) + eps)
            else:
                w = w - a * mean

    return run


def decayed(formula: Formula, a: float, decay: float) -> Formula:
    """Decoupled decay: the weight shrinks by a x decay before each step."""

    def run(w):
        inner = formula(w)
        last = next(inner)
        offset = np.zeros_like(w)  # the inner run does not include what was subtracted
        while True:
            g = yield last + offset
            offset = offset - a * decay * (last + offset)
            last = inner.send(g)

    return run


def adamax(a: float, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-7) -> Formula:
    def run(w):
        m, u, t = np.zeros_like(w), np.zeros_like(w), 0
        while True:
            g = yield w
            t += 1
            m = b1 * m + (1 - b1) * g
            u = np.maximum(b2 * u, np.abs(g))
            w = w - a / (1 - b1**t) * m / (u + eps)

    return run


def nadam(a: float, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-7) -> Formula:
    def run(w):
        m, v, t, product = np.zeros_like(w), np.zeros_like(w), 0, 1.0
        while True:
            g = yield w
            t += 1
            now = b1 * (1 - 0.5 * 0.96**t)
            following = b1 * (1 - 0.5 * 0.96 ** (t + 1))
            product *= now
            m = b1 * m + (1 - b1) * g
            v = b2 * v + (1 - b2) * g**2
            m_hat = following * m / (1 - product * following) + (1 - now) * g / (1 - product)
            w = w - a * m_hat / (np.sqrt(v / (1 - b2**t)) + eps)

    return run


def lion(a: float, b1: float = 0.9, b2: float = 0.99) -> Formula:
    def run(w):
        m = np.zeros_like(w)
        while True:
            g = yield w
            w = w - a * np.sign(b1 * m + (1 - b1) * g)
            m = b2 * m + (1 - b2) * g

    return run


def ftrl(
    a: float, l1: float = 0.0, l2: float = 0.0, shrinkage: float = 0.0, beta: float = 0.0
) -> Formula:
    """McMahan et al., algorithm 1: per coordinate, z and n; n starts at 0.1 as in Keras."""

    def run(w):
        n, z = np.full_like(w, 0.1), np.zeros_like(w)
        while True:
            g = yield w
            sigma = (np.sqrt(n + g**2) - np.sqrt(n)) / a
            z = z + g + 2 * shrinkage * w - sigma * w
            n = n + g**2
            size = np.maximum(np.abs(z) - l1, 0)
            w = -np.sign(z) * size / ((beta + np.sqrt(n)) / a + 2 * l2)

    return run


def rprop(
    first: float, up: float = 1.2, down: float = 0.5, least: float = 1e-6, most: float = 50.0
) -> Formula:
    def run(w):
        size, before = np.full_like(w, first), np.zeros_like(w)
        while True:
            g = (yield w).copy()
            for i in np.ndindex(w.shape):
                if g[i] * before[i] > 0:
                    size[i] = min(size[i] * up, most)
                elif g[i] * before[i] < 0:
                    size[i] = max(size[i] * down, least)
                    g[i] = 0.0
            w = w - np.sign(g) * size
            before = g

    return run


def quickprop(a: float, growth: float = 1.75) -> Formula:
    """The form of Fahlman with separate cases, in slopes s = -g."""

    def one(s: float, before: float, step: float) -> float:
        shrink = growth / (1 + growth)
        move = 0.0
        if step > 0:
            move += a * s if s >= 0 else 0.0
            move += growth * step if s > shrink * before else step * s / (before - s)
        elif step < 0:
            move += a * s if s <= 0 else 0.0
            move += growth * step if s < shrink * before else step * s / (before - s)
        else:
            move = a * s
        return move

    def run(w):
        before, step = np.zeros_like(w), np.zeros_like(w)
        while True:
            s = -(yield w)
            step = np.array([
                one(*entry) for entry in zip(s.flat, before.flat, step.flat, strict=True)
            ]).reshape(w.shape)
            before = s
            w = w + step

    return run
