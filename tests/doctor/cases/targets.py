"""Cases of the rules on targets."""

import numpy as np

import steepest as st
from tests.doctor.cases.case import CASES, Cases, blobs, facts_of


def network(units, ending, loss, columns=4, optimizer="adam"):
    model = st.Sequential([
        st.Input((columns,)),
        st.layers.Dense(8, "relu"),
        st.layers.Dense(units, ending),
    ])
    model.compile(optimizer, loss)
    return model


def labelled(y, units=3, ending="softmax", loss="sparse_categorical_crossentropy", seed=0):
    y = np.asarray(y)
    x = np.random.default_rng(seed).normal(size=(len(y), 4))
    return facts_of(x, y, network(units, ending, loss))


def classes_of(*counts, seed=0, first=0):
    y = np.repeat(np.arange(len(counts)) + first, counts)
    return np.random.default_rng(seed).permutation(y)


def weighted(y):
    x = np.random.default_rng(0).normal(size=(len(y), 4))
    model = network(2, "softmax", "sparse_categorical_crossentropy")
    return facts_of(x, y, model, class_weight={0: 1.0, 1: 3.0})


CASES["D8"] = Cases(
    positive={
        "20 to 1": lambda: labelled(classes_of(200, 10), 2),
        "one rare class of three": lambda: labelled(classes_of(100, 100, 5)),
        "one-hot": lambda: labelled(
            np.eye(2)[classes_of(200, 10)], 2, loss="categorical_crossentropy"
        ),
        "as texts": lambda: labelled(np.array(["no", "yes"])[classes_of(200, 10)], 2),
        "20 classes": lambda: labelled(classes_of(*[50] * 19, 4), 20),
        "over 20 classes": lambda: labelled(classes_of(*[50] * 20, 4), 21),
        "with weights": lambda: weighted(classes_of(200, 10)),
        "a loss that does not say what it takes": lambda: labelled(
            classes_of(200, 10), 1, "sigmoid", lambda y, p: st.math.square(y - p)
        ),
    },
    negative={
        "balanced": lambda: labelled(classes_of(50, 50, 50)),
        "3 to 1": lambda: labelled(classes_of(90, 30), 2),
        "quantities": lambda: facts_of(blobs()[0], blobs()[0][:, 0] ** 9),
        "counts as quantities": lambda: labelled(
            classes_of(200, 10).astype(np.float32), 1, None, "mse"
        ),
    },
    unchanged={
        "another order": (
            lambda: labelled(classes_of(200, 10), 2),
            lambda: labelled(classes_of(200, 10, seed=3), 2),
        ),
        "the classes exchanged": (
            lambda: labelled(classes_of(200, 10), 2),
            lambda: labelled(classes_of(10, 200), 2),
        ),
    },
    edges={
        "10 to 1": (
            lambda: labelled(classes_of(101, 10), 2),
            lambda: labelled(classes_of(100, 10), 2),
        ),
    },
)

CASES["D9"] = Cases(
    positive={
        "one row": lambda: labelled(classes_of(60, 60, 1)),
        "four rows": lambda: labelled(classes_of(200, 4, 200)),
        "several rare classes": lambda: labelled(classes_of(300, 2, 1, 300), 4),
    },
    negative={
        "all classes are small": lambda: labelled(classes_of(3, 3, 3)),
        "enough rows": lambda: labelled(classes_of(60, 60, 6)),
        "quantities": lambda: facts_of(blobs()[0], blobs()[0][:, 0] * 1.5),
        "xor": lambda: labelled(classes_of(2, 2), 2),
    },
    unchanged={
        "another order": (
            lambda: labelled(classes_of(60, 60, 1)),
            lambda: labelled(classes_of(60, 60, 1, seed=3)),
        ),
        "other classes": (
            lambda: labelled(classes_of(60, 60, 1)),
            lambda: labelled(classes_of(1, 60, 60)),
        ),
    },
    edges={
        "5 rows": (
            lambda: labelled(classes_of(200, 4, 200)),
            lambda: labelled(classes_of(200, 5, 200)),
        ),
        "a tenth of the average": (
            lambda: labelled(classes_of(20, 1), 2),
            lambda: labelled(classes_of(19, 1), 2),
        ),
    },
)


