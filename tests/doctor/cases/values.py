"""Cases of the rules on values."""

import numpy as np

import steepest as st
from tests.doctor.cases.case import CASES, Cases, blobs, facts_of

NAN = np.nan


def with_values(places, value=NAN, rows=60, seed=0, **fit):
    x, y = blobs(rows, seed=seed)
    for row, column in places:
        x[row, column] = value
    return facts_of(x, y, **fit)


def filled_by_a_layer():
    x, y = blobs()
    x[3, 1] = NAN
    model = st.Sequential([
        st.Input((4,)),
        st.layers.MissingValues(),
        st.layers.Dense(3, "softmax"),
    ])
    model.layers[0].adapt(x)
    model.compile("adam", "sparse_categorical_crossentropy")
    return facts_of(x, y, model)


def targets_with(value, at=5):
    x, _ = blobs()
    y = x[:, 0] * 2
    y[at] = value
    return facts_of(x, y)


CASES["D1"] = Cases(
    positive={
        "one NaN": lambda: with_values([(3, 1)]),
        "infinity": lambda: with_values([(3, 1)], np.inf),
        "many gaps": lambda: with_values([(row, row % 4) for row in range(0, 60, 3)]),
        "in the targets": lambda: targets_with(NAN),
        "in validation rows": lambda: facts_of(
            *blobs(), validation_data=(np.full((5, 4), NAN), np.arange(5) % 3)
        ),
        "in pictures": lambda: facts_of(
            np.where(np.eye(6) > 0, NAN, np.ones((30, 6, 6))), np.arange(30) % 2
        ),
    },
    negative={
        "none": lambda: facts_of(*blobs()),
        "whole numbers": lambda: facts_of(np.arange(12).reshape(6, 2), np.arange(6) % 2),
        "a layer fills them": filled_by_a_layer,
        "large numbers": lambda: with_values([(3, 1)], 1e30),
    },
    unchanged={
        "another column": (lambda: with_values([(3, 1)]), lambda: with_values([(3, 2)])),
        "more gaps": (lambda: with_values([(3, 1)]), lambda: with_values([(3, 1), (9, 0)])),
    },
    offers={
        "3 of 60 rows left out": (
            lambda: with_values([(row, row % 4) for row in range(3)]),
            lambda: with_values([(row, row % 4) for row in range(4)]),
        ),
        "a row without gaps": (
            lambda: targets_with([NAN] * 59 + [1.0], slice(None)),
            lambda: targets_with(NAN, slice(None)),
        ),
        "gaps of a column that has numbers": (
            lambda: with_values([(row, 0) for row in range(59)]),
            lambda: with_values([(row, 0) for row in range(60)]),
        ),
    },
)


def with_texts(column, at=0, dtype=object):
    x, y = blobs()
    table = x.astype(dtype)
    table[:, at] = column
    return facts_of(table, y)


class Frame:
    """A table with named columns, as libraries for tables have it."""

    column_names = ("size", "colour")
    shape = (6, 2)
    columns = (np.arange(6.0), np.array(["red", "blue", "red", "red", "blue", "red"], object))


CASES["D2"] = Cases(
    positive={
        "a column of texts": lambda: with_texts(np.array(["a", "b", "c"] * 20)),
        "many different texts": lambda: with_texts([f"name {row}" for row in range(60)]),
        "all texts": lambda: facts_of(np.array([["a", "b"], ["b", "a"]]), np.array([0, 1])),
        "None": lambda: with_texts([None, *range(59)]),
        "a frame": lambda: facts_of(Frame(), np.arange(6) % 2),
    },
    negative={
        "numbers": lambda: facts_of(*blobs()),
        "numbers as objects": lambda: with_texts(list(range(60))),
        "truth values": lambda: facts_of(blobs()[0] > 0, blobs()[1]),
    },
    unchanged={
        "another column": (
            lambda: with_texts(np.array(["a", "b", "c"] * 20)),
            lambda: with_texts(np.array(["a", "b", "c"] * 20), at=2),
        ),
        "other texts": (
            lambda: with_texts(np.array(["a", "b", "c"] * 20)),
            lambda: with_texts(np.array(["x", "y", "z"] * 20)),
        ),
    },
)


