"""The rows of the benchmark as data: what each contestant trains or predicts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from benchmarks.networks import Dense, Dropout, Network

Kind = Literal[
    "train",
    "busy",
    "predict_one",
    "predict_many",
    "cold",
    "size",
    "turns",
    "load",
    "load_predict",
]


@dataclass(frozen=True)
class MadeUp:
    """Normal numbers without zeros, with labels that a network can learn; one class is 0 or 1."""

    features: int
    classes: int
    examples: int
    dtype: Literal["float32", "float64"] = "float32"


@dataclass(frozen=True)
class Row:
    """One line of the table.

    A timed call trains `epochs` epochs, `calls` times; the first call (which compiles) is reported
    separately. `unit` is what the time is divided by. `bar` is the ratio to reach against the
    fastest peer, including the results of peers in the rows named by `against`. With `fresh_cache`
    every process starts with empty cache folders. With `joined` a library with a cost per epoch may
    train the epochs of a call as one long epoch. `clipnorm` and `global_clipnorm` limit gradients
    if they are above 0; `l2` times the sum of the squared kernels is added to the loss. A `bar` of
    0 is none.
    """

    name: str
    title: str
    kind: Kind
    data: str | MadeUp
    network: Network
    batch: int
    bar: float
    optimizer: str = "adam"
    rate: float = 1e-3
    epochs: int = 1
    calls: int = 5
    unit: Literal["step", "epoch", "call", "process", "slow-down", "MB"] = "step"
    against: tuple[str, ...] = ()
    quick: bool = False
    fresh_cache: bool = False
    joined: bool = False
    shuffle: bool = True
    measure: Literal["accuracy", "loss"] = "accuracy"
    clipnorm: float = 0.0
    global_clipnorm: float = 0.0
    l2: float = 0.0
    threads_per_core: int = 1

    @property
    def loss(self) -> str:
        """The loss that belongs to the last layer: one sigmoid, or a softmax over classes."""
        one = self.dense_layers[-1].units == 1
        return "binary_crossentropy" if one else "sparse_categorical_crossentropy"

    @property
    def dtype(self) -> str:
        """The dtype of weights and of made-up inputs."""
        return self.data.dtype if isinstance(self.data, MadeUp) else "float32"

    @property
    def dense_layers(self) -> list[Dense]:
        """The fully connected layers."""
        return [layer for layer in self.network if isinstance(layer, Dense)]

    @property
    def has_dropout(self) -> bool:
        """Whether any layer drops units in training."""
        return any(isinstance(layer, Dropout) for layer in self.network)


SMALL = (Dense(50, "relu"), Dense(50, "relu"), Dense(10, "softmax"))
WIDE = (
    Dense(512, "relu"),
    Dropout(0.2),
    Dense(512, "relu"),
    Dropout(0.2),
    Dense(10, "softmax"),
)
TABLE = (Dense(16, "relu"), Dense(16, "relu"), Dense(1, "sigmoid"))
LARGE = (Dense(2048, "relu"), Dense(2048, "relu"), Dense(1000, "softmax"))
LOGIC = (Dense(8, "tanh"), Dense(1, "sigmoid"))

MNIST = Row(
    "mnist",
    "MNIST 784-50-50-10, batch 100, Adam, dense floats, fits of 5 epochs",
    "train",
    "mnist",
    SMALL,
    batch=100,
    bar=2.5,
    epochs=5,
    calls=3,
)
IMDB = Row(
    "imdb_dense",
    "IMDB 10,000-16-16-1 multi-hot, batch 512, RMSprop, dense floats, fits of 20 epochs",
    "train",
    "imdb_dense",
    TABLE,
    batch=512,
    bar=15.0,
    optimizer="rmsprop",
    epochs=20,
    calls=2,
    unit="epoch",
)
XOR = Row(
    "xor",
    "XOR 2-8-1, full batch, 5,000 steps",
    "train",
    "xor",
    LOGIC,
    batch=4,
    bar=10.0,
    rate=0.01,
    epochs=5000,
    calls=2,
    quick=True,
    joined=True,
    shuffle=False,
)
CANCER = Row(
    "cancer",
    "breast cancer 30-16-16-1, batch 32, Adam, fits of 100 epochs",
    "train",
    "cancer",
    TABLE,
    batch=32,
    bar=4.3,
    epochs=100,
    calls=9,
    quick=True,
)
COLD = Row(
    "cold",
    "process start, import, fit, predict on a small table",
    "cold",
    "cancer",
    TABLE,
    batch=32,
    bar=3.0,
    epochs=20,
    unit="process",
    quick=True,
)

ROWS: tuple[Row, ...] = (
    XOR,
    replace(
        XOR,
        name="xor_epochs",
        title="XOR 2-8-1, 200 epochs of one step each",
        epochs=200,
        bar=1.0,
        joined=False,
        shuffle=True,
        quick=False,
        measure="loss",
    ),
    CANCER,
    replace(
        CANCER,
        name="cancer_short",
        title="breast cancer 30-16-16-1, fits of 20 epochs",
        epochs=20,
        bar=1.0,
    ),
    replace(MNIST, quick=True),
    replace(
        MNIST,
        name="mnist_once",
        title="MNIST 784-50-50-10, dense floats, a fit of one epoch",
        epochs=1,
        calls=5,
        bar=1.0,
    ),
    replace(
        MNIST,
        name="mnist_8bit",
        title="MNIST 784-50-50-10, pixels as stored (8-bit), fits of 5 epochs",
        data="mnist_8bit",
        bar=3.0,
        against=("mnist",),
        quick=True,
    ),
    Row(
        "mnist_wide",
        "MNIST 784-512-512-10, dropout 0.2, batch 128, Adam",
        "train",
        "mnist",
        WIDE,
        batch=128,
        bar=1.5,
        calls=2,
    ),
    Row(
        "mnist_whole",
        "MNIST 784-512-512-10, all 60,000 rows a batch, Adam",
        "train",
        "mnist",
        (Dense(512, "relu"), Dense(512, "relu"), Dense(10, "softmax")),
        batch=60_000,
        bar=1.5,
        calls=2,
        measure="loss",
    ),
    IMDB,
    replace(
        IMDB,
        name="imdb_dense_once",
        title="IMDB 10,000-16-16-1, dense floats, a fit of one epoch",
        epochs=1,
        calls=4,
        bar=1.0,
    ),
    replace(
        IMDB,
        name="imdb_sparse",
        title="IMDB 10,000-16-16-1 multi-hot, batch 512, RMSprop, sparse rows, fits of 20 epochs",
        data="imdb_sparse",
        bar=4.0,
    ),
    replace(
        IMDB,
        name="imdb_sparse_once",
        title="IMDB 10,000-16-16-1, sparse rows, a fit of one epoch",
        data="imdb_sparse",
        epochs=1,
        calls=5,
        bar=1.0,
    ),
    Row(
        "large",
        "1024-2048-2048-1000, batch 256, Adam",
        "train",
        "large",
        LARGE,
        batch=256,
        bar=1.2,
        calls=3,
        measure="loss",
    ),
    Row(
        "predict_one",
        "predict one row, 784-50-50-10",
        "predict_one",
        "mnist",
        SMALL,
        batch=1,
        bar=2.0,
        calls=20,
        unit="call",
        quick=True,
    ),
    Row(
        "predict_many",
        "predict 10,000 rows, 784-50-50-10",
        "predict_many",
        "mnist",
        SMALL,
        batch=10_000,
        bar=1.4,
        calls=20,
        unit="call",
        quick=True,
    ),
    COLD,
    replace(
        COLD,
        name="cold_first",
        title="the very first such process: all caches empty",
        fresh_cache=True,
        quick=False,
    ),
    replace(
        MNIST,
        name="busy",
        title="MNIST 784-50-50-10 while another process keeps one core busy",
        kind="busy",
        bar=1.4,
        calls=4,
        unit="slow-down",
    ),
    Row(
        "size",
        "installed size with dependencies",
        "size",
        "none",
        LOGIC,
        batch=1,
        bar=1.0,
        unit="MB",
        quick=True,
    ),
)

BY_NAME = {row.name: row for row in ROWS}