def two_numbers(low, high):
    return facts_of(blobs()[0], np.tile([low, high], 30), network(1, None, "mse"))


def quantities(scale=1.0, offset=0.0, seed=0, optimizer="adam", model=None):
    x, _ = blobs(seed=seed)
    y = (x @ [1.0, -1.0, 0.5, 0.2]) * scale + offset
    return facts_of(x, y, model or network(1, None, "mse", optimizer=optimizer))


def ends_with_rescaling():
    model = st.Sequential([
        st.Input((4,)),
        st.layers.Dense(1),
        st.layers.Rescaling(100.0, 500.0),
    ])
    model.compile("adam", "mse")
    return quantities(100.0, 500.0, model=model)


CASES["D10"] = Cases(
    positive={
        "large": lambda: quantities(100.0),
        "far from zero": lambda: quantities(0.5, 9.0),
        "small": lambda: quantities(1e-3),
        "with plain gradient descent": lambda: quantities(100.0, optimizer="sgd"),
        "two columns": lambda: facts_of(
            blobs()[0], blobs()[0][:, :2] * 300, network(2, None, "mae")
        ),
    },
    negative={
        "scaled": quantities,
        "a few times as large": lambda: quantities(3.0, 1.0),
        "classes": lambda: facts_of(*blobs()),
        "a layer scales the outputs": ends_with_rescaling,
        "a sigmoid, whose range is another matter": lambda: quantities(
            100.0, model=network(1, "sigmoid", "mse")
        ),
    },
    unchanged={
        "another seed": (lambda: quantities(100.0), lambda: quantities(100.0, seed=3)),
        "the other sign": (lambda: quantities(100.0), lambda: quantities(-100.0)),
    },
    edges={
        "a size of 5": (lambda: two_numbers(-5.25, 5.25), lambda: two_numbers(-5.0, 5.0)),
        "a deviation of 0.01": (
            lambda: two_numbers(-0.0099, 0.0099),
            lambda: two_numbers(-0.0101, 0.0101),
        ),
        "a mean of 10 deviations": (
            lambda: two_numbers(0.6875, 0.8125),
            lambda: two_numbers(0.5625, 0.6875),
        ),
    },
)

CASES["D11"] = Cases(
    positive={
        "one class": lambda: labelled(np.zeros(30, int)),
        "one number": lambda: quantities(0.0, 5.0),
        "one row of two columns": lambda: labelled(np.ones((30, 2)), 2, None, "mse"),
    },
    negative={
        "two classes": lambda: labelled(classes_of(15, 15)),
        "quantities": quantities,
        "one row differs": lambda: labelled(classes_of(29, 1)),
        "one row alone": lambda: labelled(np.array([1])),
    },
    unchanged={
        "another number": (lambda: quantities(0.0, 5.0), lambda: quantities(0.0, -1.0)),
        "other inputs": (
            lambda: labelled(np.zeros(30, int)),
            lambda: labelled(np.zeros(30, int), seed=4),
        ),
    },
    edges={
        "2 rows": (lambda: labelled([1, 1]), lambda: labelled([1])),
    },
)

BINARY = {"units": 1, "ending": "sigmoid", "loss": "binary_crossentropy"}

