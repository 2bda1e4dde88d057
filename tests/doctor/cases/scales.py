"""Cases of the rules on the scale of the inputs."""

import numpy as np

import steepest as st
from tests.doctor.cases.case import CASES, Cases, blobs, facts_of


def multiplied(factors, offset=0.0, seed=0, model=None, rows=60):
    x, y = blobs(rows, seed=seed)
    return facts_of(x * np.asarray(factors) + offset, y, model)


def behind(layer, factors=(1, 1, 1e4, 1)):
    """Unscaled inputs of a model that begins with a layer."""
    x, y = blobs()
    x = x * np.asarray(factors)
    model = st.Sequential([st.Input((4,)), layer, st.layers.Dense(3, "softmax")])
    if hasattr(layer, "adapt"):
        layer.adapt(x)
    model.compile("adam", "sparse_categorical_crossentropy")
    return facts_of(x, y, model)


def byte_pictures(scale=1.0, kind=np.float32, seed=0):
    random = np.random.default_rng(seed)
    x = random.integers(0, 256, (80, 6, 6)) * (random.random((80, 6, 6)) < 0.7)
    x[0, 0, 0] = 255
    return facts_of((x * scale).astype(kind), np.arange(80) % 2)


CASES["D4"] = Cases(
    positive={
        "one large column": lambda: multiplied([1, 1, 1e4, 1]),
        "far from zero": lambda: multiplied(1.0, offset=2000.0),
        "all large": lambda: multiplied(100.0),
        "bytes": byte_pictures,
        "bytes as such": lambda: byte_pictures(kind=np.uint8),
    },
    negative={
        "scaled": lambda: facts_of(*blobs()),
        "moderate ratios": lambda: multiplied([1, 2, 5, 0.2]),
        "a layer scales": lambda: behind(st.layers.Normalization()),
        "batch normalization": lambda: behind(st.layers.BatchNormalization()),
        "divided bytes": lambda: byte_pictures(1 / 255),
        "rare ones": lambda: facts_of(np.eye(60)[:, :20], np.arange(60) % 2),
    },
    unchanged={
        "another seed": (
            lambda: multiplied([1, 1, 1e4, 1]),
            lambda: multiplied([1, 1, 1e4, 1], seed=3),
        ),
        "columns permuted": (
            lambda: multiplied([1, 1, 1e4, 1]),
            lambda: multiplied([1e4, 1, 1, 1]),
        ),
        "a larger column": (
            lambda: multiplied([1, 1, 1e4, 1]),
            lambda: multiplied([1, 1, 1e6, 1]),
        ),
    },
)

CASES["D30"] = Cases(
    positive={
        "bytes divided twice": lambda: byte_pictures(1 / 255**2),
        "scaled by a thousandth": lambda: multiplied(1e-3),
        "very small": lambda: multiplied(1e-9),
    },
    negative={
        "scaled": lambda: facts_of(*blobs()),
        "bytes divided once": lambda: byte_pictures(1 / 255),
        "one small column": lambda: multiplied([1, 1, 1e-6, 1]),
        "norm 1 over 400 rows": lambda: multiplied(1 / 20),
        "a layer scales": lambda: behind(st.layers.Normalization(), [1e-4] * 4),
    },
    unchanged={
        "another seed": (
            lambda: byte_pictures(1 / 255**2),
            lambda: byte_pictures(1 / 255**2, seed=2),
        ),
        "the other sign": (lambda: multiplied(1e-3), lambda: multiplied(-1e-3)),
    },
)


def halves(seed=0, columns=4, own=None, other=None, rows=160):
    """Random halves of one table, each changed by a function."""
    x, y = blobs(rows, columns, seed=seed)
    x = 5 * x.astype(np.float64) + 40
    middle = rows // 2
    first = (own or same)(x[:middle], x[:middle])
    second = (other or same)(x[middle:], x[:middle])
    return facts_of(first, y[:middle], validation_data=(second, y[middle:]))


def same(x, training):
    return x


def standard(x, training):
    return (x - training.mean(axis=0)) / training.std(axis=0)


def by_itself(x, training):
    return (x - x.mean(axis=0)) / x.std(axis=0)


def byte_parts(own, other, seed=0):
    x = np.random.default_rng(seed).integers(0, 256, (100, 5, 5)).astype(np.float32)
    x[0], x[99] = 255.0, 255.0
    y = np.arange(100) % 2
    return facts_of(x[:60] * own, y[:60], validation_data=(x[60:] * other, y[60:]))


CASES["D23"] = Cases(
    positive={
        "training rows only are scaled": lambda: halves(own=standard),
        "validation rows only are scaled": lambda: halves(other=standard),
        "bytes in validation": lambda: byte_parts(1 / 255, 1.0),
        "bytes in training": lambda: byte_parts(1.0, 1 / 255),
        "other units": lambda: halves(other=lambda x, training: x / 1000),
    },
    negative={
        "neither is scaled": halves,
        "both are scaled": lambda: halves(own=standard, other=standard),
        "no validation": lambda: facts_of(*blobs()),
        "one column drifts": lambda: halves(
            other=lambda x, training: x + np.array([99.0, 0, 0, 0])
        ),
        "few validation rows": lambda: facts_of(
            *blobs(), validation_data=(blobs()[0][:4] * 50, blobs()[1][:4])
        ),
    },
    unchanged={
        "another seed": (lambda: halves(own=standard), lambda: halves(seed=3, own=standard)),
        "more columns": (lambda: halves(own=standard), lambda: halves(columns=9, own=standard)),
    },
)

CASES["D24"] = Cases(
    positive={
        "both by themselves": lambda: halves(own=standard, other=by_itself),
        "validation alone": lambda: halves(other=by_itself),
        "as float32": lambda: halves(
            own=standard, other=lambda x, training: by_itself(x, x).astype(np.float32)
        ),
    },
    negative={
        "by the training rows": lambda: halves(own=standard, other=standard),
        "not scaled": halves,
        "no validation": lambda: facts_of(*blobs()),
        "by one column": lambda: halves(columns=1, own=standard, other=by_itself),
    },
    unchanged={
        "another seed": (lambda: halves(other=by_itself), lambda: halves(2, other=by_itself)),
        "more columns": (
            lambda: halves(other=by_itself),
            lambda: halves(columns=9, other=by_itself),
        ),
    },
)


def together(rows=160, seed=0, columns=4, cut=100):
    x, y = blobs(rows, columns, seed=seed)
    return facts_of(x[:cut], y[:cut], validation_data=(x[cut:], y[cut:]))


CASES["D25"] = Cases(
    positive={
        "scaled, then split": together,
        "a small validation set": lambda: together(cut=140),
        "two columns": lambda: together(columns=2),
    },
    negative={
        "split, then scaled": lambda: halves(own=standard, other=standard),
        "each by itself": lambda: halves(own=standard, other=by_itself),
        "not scaled": halves,
        "no validation": lambda: facts_of(*blobs()),
    },
    unchanged={
        "another seed": (together, lambda: together(seed=4)),
        "more columns": (together, lambda: together(columns=9)),
    },
)
