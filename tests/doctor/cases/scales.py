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


def two_signs(*sizes, mean=0.0, rows=60, kind=None):
    """Columns of two numbers each, at a distance from their mean."""
    x = mean + np.outer(np.tile([-1.0, 1.0], (rows + 1) // 2)[:rows], sizes)
    return facts_of(x if kind is None else x.astype(kind), np.arange(rows) // 2 % 2)


def whole_numbers(*highest):
    """Columns of whole numbers from 0 to the given ones."""
    steps = np.linspace(0, 1, 60)[:, None]
    return facts_of(np.round(steps * np.array(highest)), np.arange(60) % 2)


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
    edges={
        "100 times another column": (
            lambda: two_signs(4.0, 5 / 128),
            lambda: two_signs(500 / 128, 5 / 128),
        ),
        "a column larger than 1": (lambda: two_signs(1.125, 0.005), lambda: two_signs(1.0, 0.005)),
        "quartiles that differ": (
            lambda: two_signs(0.05, mean=0.95),
            lambda: facts_of(1.0 - 0.1 * (np.eye(60)[:, :1] > 0), np.arange(60) % 2),
        ),
        "a mean of 10 deviations": (
            lambda: two_signs(0.0625, mean=0.6875, rows=64),
            lambda: two_signs(0.0625, mean=0.625, rows=64),
        ),
        "10 rows": (
            lambda: two_signs(0.0625, mean=0.75, rows=10),
            lambda: two_signs(0.0625, mean=0.75, rows=9),
        ),
        "a root mean square of 10": (lambda: two_signs(10.25), lambda: two_signs(10.0)),
    },
    offers={
        "division of bytes up to 255": (
            lambda: whole_numbers(255, 200, 200),
            lambda: whole_numbers(256, 200, 200),
        ),
        "division of bytes over 127": (
            lambda: whole_numbers(128, 100, 100),
            lambda: whole_numbers(127, 100, 100),
        ),
        "division of three columns": (
            lambda: whole_numbers(255, 200, 200),
            lambda: whole_numbers(255, 200),
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
    edges={
        "a variation of 1/50": (lambda: two_signs(0.019, 0.01), lambda: two_signs(0.02, 0.01)),
        "a mean of 1/50": (
            lambda: two_signs(1 / 1024, mean=0.019),
            lambda: two_signs(1 / 1024, mean=0.021),
        ),
    },
    offers={
        "multiplication of bytes": (
            lambda: byte_pictures(1 / 255**2),
            lambda: byte_pictures(1.01 / 255**2),
        ),
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


def two_parts(own, other, mean=0.0, rows=(60, 60)):
    """Columns of two signs, of given sizes in training and in validation rows."""
    signs = [np.tile([-1.0, 1.0], (count + 1) // 2)[:count] for count in rows]
    x, y = np.outer(signs[0], own), np.outer(signs[1], other) + mean
    return facts_of(x, np.arange(len(x)) % 2, validation_data=(y, np.arange(len(y)) % 2))


def mostly_equal(size, mean):
    """A column of one number in three quarters of the rows; the others are this far on both sides.

    The deviation of the training rows is 0.5, and that of the validation rows the size's half.
    """
    x = np.tile([0.0, 0, 1, 0, 0, -1, 0, 0], 8)[:, None]
    y = np.arange(64) // 2 % 2
    return facts_of(x, y, validation_data=(x * size + mean, y))


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
    edges={
        "half of the columns": (
            lambda: two_parts([1.0, 1.0], [9.0, 1.0]),
            lambda: two_parts([1.0, 1.0, 1.0], [9.0, 1.0, 1.0]),
        ),
        "5 times as much": (lambda: two_parts([1.0], [5.25]), lambda: two_parts([1.0], [5.0])),
        "a fifth": (lambda: two_parts([5.25], [1.0]), lambda: two_parts([5.0], [1.0])),
        "5 distances of the quartiles": (
            lambda: two_parts([1.0], [1.0], mean=10.25),
            lambda: two_parts([1.0], [1.0], mean=10.0),
        ),
        "5 deviations": (lambda: mostly_equal(1.0, 2.5625), lambda: mostly_equal(1.0, 2.5)),
        "5 deviations of the larger part": (
            lambda: mostly_equal(2.0, 5.125),
            lambda: mostly_equal(2.0, 5.0),
        ),
        "10 training rows": (
            lambda: two_parts([1.0], [9.0], rows=(10, 60)),
            lambda: two_parts([1.0], [9.0], rows=(9, 60)),
        ),
        "10 validation rows": (
            lambda: two_parts([1.0], [9.0], rows=(60, 10)),
            lambda: two_parts([1.0], [9.0], rows=(60, 9)),
        ),
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
    edges={
        "10 rows": (
            lambda: two_parts([5.0, 5.0], [1.0, 1.0], rows=(60, 10)),
            lambda: two_parts([5.0, 5.0], [1.0, 1.0], rows=(60, 8)),
        ),
        "2 columns": (
            lambda: two_parts([5.0, 5.0], [1.0, 1.0]),
            lambda: two_parts([5.0], [1.0]),
        ),
        "a mean of 0.02 standard errors": (
            lambda: two_parts([5.0, 5.0], [1.0, 1.0], mean=0.0199 / np.sqrt(60)),
            lambda: two_parts([5.0, 5.0], [1.0, 1.0], mean=0.0201 / np.sqrt(60)),
        ),
        "a deviation within 0.02 standard errors": (
            lambda: two_parts([5.0, 5.0], [1.0, 1 + 0.0199 / np.sqrt(120)]),
            lambda: two_parts([5.0, 5.0], [1.0, 1 + 0.0201 / np.sqrt(120)]),
        ),
        "20,000 rows": (
            lambda: two_parts([5.0, 5.0], [1.0, 1.0], rows=(60, 20_000)),
            lambda: two_parts([5.0, 5.0], [1.0, 1.0], rows=(60, 20_002)),
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