CASES["D18"] = Cases(
    positive={
        "classes from 1": lambda: labelled(classes_of(20, 20, 20, first=1)),
        "-1 and 1": lambda: labelled(2 * classes_of(30, 30) - 1, **BINARY),
        "1 and 2": lambda: labelled(classes_of(30, 30, first=1), **BINARY),
        "0 and 255": lambda: labelled(255 * classes_of(30, 30), **BINARY),
        "one-hot rows for class numbers": lambda: labelled(np.eye(3)[classes_of(20, 20, 20)]),
        "class numbers for one-hot rows": lambda: labelled(
            classes_of(20, 20, 20), loss="categorical_crossentropy"
        ),
        "texts": lambda: labelled(np.array(["a", "b", "c"])[classes_of(20, 20, 20)]),
        "classes from -1": lambda: labelled(classes_of(20, 20, 20, first=-1)),
        "more classes than units": lambda: labelled(classes_of(20, 20, 20, 20)),
    },
    negative={
        "class numbers": lambda: labelled(classes_of(20, 20, 20)),
        "as floats": lambda: labelled(classes_of(20, 20, 20).astype(np.float32)),
        "one-hot rows": lambda: labelled(
            np.eye(3)[classes_of(20, 20, 20)], loss="categorical_crossentropy"
        ),
        "0 and 1": lambda: labelled(classes_of(30, 30), **BINARY),
        "shares": lambda: labelled(np.linspace(0, 1, 30), **BINARY),
        "quantities": lambda: quantities(9.0),
        "fewer classes than units": lambda: labelled(classes_of(20, 20), 5),
    },
    unchanged={
        "another order": (
            lambda: labelled(classes_of(20, 20, 20, first=1)),
            lambda: labelled(classes_of(20, 20, 20, first=1, seed=3)),
        ),
        "as floats": (
            lambda: labelled(classes_of(20, 20, 20, first=1)),
            lambda: labelled(classes_of(20, 20, 20, first=1).astype(np.float32)),
        ),
    },
    edges={
        "a label too high": (
            lambda: labelled(classes_of(20, 20, 20, 20)),
            lambda: labelled(classes_of(20, 20, 20)),
        ),
    },
)


def divided_labels(by, classes=10, seed=0, size=255.0, loss="sparse_categorical_crossentropy"):
    random = np.random.default_rng(seed)
    y = random.permutation(np.arange(20 * classes) % classes)
    x = random.random((len(y), 4)) * size
    ending = "softmax" if "categorical" in loss else None
    units = classes if ending else 1
    return facts_of(x, (y / by).astype(np.float32), network(units, ending, loss))


def parts_of_255(*numbers, repeat=10, loss="sparse_categorical_crossentropy"):
    y = np.repeat(np.float32(numbers) / 255, repeat)
    units, ending = (21, "softmax") if "categorical" in loss else (1, None)
    x = np.random.default_rng(0).random((len(y), 4))
    return facts_of(x, y, network(units, ending, loss))


CASES["D31"] = Cases(
    positive={
        "by 255": lambda: divided_labels(255.0),
        "by 255, with inputs that are scaled": lambda: divided_labels(255.0, size=1.0),
        "by the greatest": lambda: divided_labels(9.0),
        "for a squared error": lambda: divided_labels(255.0, loss="mse"),
        "two classes": lambda: labelled((classes_of(30, 30) / 255).astype(np.float32), **BINARY),
    },
    negative={
        "class numbers": lambda: divided_labels(1.0),
        "quantities": quantities,
        "scores of ten steps": lambda: divided_labels(10.0, loss="mse"),
        "0 and 1": lambda: labelled(classes_of(30, 30) * 1.0, **BINARY),
        "0 and a share": lambda: labelled((classes_of(30, 30) * 0.3).astype(np.float32), **BINARY),
        "many levels of gray": lambda: divided_labels(255.0, classes=200, loss="mse"),
    },
    unchanged={
        "another seed": (lambda: divided_labels(255.0), lambda: divided_labels(255.0, seed=2)),
        "fewer classes": (lambda: divided_labels(255.0), lambda: divided_labels(255.0, 4)),
    },
    edges={
        "2 numbers": (lambda: parts_of_255(0, 1), lambda: parts_of_255(0, 255)),
        "20 numbers": (
            lambda: parts_of_255(*range(20)),
            lambda: parts_of_255(*range(21)),
        ),
        "most numbers up to the last": (
            lambda: parts_of_255(0, 4, 5),
            lambda: parts_of_255(0, 4, 6),
        ),
        "20 rows of quantities": (
            lambda: parts_of_255(0, 1, 2, 3, repeat=5, loss="mse"),
            lambda: parts_of_255(*range(19), repeat=1, loss="mse"),
        ),
    },
)