def drawn(draw, rows=300, seed=0):
    x, y = blobs(rows, seed=seed)
    x = x.astype(np.float64)
    x[:, 2] = draw(np.random.default_rng(seed), rows)
    return facts_of(x, y)


def normal_with(value, count=2, offset=0.0, rows=300, seed=0):
    def draw(random, rows):
        values = random.normal(size=rows)
        values[:count] = value + np.arange(count)
        return values + offset

    return drawn(draw, rows, seed)


def deviation(ratio, rows=200):
    """A column of which all but 2 rows at each end are -1 and 1 in turns, plus their number."""
    values = np.tile([-1.0, 1.0], rows // 2) + np.arange(rows) * 1e-9
    values[:4] = np.array([-1, -1, 1, 1]) * 10.0 * ratio
    return drawn(lambda random, rows: values, rows)


def partly_equal(count, scale, rows=300):
    """A column of normal numbers with two far ones, after rows of one number at its low end."""

    def draw(random, rows):
        values = np.abs(random.normal(size=rows))
        values[:count], values[-2:] = 0.0, 1e4
        return values * scale

    return drawn(draw, rows)


def uniform(distinct, rows=300):
    """Whole numbers, the last two of which are far outside."""

    def draw(random, rows):
        values = (np.arange(rows) % (distinct - 1)).astype(float)
        values[-2:] = 1e5
        return values

    return drawn(draw, rows)


CASES["D5"] = Cases(
    positive={
        "two far values": lambda: normal_with(1e4),
        "one in a small table": lambda: normal_with(500.0, 1, rows=60),
        "below": lambda: normal_with(-1e5),
    },
    negative={
        "normal": lambda: facts_of(*blobs(300)),
        "lognormal": lambda: drawn(lambda random, rows: random.lognormal(0, 1, rows)),
        "Student's t of 3": lambda: drawn(lambda random, rows: random.standard_t(3, rows)),
        "mostly zeros": lambda: drawn(lambda random, rows: np.eye(rows)[3] * 1e6),
        "two groups": lambda: drawn(lambda random, rows: (np.arange(rows) % 2) * 1e4),
    },
    unchanged={
        "a constant added": (lambda: normal_with(1e4), lambda: normal_with(1e4, offset=50.0)),
        "another seed": (lambda: normal_with(1e4), lambda: normal_with(1e4, seed=4)),
    },
    edges={
        "30 rows": (
            lambda: normal_with(500.0, 1, rows=30),
            lambda: normal_with(500.0, 1, rows=29),
        ),
        "2 of 200 rows": (
            lambda: normal_with(1e4, 2, rows=200),
            lambda: normal_with(1e4, 3, rows=200),
        ),
        "3 of 201 rows": (
            lambda: normal_with(1e4, 3, rows=201),
            lambda: normal_with(1e4, 4, rows=201),
        ),
        "quartiles that differ": (
            lambda: partly_equal(224, 1e-4),
            lambda: partly_equal(225, 1e-4),
        ),
        "21 different values": (lambda: uniform(21), lambda: uniform(20)),
        "10 times the deviation": (lambda: deviation(7.1), lambda: deviation(7.0)),
    },
)


def shares(rows=400, columns=5, seed=0):
    x = np.random.default_rng(seed).random((rows, columns))
    return (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0))


def cut(rows=400, seed=0, kind=int):
    return facts_of(shares(rows, seed=seed).astype(int).astype(kind), np.arange(rows) % 2)


