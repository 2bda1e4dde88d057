"""Cases of the rules on columns."""

import numpy as np

from tests.doctor.cases.case import CASES, Cases, blobs, facts_of


def with_column(values, at=1, seed=0, rows=60):
    x, y = blobs(rows, seed=seed)
    x = x.astype(np.float64)
    x[:, at] = values
    return facts_of(x, y)


def table(*columns, y=None):
    """Facts of a table with these columns."""
    x = np.column_stack(columns).astype(np.float64)
    return facts_of(x, np.arange(len(x)) % 2 if y is None else y)


def noise(rows, columns=1):
    return np.random.default_rng(0).normal(size=(rows, columns))


def least_of(varying):
    """A column of the least number, beside one that has it too among so many that vary."""
    values = noise(30, varying)
    values[0, 0] = -9.0
    return table(np.full(30, -9.0), values)


def picture_like():
    random = np.random.default_rng(0)
    x = random.random((80, 5, 5)) * (random.random((80, 5, 5)) < 0.5)
    x[:, 0], x[:, :, 0] = 0.0, 0.0
    return facts_of(x.astype(np.float32), np.arange(80) % 2)


CASES["D3"] = Cases(
    positive={
        "zeros": lambda: with_column(0.0),
        "a large number": lambda: with_column(1e6),
        "in whole numbers": lambda: facts_of(
            np.array([[1, 2], [1, 5], [1, 7]]), np.array([0, 1, 0])
        ),
    },
    negative={
        "all columns vary": lambda: facts_of(*blobs()),
        "one row differs": lambda: with_column(np.eye(60)[3]),
        "one row alone": lambda: facts_of(np.ones((1, 3), np.float32), np.array([0])),
        "the edges of pictures": picture_like,
    },
    unchanged={
        "a constant added": (lambda: with_column(0.0), lambda: with_column(5.0)),
        "another seed": (lambda: with_column(0.0), lambda: with_column(0.0, seed=1)),
        "two such columns": (
            lambda: with_column(0.0),
            lambda: facts_of(blobs()[0] * [1, 0, 1, 0], blobs()[1]),
        ),
    },
    edges={
        "two rows": (lambda: table([1, 1], [2, 3]), lambda: table([1], [2])),
        "the least number of a quarter of the columns": (lambda: least_of(5), lambda: least_of(4)),
    },
)


def numbered(first=0, seed=0, at=0):
    return with_column(np.random.default_rng(seed).permutation(60) + first, at, seed)


CASES["D13"] = Cases(
    positive={
        "from 0 in order": lambda: with_column(np.arange(60)),
        "from 1000": lambda: with_column(np.arange(1000, 1060)),
        "shuffled": numbered,
    },
    negative={
        "no whole numbers": lambda: facts_of(*blobs()),
        "numbers that repeat": lambda: with_column(np.arange(60) // 2),
        "numbers with gaps": lambda: with_column(np.arange(60) * 3),
        "the only column": lambda: facts_of(np.arange(60.0)[:, None], np.arange(60.0)),
        "few rows": lambda: facts_of(np.arange(10.0).reshape(5, 2), np.arange(5) % 2),
    },
    unchanged={
        "another order": (numbered, lambda: numbered(seed=3)),
        "another first number": (numbered, lambda: numbered(first=500)),
        "another place": (numbered, lambda: numbered(at=3)),
    },
    edges={
        "20 rows": (
            lambda: table(np.arange(20), noise(20)),
            lambda: table(np.arange(19), noise(19)),
        ),
        "another column": (
            lambda: table(np.arange(30), noise(30)),
            lambda: table(np.arange(30)),
        ),
        "one gap": (
            lambda: table([*range(29), 30], noise(30)),
            lambda: table([*range(29), 31], noise(30)),
        ),
    },
)


def repeated(scale=2.0, offset=3.0, seed=0):
    x, y = blobs(200, seed=seed)
    return facts_of(np.column_stack([x.astype(np.float64), x[:, 1] * scale + offset]), y)


CASES["D19"] = Cases(
    positive={
        "with scale and offset": repeated,
        "turned round": lambda: repeated(scale=-1.0),
        "the same": lambda: repeated(1.0, 0.0),
    },
    negative={
        "none": lambda: facts_of(*blobs(200)),
        "with noise": lambda: facts_of(
            np.column_stack([
                blobs(200)[0],
                blobs(200)[0][:, 1] + np.random.default_rng(0).normal(0, 0.01, 200),
            ]),
            blobs(200)[1],
        ),
        "two columns of 0 and 1": lambda: facts_of(
            np.column_stack([blobs(200)[0], np.arange(200) % 2, 1 - np.arange(200) % 2]),
            blobs(200)[1],
        ),
    },
    unchanged={
        "another seed": (repeated, lambda: repeated(seed=2)),
        "a constant added": (repeated, lambda: repeated(offset=30.0)),
    },
    edges={
        "20 rows": (lambda: twice(noise(20)), lambda: twice(noise(19))),
        "3 values": (lambda: twice(np.arange(30) % 3), lambda: twice(np.arange(30) % 2)),
        "quartiles that differ": (
            lambda: twice(np.maximum(np.arange(40), 28)),
            lambda: twice(np.maximum(np.arange(40), 29)),
        ),
        "the first thousand columns": (
            lambda: table(noise(40, 999), noise(40, 999)[:, 0]),
            lambda: table(noise(40, 1000), noise(40, 1000)[:, 0]),
        ),
    },
)


def twice(column):
    return table(column, column)


def shops(count=40, rows=800, seed=0, offset=0, is_class=False):
    """A number of a shop whose effect has no order, and a column that matters too."""
    random = np.random.default_rng(seed)
    shop = random.integers(0, count, rows)
    effect = random.normal(size=count)
    x = np.column_stack([shop + offset, random.normal(size=rows)])
    y = effect[shop] + 0.3 * x[:, 1] + random.normal(scale=0.3, size=rows)
    return facts_of(x, (y > 0).astype(int) if is_class else y.astype(np.float32))


def stores(count, rows):
    """Numbers that alone decide a quantity, in no order."""
    number = np.arange(rows) % count
    effect = np.random.default_rng(1).normal(size=count)
    return table(number, noise(rows), y=effect[number].astype(np.float32))


def ages(rows=800, seed=0):
    random = np.random.default_rng(seed)
    age = random.integers(18, 90, rows)
    y = np.sin(age / 15) + random.normal(scale=0.3, size=rows)
    return facts_of(np.column_stack([age, random.normal(size=rows)]), y.astype(np.float32))


CASES["D20"] = Cases(
    positive={
        "numbers of shops": shops,
        "for classes": lambda: shops(is_class=True),
        "numbers far from 0": lambda: shops(offset=7000),
    },
    negative={
        "a quantity with a smooth effect": ages,
        "numbers without any effect": lambda: facts_of(
            np.column_stack([np.arange(600) % 37, blobs(600)[0]]), blobs(600)[1]
        ),
        "no whole numbers": lambda: facts_of(*blobs(600)),
        "few numbers": lambda: shops(count=6),
    },
    unchanged={
        "another seed": (shops, lambda: shops(seed=5)),
        "a constant added": (shops, lambda: shops(offset=100)),
    },
    edges={
        "20 numbers": (lambda: stores(20, 100), lambda: stores(19, 100)),
        "3 rows of each": (lambda: stores(25, 75), lambda: stores(25, 74)),
    },
)
