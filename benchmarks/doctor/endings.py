"""Programs whose last layer or loss does not fit the targets."""

from __future__ import annotations

import numpy as np

import steepest as st
from benchmarks.doctor import tables
from benchmarks.doctor.program import Pair, fault, pair, trained
from benchmarks.doctor.tables import Table
from steepest.layers import BatchNormalization, Dense, Dropout

SGD = st.optimizers.SGD
CLASSES = "sparse_categorical_crossentropy"
TWO = "binary_crossentropy"


def ending(
    task: str,
    table: Table,
    faulty: tuple[list[object], object],
    clean: tuple[list[object], object],
    hidden: int = 16,
    epochs: int = 30,
) -> Pair:
    """Two networks of one hidden layer that differ in their ends and losses."""
    setups = [
        trained(table, [Dense(hidden, "relu"), *last], loss, epochs=epochs)
        for last, loss in (faulty, clean)
    ]
    return pair(task, *setups, table)


# ------------------------------------------------------------ softmax on one unit


@fault("softmax on one unit")
def ones_softmax() -> Pair:
    """Rows of ones and zeros; softmax on one unit with dropout: accuracy 0.5 for ever."""
    table = tables.ones_and_zeros()
    faulty, clean = (
        trained(table, [Dense(50, "relu"), Dropout(0.2), Dense(1, last)], TWO, epochs=10)
        for last in ("softmax", "sigmoid")
    )
    return pair("classes", faulty, clean, table)


@fault("softmax on one unit")
def xor_softmax() -> Pair:
    """XOR: softmax on one unit, too slow and too short; 300 noisy points for 6."""
    table = tables.xor()
    faulty = trained(table, [Dense(3, "sigmoid"), Dense(1, "softmax")], "mse", SGD(1e-3), epochs=20)
    clean = trained(
        table,
        [Dense(8, "tanh"), Dense(1, "sigmoid")],
        TWO,
        epochs=150,
    )
    return pair("classes", faulty, clean, table)


@fault("softmax on one unit")
def patients_softmax() -> Pair:
    """Two classes; softmax on one unit with the loss of several classes: the loss is 0."""
    table = tables.patients().scaled()
    return ending(
        "classes",
        table,
        ([Dense(1, "softmax")], "categorical_crossentropy"),
        ([Dense(1, "sigmoid")], TWO),
    )


@fault("softmax on one unit")
def tumours_softmax() -> Pair:
    """Breast cancer, scaled; softmax on one unit with binary_crossentropy."""
    table = tables.known("breast_cancer").scaled()
    return ending("classes", table, ([Dense(1, "softmax")], TWO), ([Dense(1, "sigmoid")], TWO))


@fault("softmax on one unit")
def line_softmax() -> Pair:
    """y = w x + b of inputs to 10,000: softmax on one unit, raw target, tanh, dropout."""
    random = np.random.default_rng(0)
    x = random.uniform(0, 1e4, (600, 3))
    table = Table.of(x, (x @ [0.4, -0.2, 0.7] + 50).astype(np.float32))
    faulty = trained(table, [Dense(2, "tanh"), Dropout(0.5), Dense(1, "softmax")], "mse")
    sized = table.scaled().scaled_targets()
    clean = trained(sized, [Dense(8, "tanh"), Dense(1)], "mse")
    return pair("quantities", faulty, clean, table, sized)


@fault("softmax for a quantity")
def mean_of_softmax() -> Pair:
    """A quantity; softmax over 2 units, whose sum is 1, with mae."""
    table = tables.regression().scaled_targets()
    return ending("quantities", table, ([Dense(2, "softmax")], spread_mae), ([Dense(1)], "mae"))


@fault("softmax for a quantity")
def ten_units() -> Pair:
    """A quantity of shape (n,); softmax of 10 units with mse, which broadcasts."""
    table = tables.regression().scaled_targets()
    return ending("quantities", table, ([Dense(10, "softmax")], spread_mse), ([Dense(1)], "mse"))


@fault("softmax for a quantity")
def poisson() -> Pair:
    """Three targets, some negative; softmax with poisson."""
    table = tables.regression(targets=3)
    sized = table.with_y(lambda y: (y / 100).astype(np.float32))
    faulty = trained(sized, [Dense(16, "relu"), Dense(3, "softmax")], "poisson")
    return pair("quantities", faulty, trained(sized, [Dense(16, "relu"), Dense(3)], "mse"), sized)


def spread_mse(y: st.Tensor, p: st.Tensor) -> st.Tensor:
    """The mean square of the difference of a target and each output."""
    return st.math.reduce_mean(st.math.square(p - st.reshape(y, (-1, 1))), axis=-1)


def spread_mae(y: st.Tensor, p: st.Tensor) -> st.Tensor:
    """The mean of the absolute difference of a target and each output."""
    return st.math.reduce_mean(st.math.abs(p - st.reshape(y, (-1, 1))), axis=-1)


# ------------------------------------------------------------ classes


@fault("one unit for several classes")
def four_classes_one_unit() -> Pair:
    """Classes 0 to 3 by one sigmoid and binary_crossentropy: the loss goes below 0."""
    return ending(
        "classes",
        tables.classes(4).scaled(),
        ([Dense(1, "sigmoid")], TWO),
        ([Dense(4, "softmax")], CLASSES),
    )