def whole(columns=4, rows=200, seed=0, kind=int):
    """Numbers of mean 0 and deviation 1 without their fractions, and two classes by their sign."""
    x = np.random.default_rng(seed).normal(size=(rows, columns))
    return facts_of(x.astype(int).astype(kind), (x[:, 0] + x[:, 1] > 0).astype(int))


def whole_skewed(skewed=1, rows=400, seed=0):
    """The same with columns that end within a deviation of their mean."""
    random = np.random.default_rng(seed)
    x = np.concatenate([
        random.normal(size=(rows, 5 - skewed)),
        (random.exponential(size=(rows, skewed)) - 1) * 0.99,
    ], axis=1)  # fmt: skip
    return facts_of(x.astype(int), (x[:, 0] + x[:, 1] > 0).astype(int))


def steps(highest, shares=None, rows=200):
    """Whole numbers of both signs that are such, and two classes that they decide."""
    random = np.random.default_rng(0)
    x = random.choice(np.arange(-highest, highest + 1), size=(rows, 4), p=shares)
    return facts_of(x, (x.sum(axis=1) > 0).astype(int))


def parts(own, other, y=None, other_y=None):
    y = np.arange(len(own)) % 2 if y is None else y
    other_y = np.arange(len(other)) % 2 if other_y is None else other_y
    return facts_of(own, y, validation_data=(other, other_y))


def columns_whole(cut, of):
    """Training rows of whole numbers in some columns, and validation rows of fractions in all."""
    own, other = shares(200, of) * 9, shares(100, of, seed=1) * 9
    own[:, :cut] = own[:, :cut].round()
    return parts(own, other)


def ones(count, rows=400, columns=3, of=3):
    """Columns of 0, some of which hold a number of ones."""
    x = np.zeros((rows, of))
    x[:count, :columns] = 1
    return facts_of(x, np.arange(rows) % 2)


def around_zero(*values, columns=3, rows=40, single=()):
    """Columns of the same numbers in turns; rows of single numbers for the first column."""
    x = np.resize(np.array(values, float), (rows, 1)) * np.ones(columns)
    x[: len(single), 0] = single
    return facts_of(x, (x[:, -1] > 0).astype(int))


