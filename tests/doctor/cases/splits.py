"""Cases of the rules on the split and on the order of rows."""

import numpy as np

from tests.doctor.cases.case import CASES, Cases, blobs, facts_of


def split(copied=0, own=200, other=80, seed=0, change=None, columns=4):
    """Rows of one source in two parts; `copied` validation rows are training rows."""
    x, y = blobs(own + other, columns, seed=seed)
    watched, labels = x[own:].copy(), y[own:].copy()
    watched[:copied], labels[:copied] = x[:copied], y[:copied]
    if change is not None:
        watched = change(watched)
    return facts_of(x[:own], y[:own], validation_data=(watched, labels))


def copies(leaked=10, fresh=0, seed=0, times=20):
    """Training rows that are copies of a few rows, some of them validation rows."""
    x, y = blobs(80 + fresh, seed=seed)
    own = np.repeat(np.r_[np.arange(leaked), np.arange(80, 80 + fresh)], times)
    return facts_of(x[own], y[own], validation_data=(x[:80], y[:80]))


def small_numbers(seed=0, times=1):
    """Few different rows, which occur in both parts."""
    random = np.random.default_rng(seed)
    x, y = random.integers(0, 3, (300, 3)).astype(np.float32), random.integers(0, 2, 300)
    own = np.repeat(np.arange(200), times)
    return facts_of(x[own], y[own], validation_data=(x[200:], y[200:]))


CASES["D14"] = Cases(
    positive={
        "a quarter": lambda: split(20),
        "all": lambda: split(80),
        "a few": lambda: split(8),
        "training on copies of ten of them": copies,
        "among other copied rows": lambda: copies(15, fresh=25),
        "pictures": lambda: facts_of(
            np.arange(720.0).reshape(20, 6, 6) / 720,
            np.arange(20) % 2,
            validation_data=(np.arange(360.0).reshape(10, 6, 6) / 720, np.arange(10) % 2),
        ),
    },
    negative={
        "none": split,
        "rows of small numbers": small_numbers,
        "training rows copied after the split": lambda: copies(0, fresh=40),
        "of one copied row": lambda: copies(1, fresh=40),
        "small numbers, copied after the split": lambda: small_numbers(times=5),
        "no validation": lambda: facts_of(*blobs()),
        "the four rows of a truth table": lambda: facts_of(
            np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]]),
            np.array([0, 1, 1, 0]),
            validation_data=(np.array([[0, 0], [0, 1.0]]), np.array([0, 1])),
        ),
    },
    unchanged={
        "another seed": (lambda: split(20), lambda: split(20, seed=3)),
        "more columns": (lambda: split(20), lambda: split(20, columns=9)),
        "more copies": (copies, lambda: copies(times=50)),
    },
    edges={
        "5 standard errors": (lambda: split(6), lambda: split(5)),
        "a hundredth of 1,000 rows": (
            lambda: split(11, own=1000, other=1000),
            lambda: split(10, own=1000, other=1000),
        ),
        "20 training rows": (lambda: split(20, own=20), lambda: split(19, own=19)),
    },
)


def other_classes(classes, seed=0):
    x, y = blobs(120, seed=seed)
    watched = np.isin(y, classes) & (np.arange(120) >= 60)
    own = ~np.isin(y, classes)
    return facts_of(x[own], y[own], validation_data=(x[watched], y[watched]))


def other_category(count, seed=0, at=2):
    x, y = blobs(300, seed=seed)
    x[:, at] = np.random.default_rng(seed).integers(0, 4, 300)
    x[200 : 200 + count, at] = 7
    return facts_of(x[:200], y[:200], validation_data=(x[200:], y[200:]))


def categories(count, columns=1):
    """Whole numbers of so many values, with one of its own in a half of the validation rows."""
    x = np.tile((np.arange(400) % count)[:, None], columns)
    x[300:350] = count + 1
    return facts_of(x[:300], np.arange(300) % 2, validation_data=(x[300:], np.arange(100) % 2))


CASES["D15"] = Cases(
    positive={
        "a class": lambda: other_classes([2]),
        "two classes": lambda: other_classes([1, 2]),
        "a category": lambda: other_category(30),
    },
    negative={
        "the same classes": split,
        "a rare category": lambda: other_category(1),
        "quantities": lambda: split(change=lambda x: x * 1.1),
        "no validation": lambda: facts_of(*blobs()),
        "a class that only the training rows have": lambda: facts_of(
            *blobs(), validation_data=(blobs()[0][:9], np.zeros(9, int))
        ),
    },
    unchanged={
        "another seed": (lambda: other_classes([2]), lambda: other_classes([2], seed=3)),
        "another column": (lambda: other_category(30), lambda: other_category(30, at=0)),
    },
    edges={
        "10 of 100 rows, of 200 others": (lambda: other_category(10), lambda: other_category(9)),
        "50 values": (lambda: categories(50), lambda: categories(51)),
        "400 columns": (lambda: categories(9, 400), lambda: categories(9, 401)),
    },
)


def in_order(y=None, seed=0, **fit):
    x, classes = blobs(120, seed=seed)
    order = np.argsort(classes if y is None else y(x), kind="stable")
    targets = classes if y is None else y(x)
    return facts_of(x[order], targets[order], **fit)


