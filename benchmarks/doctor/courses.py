"""Programs whose layers, rates, epochs or data keep them from learning."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import steepest as st
from benchmarks.doctor import tables
from benchmarks.doctor.program import Pair, fault, pair, trained
from benchmarks.doctor.tables import Table
from steepest.layers import Dense

SGD, Adam = st.optimizers.SGD, st.optimizers.Adam
Normal = st.initializers.RandomNormal
CLASSES = "sparse_categorical_crossentropy"
TWO = "binary_crossentropy"


def pictures() -> Table:
    """The digits between 0 and 1, in place of larger pictures."""
    return tables.known("digits").with_x(lambda x: x / np.float32(16))


def clean_pictures(table: Table) -> st.doctor.Setup:
    """A network that reads the digits."""
    return trained(table, [Dense(32, "relu"), Dense(10, "softmax")], CLASSES, epochs=15)


# ------------------------------------------------------------ linear and narrow layers


@fault("linear hidden layers")
def quintic() -> Pair:
    """A polynomial of the fifth degree by linear layers, inputs 0 to 10."""
    table = tables.one_input(lambda x: np.polyval([1, -25, 230, -950, 1700, 0], x), 0, 10, 400)
    faulty = trained(table, [Dense(5), Dense(1)], "mae", epochs=200)
    sized = table.scaled().scaled_targets()
    layers = [Dense(32, "tanh"), Dense(32, "tanh"), Dense(1)]
    return pair("quantities", faulty, trained(sized, layers, "mse", epochs=200), table, sized)


@fault("linear hidden layers")
def circles_linear() -> Pair:
    """Circles by two linear layers."""
    table = tables.known("circles")
    faulty, clean = (
        trained(table, [Dense(16, kind), Dense(1, "sigmoid")], TWO, epochs=40)
        for kind in (None, "relu")
    )
    return pair("classes", faulty, clean, table)


@fault("linear hidden layers")
def linear_saturated() -> Pair:
    """Digits by 30 linear units, weights of deviation 1, SGD 3 and mse."""
    table = pictures()
    wide = Normal(stddev=1.0)
    layers = [Dense(30, kernel_initializer=wide), Dense(10, kernel_initializer=wide)]
    hot = table.with_y(lambda y: np.eye(10, dtype=np.float32)[y])
    return pair(
        "classes",
        trained(hot, layers, "mse", SGD(3.0), epochs=15, batch_size=10),
        clean_pictures(table),
        hot,
        table,
    )


@fault("linear hidden layers")
def patients_no_hidden() -> Pair:
    """A table of patients with a product of two columns, without a hidden layer and unscaled."""
    table = tables.patients()
    faulty = trained(table, [Dense(1, "sigmoid")], TWO)
    scaled = table.scaled()
    clean = trained(scaled, [Dense(16, "relu"), Dense(1, "sigmoid")], TWO)
    return pair("classes", faulty, clean, table, scaled)


@fault("narrow layer")
def one_unit() -> Pair:
    """Five classes through a hidden layer of one unit."""
    table = tables.classes(5).scaled()
    faulty, clean = (
        trained(table, [Dense(units, "relu"), Dense(5, "softmax")], CLASSES) for units in (1, 32)
    )
    return pair("classes", faulty, clean, table)


@fault("dying")
def line_relu() -> Pair:
    """y = x / 2 through layers of 1, 9 and 1 relu, 10 epochs; 60 rows of both signs."""
    table = tables.one_input(lambda x: x / 2, -3, 3, 140)
    layers = [Dense(1, "relu"), Dense(9, "relu"), Dense(1, "relu")]
    faulty = trained(table, layers, "mse", epochs=10)
    clean = trained(table, [Dense(9, "tanh"), Dense(1)], "mse", epochs=150)
    return pair("quantities", faulty, clean, table)


# ------------------------------------------------------------ vanishing, frozen, starting weights


@fault("vanishing")
def five_sigmoids() -> Pair:
    """Digits through five sigmoid layers by SGD."""
    table = pictures()
    layers = [*(Dense(30, "sigmoid") for _ in range(5)), Dense(10, "softmax")]
    return pair(
        "classes",
        trained(table, layers, CLASSES, SGD(0.1), epochs=15),
        clean_pictures(table),
        table,
    )


@fault("vanishing")
def sine_sigmoids() -> Pair:
    """A sine through three sigmoid layers, SGD, 2 epochs."""
    table = tables.one_input(np.sin, -3, 3, 500)
    layers = [*(Dense(16, "sigmoid") for _ in range(3)), Dense(1)]
    faulty = trained(table, layers, "mse", SGD(0.01), epochs=2)
    clean = trained(table, [Dense(32, "tanh"), Dense(1)], "mse", epochs=100)
    return pair("quantities", faulty, clean, table)


@fault("frozen")
def frozen_first() -> Pair:
    """A first layer with trainable=False: digits, 8 units in place of 13,000."""
    table = pictures()
    faulty, clean = (
        trained(table, [Dense(8, "relu", trainable=free), Dense(10, "softmax")], CLASSES)
        for free in (False, True)
    )
    return pair("classes", faulty, clean, table)


# ------------------------------------------------------------ rates, epochs and batches


@fault("too short")
def five_updates() -> Pair:
    """100 rows of 500 columns, batches of 2,000, 5 epochs: 5 updates; 60 units for 600."""
    table = tables.wide()
    layers = [Dense(60, "relu"), Dense(2, "softmax")]
    faulty = trained(table, layers, CLASSES, SGD(0.001), epochs=5, batch_size=2000)
    clean = trained(
        table, [Dense(16, "relu"), Dense(2, "softmax")], CLASSES, Adam(0.003), batch_size=16
    )
    return pair("classes", faulty, clean, table)


@fault("too short")
def one_epoch() -> Pair:
    """Tumours in one epoch at a small rate."""
    table = tables.known("breast_cancer").scaled()
    faulty, clean = (
        trained(table, [Dense(16, "relu"), Dense(1, "sigmoid")], TWO, Adam(rate), epochs=epochs)
        for rate, epochs in ((2e-4, 1), (0.01, 20))
    )
    return pair("classes", faulty, clean, table)


@fault("rate")
def raw_pixels() -> Pair:
    """Digits from 0 to 255, a linear hidden layer, sigmoid end, SGD 1e-4, 3 epochs."""
    table = pictures().with_x(lambda x: x * np.float32(255))
    layers = [Dense(32), Dense(10, "sigmoid")]
    hot = table.with_y(lambda y: np.eye(10, dtype=np.float32)[y])
    faulty = trained(hot, layers, "categorical_crossentropy", SGD(1e-4), epochs=3)
    small = pictures()
    return pair("classes", faulty, clean_pictures(small), hot, small)


@fault("rate")
def diverging_line() -> Pair:
    """A line through points of x to 8, SGD 0.1: it diverges."""
    table = tables.one_input(lambda x: 3 * x + 1, -8, 8, 140)
    faulty, clean = (
        trained(table, [Dense(1)], "mse", SGD(rate), epochs=200) for rate in (0.1, 0.005)
    )
    return pair("quantities", faulty, clean, table)


@fault("rate")
def diverging_large_x() -> Pair:
    """A line of x to 100, SGD 0.01: it diverges."""
    table = tables.one_input(lambda x: 0.5 * x + 1, 0, 100, 140)
    sized = table.scaled().scaled_targets()
    faulty = trained(table, [Dense(1)], "mse", SGD(0.01), epochs=50)
    return pair(
        "quantities", faulty, trained(sized, [Dense(1)], "mse", SGD(0.05), epochs=50), table, sized
    )


@fault("rate")
def summed_loss_line() -> Pair:
    """A line by the sum of the squares of a batch, SGD 0.5."""
    table = tables.one_input(lambda x: 2 * x, -1, 1, 300)
    summed = st.losses.MeanSquaredError(reduction="sum")
    faulty = trained(table, [Dense(1)], summed, SGD(0.5))
    return pair("quantities", faulty, trained(table, [Dense(1)], "mse", SGD(0.1)), table)


@fault("regularization")
def heavy_l2() -> Pair:
    """A table of 303 x 13 with an L2 penalty of 1, which leaves no weights."""
    table = tables.patients(303, 13).scaled()
    heavy = st.regularizers.L2(1.0)
    layers = [Dense(16, "relu", kernel_regularizer=heavy),
              Dense(1, "sigmoid", kernel_regularizer=heavy)]  # fmt: skip
    clean = trained(table, [Dense(16, "relu"), Dense(1, "sigmoid")], TWO)
    return pair("classes", trained(table, layers, TWO), clean, table)


# ------------------------------------------------------------ data


@fault("labels")
def labels_scaled() -> Pair:
    """Labels divided by 255 in place of the inputs."""
    table = tables.patients()
    small = table.with_y(lambda y: (y / 255).astype(np.float32))
    scaled = table.scaled()
    faulty, clean = (
        trained(one, [Dense(16, "relu"), Dense(1, "sigmoid")], TWO) for one in (small, scaled)
    )
    return pair("classes", faulty, clean, table, scaled)


@fault("no signal")
def nothing_to_learn() -> Pair:
    """Random inputs and labels; the pair is of the program with itself, and has no gap."""
    table = tables.nothing()
    layers = [Dense(16, "relu"), Dense(16, "relu"), Dense(1, "sigmoid")]
    faulty = trained(table, layers, TWO, Adam(1e-4))
    return pair("classes", faulty, replace(faulty), table)