CASES["D27"] = Cases(
    positive={
        "shares cut to 0 and 1": cut,
        "training rows only": lambda: parts(blobs()[0].astype(int), blobs(30, seed=1)[0]),
        "validation rows only": lambda: parts(blobs()[0], blobs(30, seed=1)[0].astype(int)),
        "targets": lambda: parts(
            shares(60), shares(30), shares(60)[:, 0].round(), shares(30)[:, 0]
        ),
        "scaled numbers": whole,
        "two columns that decide no more": lambda: whole(2),
        "one column of one sign": whole_skewed,
        "two columns of one sign": lambda: whole_skewed(2),
    },
    negative={
        "shares": lambda: parts(shares(), shares(100, seed=1)),
        "columns of 0 and 1": lambda: facts_of(
            (shares() < 0.2).astype(np.float32), np.arange(400) % 2
        ),
        "counts in both parts": lambda: parts(
            (shares() * 9).astype(int), (shares(seed=1) * 9).astype(int)
        ),
        "few rows": lambda: facts_of(np.eye(4), np.arange(4) % 2),
        "answers from -2 to 2": lambda: steps(2),
        "mostly 0, and sure": lambda: steps(1, (0.1, 0.8, 0.1)),
        "counts beside differences": lambda: facts_of(
            np.random.default_rng(0).poisson(0.4, (200, 6)) - [[0, 0, 0, 1, 1, 0]],
            np.arange(200) % 2,
        ),
        "differences of counts": lambda: facts_of(
            np.diff(np.random.default_rng(0).poisson(1.0, (201, 4)), axis=0), np.arange(200) % 2
        ),
    },
    unchanged={
        "scaled numbers, as floats": (whole, lambda: whole(kind=np.float32)),
        "another seed": (cut, lambda: cut(seed=2)),
        "as floats": (cut, lambda: cut(kind=np.float32)),
    },
    edges={
        "half of the columns": (lambda: columns_whole(1, 2), lambda: columns_whole(1, 3)),
        "3 ones": (lambda: ones(3), lambda: ones(4)),
        "ones in half of a percent of the rows": (
            lambda: ones(5, rows=1000),
            lambda: ones(6, rows=1000),
        ),
        "ones in more than half of the columns": (lambda: ones(1, of=5), lambda: ones(1, of=6)),
        "30 rows": (lambda: ones(1, rows=30), lambda: ones(1, rows=29)),
        "2 columns": (lambda: ones(1, columns=2, of=2), lambda: ones(1, columns=1, of=1)),
        "3 columns of a deviation below 1": (
            lambda: around_zero(-1, 0, 2, 0, 1, 0, 0, 0),
            lambda: around_zero(-1, 0, 2, 0, 1, 0, 0, 0, columns=2),
        ),
        "as many 0 as -1 and 1": (
            lambda: around_zero(-1, 0, 1, 0, single=[2, 0]),
            lambda: around_zero(-1, 0, 1, 0, single=[2, 1]),
        ),
        "not only of -1 to 1": (
            lambda: around_zero(-1, 0, 1, 0, single=[2, 0]),
            lambda: around_zero(-1, 0, 1, 0),
        ),
        "both signs in each column": (
            lambda: around_zero(-1, 0, 1, 0, single=[2, 0]),
            lambda: around_zero(0, 0, 1, 0, single=[-2, 0]),
        ),
        "a deviation below 1": (
            lambda: around_zero(-2, 0, 2, 0, 0, 0, 0, 0, 0, rows=90),
            lambda: around_zero(-2, 0, 2, 0, 0, 0, 0, 0, rows=64),
        ),
        "a deviation above 0.4": (
            lambda: around_zero(-2, 2, *[0] * 47, rows=98),
            lambda: around_zero(-2, 2, *[0] * 48, rows=100),
        ),
        "30 rows around 0": (
            lambda: around_zero(-1, 0, 2, 0, 1, 0, 0, 0, rows=30),
            lambda: around_zero(-1, 0, 2, 0, 1, 0, 0, 0, rows=29),
        ),
    },
)


def far_from_zero(mean=1.7e9, spread=20.0, kind=np.float64, seed=0):
    x, y = blobs(seed=seed)
    x = x.astype(np.float64)
    x[:, 1] = mean + spread * x[:, 1]
    return facts_of(x.astype(kind), y)


def two_values(mean, off):
    """A column of two numbers at equal distances from a mean."""
    x, y = blobs()
    x = x.astype(np.float64)
    x[:, 1] = mean + off * np.tile([-1.0, 1.0], len(x) // 2)
    return facts_of(x, y)


CASES["D33"] = Cases(
    positive={
        "seconds since 1970": far_from_zero,
        "whole numbers": lambda: far_from_zero(spread=100.0, kind=np.int64),
        "a small variation": lambda: far_from_zero(1.0, 1e-7),
    },
    negative={
        "scaled": lambda: facts_of(*blobs()),
        "years": lambda: far_from_zero(2000.0, 5.0),
        "seconds over years": lambda: far_from_zero(spread=1e7),
        "a constant": lambda: far_from_zero(spread=0.0),
    },
    unchanged={
        "another seed": (far_from_zero, lambda: far_from_zero(seed=3)),
        "the other sign": (far_from_zero, lambda: far_from_zero(mean=-1.7e9)),
    },
    edges={
        "16 steps of float32": (
            lambda: two_values(1.5 * 2.0**30, 16 * 128.0 - 1),
            lambda: two_values(1.5 * 2.0**30, 16 * 128.0),
        ),
        "more than 32 bits": (
            lambda: far_from_zero(1.7e9, 20.0),
            lambda: far_from_zero(1.7e9, 500.0, kind=np.float32),
        ),
    },
)