@fault("one unit for several classes")
def iris_one_unit() -> Pair:
    """Iris by one sigmoid with categorical_crossentropy, raw inputs, dropout."""
    table = tables.known("iris")
    layers = [Dense(4, "relu"), BatchNormalization(), Dropout(0.3), Dense(1, "sigmoid")]
    faulty = trained(table, layers, "categorical_crossentropy")
    scaled = table.scaled()
    clean = trained(scaled, [Dense(16, "relu"), Dense(3, "softmax")], CLASSES)
    return pair("classes", faulty, clean, table, scaled)


@fault("classes with the wrong loss")
def iris_sigmoid() -> Pair:
    """Iris by three sigmoids with the loss of exclusive classes, too slowly."""
    table = tables.known("iris").scaled()
    faulty = trained(table, [Dense(4, "relu"), Dense(3, "sigmoid")], CLASSES, SGD(0.001))
    clean = trained(table, [Dense(16, "relu"), Dense(3, "softmax")], CLASSES)
    return pair("classes", faulty, clean, table)


@fault("classes with the wrong loss")
def one_hot_mse() -> Pair:
    """Two classes as one-hot rows by softmax with mse, SGD 0.1 with momentum, dropout 0.5."""
    table = tables.patients().with_y(lambda y: np.eye(2, dtype=np.float32)[y])
    layers = [Dense(8, "relu"), Dropout(0.5), Dense(2, "softmax")]
    faulty = trained(table, layers, "mse", SGD(0.1, momentum=0.9))
    scaled = table.scaled()
    layers = [Dense(16, "relu"), Dense(2, "softmax")]
    clean = trained(scaled, layers, "categorical_crossentropy")
    return pair("classes", faulty, clean, table, scaled)


@fault("classes with the wrong loss")
def one_hot_sparse() -> Pair:
    """One-hot targets with the loss for class numbers, which fit refuses."""
    table = tables.classes(3).scaled().with_y(lambda y: np.eye(3, dtype=np.float32)[y])
    return ending(
        "classes",
        table,
        ([Dense(3, "softmax")], CLASSES),
        ([Dense(3, "softmax")], "categorical_crossentropy"),
    )


@fault("classes with the wrong loss")
def signed_labels() -> Pair:
    """Labels -1 and 1 with binary_crossentropy, which fit refuses."""
    table = tables.patients().scaled()
    signed = table.with_y(lambda y: 2 * y - 1)
    faulty, clean = (
        trained(one, [Dense(16, "relu"), Dense(1, "sigmoid")], TWO) for one in (signed, table)
    )
    return pair("classes", faulty, clean, signed, table)


@fault("logits")
def six_sigmoids() -> Pair:
    """Six sigmoid layers, and a linear end with binary_crossentropy that takes probabilities."""
    table = tables.patients().scaled()
    faulty = trained(table, [*(Dense(8, "sigmoid") for _ in range(6)), Dense(1)], TWO)
    return pair(
        "classes", faulty, trained(table, [Dense(16, "relu"), Dense(1, "sigmoid")], TWO), table
    )


@fault("logits")
def logits_of_classes() -> Pair:
    """A linear end of four units with the loss that takes probabilities."""
    return ending(
        "classes",
        tables.classes(4).scaled(),
        ([Dense(4)], CLASSES),
        ([Dense(4, "softmax")], CLASSES),
    )


@fault("logits")
def softmax_of_sigmoid() -> Pair:
    """A softmax of sigmoids, with few epochs of SGD."""
    table = tables.known("digits").with_x(lambda x: x / np.float32(16))
    faulty = trained(table, [Dense(16, "relu"), Dense(10, "sigmoid"), st.layers.Softmax()], CLASSES,
                     SGD(0.05), epochs=10)  # fmt: skip
    clean = trained(table, [Dense(32, "relu"), Dense(10, "softmax")], CLASSES, epochs=10)
    return pair("classes", faulty, clean, table)


# ------------------------------------------------------------ the range of the output


@fault("range of the output")
def square_sigmoid() -> Pair:
    """y = x^2 of x to 5 by a sigmoid, which ends at 1."""
    table = tables.one_input(np.square, -5, 5)
    return ending(
        "quantities", table, ([Dense(1, "sigmoid")], "mse"), ([Dense(1)], "mse"), epochs=60
    )


@fault("range of the output")
def negative_relu() -> Pair:
    """Targets below 0 by a relu, which stays at 0."""
    table = tables.one_input(lambda x: -2 - x**2, -2, 2)
    return ending("quantities", table, ([Dense(1, "relu")], "mse"), ([Dense(1)], "mse"), epochs=60)


@fault("range of the output")
def regression_relu() -> Pair:
    """A sum of columns by a relu: half of the targets cannot be reached."""
    table = tables.regression().scaled_targets()
    faulty, clean = (
        trained(table, [Dense(30, "relu"), Dense(30, "relu"), Dense(1, last)], "mse")
        for last in ("relu", None)
    )
    return pair("quantities", faulty, clean, table)


@fault("range of the output")
def signed_crossentropy() -> Pair:
    """A quantity between -1 and 1 by a sigmoid with binary_crossentropy, which fit refuses."""
    table = tables.one_input(np.sin, -3, 3)
    return ending("quantities", table, ([Dense(1, "sigmoid")], TWO), ([Dense(1)], "mse"), epochs=60)


@fault("range of the output")
def raw_tanh() -> Pair:
    """A quantity of deviation 100 by tanh, which ends at 1."""
    table = tables.regression()
    sized = table.scaled_targets()
    faulty = trained(table, [Dense(16, "relu"), Dense(1, "tanh")], "mse")
    return pair(
        "quantities", faulty, trained(sized, [Dense(16, "relu"), Dense(1)], "mse"), table, sized
    )