def runs(*lengths):
    """Rows in runs of one class each, by turns of two, in this order."""
    y = np.repeat(np.arange(len(lengths)) % 2, lengths)
    return facts_of(blobs(len(y))[0], y, shuffle=False)


def in_steps(size):
    """Quantities whose neighbours differ so much, as a share of any two."""
    rest = np.sqrt(1 - (1 - size) ** 2)
    random = np.random.default_rng(0)
    y = [random.normal()]
    for _ in range(4000):
        y.append((1 - size) * y[-1] + rest * random.normal())
    return facts_of(blobs(len(y))[0], np.array(y), shuffle=False)


CASES["D16"] = Cases(
    positive={
        "by class": lambda: in_order(shuffle=False),
        "by quantity": lambda: in_order(lambda x: x[:, 0] * 2.5, shuffle=False),
        "in two runs": lambda: facts_of(
            np.ones((80, 4)) * np.arange(80)[:, None] / 80, np.repeat([0, 1], 40), shuffle=False
        ),
    },
    negative={
        "shuffled by fit": in_order,
        "in random order": lambda: facts_of(*blobs(120), shuffle=False),
        "by turns": lambda: facts_of(blobs(120)[0], np.arange(120) % 3, shuffle=False),
        "few rows": lambda: facts_of(np.ones((8, 2)), np.repeat([0, 1], 4), shuffle=False),
    },
    unchanged={
        "another seed": (
            lambda: in_order(shuffle=False),
            lambda: in_order(seed=3, shuffle=False),
        ),
        "a constant added": (
            lambda: in_order(lambda x: x[:, 0] * 2.5, shuffle=False),
            lambda: in_order(lambda x: x[:, 0] * 2.5 + 9, shuffle=False),
        ),
    },
    edges={
        "20 rows": (lambda: runs(10, 10), lambda: runs(9, 10)),
        "3 standard errors of 20 rows": (lambda: runs(5, 5, 5, 5), lambda: runs(5, 5, 5, 3, 2)),
        "half as much": (lambda: in_steps(0.49), lambda: in_steps(0.51)),
    },
)


def shifted(by, own=200, other=80):
    return split(own=own, other=other, change=lambda x: x + np.array([by, 0, 0, 0]))


CASES["D17"] = Cases(
    positive={
        "one column is shifted": lambda: split(change=lambda x: x + np.array([2.0, 0, 0, 0])),
        "all are a bit larger": lambda: split(change=lambda x: x + 0.9),
        "more spread": lambda: split(change=lambda x: x * 3.0),
    },
    negative={
        "the same source": split,
        "a small shift": lambda: split(change=lambda x: x + np.array([0.1, 0, 0, 0])),
        "another scale, which another rule names": lambda: split(change=lambda x: x * 1e3),
        "few rows": lambda: split(other=8, change=lambda x: x + 2),
        "no validation": lambda: facts_of(*blobs()),
    },
    unchanged={
        "another seed": (
            lambda: split(change=lambda x: x + np.array([2.0, 0, 0, 0])),
            lambda: split(seed=3, change=lambda x: x + np.array([2.0, 0, 0, 0])),
        ),
        "another column": (
            lambda: split(change=lambda x: x + np.array([2.0, 0, 0, 0])),
            lambda: split(change=lambda x: x + np.array([0, 0, 0, 2.0])),
        ),
    },
    edges={
        "20 validation rows": (lambda: shifted(9, other=20), lambda: shifted(9, other=19)),
        "20 training rows": (lambda: shifted(9, own=20), lambda: shifted(9, own=19)),
    },
)

CASES["D21"] = Cases(
    positive={
        "none": lambda: facts_of(*blobs()),
        "a share of 0": lambda: facts_of(*blobs(), validation_split=0.0),
        "many epochs": lambda: facts_of(*blobs(), epochs=100),
    },
    negative={
        "validation rows": split,
        "a share": lambda: facts_of(*blobs(), validation_split=0.2),
        "a small share": lambda: facts_of(*blobs(300), validation_split=0.1),
    },
    unchanged={
        "another seed": (lambda: facts_of(*blobs()), lambda: facts_of(*blobs(seed=2))),
    },
)

CASES["D22"] = Cases(
    positive={
        "ten rows": lambda: split(own=400, other=10),
        "a small share": lambda: facts_of(*blobs(300), validation_split=0.05),
        "one row": lambda: split(own=100, other=1),
    },
    negative={
        "enough rows": split,
        "a small table": lambda: facts_of(*blobs(100), validation_split=0.2),
        "a small share of many rows": lambda: facts_of(*blobs(3000), validation_split=0.05),
        "none": lambda: facts_of(*blobs()),
    },
    unchanged={
        "another seed": (
            lambda: split(own=400, other=10),
            lambda: split(own=400, other=10, seed=3),
        ),
        "a constant added": (
            lambda: split(own=400, other=10),
            lambda: split(own=400, other=10, change=lambda x: x + 5),
        ),
    },
    edges={
        "24 rows": (lambda: split(own=240, other=24), lambda: split(own=250, other=25)),
        "ten times as many training rows": (
            lambda: split(own=100, other=10),
            lambda: split(own=99, other=10),
        ),
        "a share of 24 rows": (
            lambda: facts_of(*blobs(480), validation_split=0.05),
            lambda: facts_of(*blobs(500), validation_split=0.05),
        ),
    },
)
