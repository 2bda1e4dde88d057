"""Tables of rows for the programs: the sets of st.datasets, and made ones of a known shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

import steepest as st
from steepest.doctor.rows import Rows

FEWEST_WATCHED = 40
"""With so many validation rows the doctor needs none of the training rows for its proofs."""
SHARE = 0.2


@dataclass(frozen=True)
class Table:
    """The rows to train on, those that the training watches, and those held out from all."""

    train: Rows
    watched: Rows
    held: Rows

    @classmethod
    def of(cls, x: np.ndarray, y: np.ndarray, seed: int = 0) -> Table:
        """Rows in a random order, in three parts."""
        order = np.random.default_rng(seed).permutation(len(x))
        size = max(FEWEST_WATCHED, round(SHARE * len(x)))
        rows = Rows.of(np.asarray(x, np.float32), y)
        held, watched, train = order[:size], order[size : 2 * size], order[2 * size :]
        others = [replace(rows.take(part), part="val") for part in (watched, held)]
        return cls(rows.take(train), *others)

    def mapped(self, change: Callable[[Rows], Rows]) -> Table:
        """With a change of the rows of each part."""
        return Table(change(self.train), change(self.watched), change(self.held))

    def with_x(self, change: Callable[[np.ndarray], np.ndarray]) -> Table:
        """With other inputs."""
        return self.mapped(lambda rows: replace(rows, x=change(rows.x)))

    def with_y(self, change: Callable[[np.ndarray], np.ndarray]) -> Table:
        """With other targets."""
        return self.mapped(lambda rows: replace(rows, y=change(rows.y)))

    def scaled(self) -> Table:
        """Columns of mean 0 and deviation 1, by the training rows."""
        mean, spread = self.train.x.mean(0), self.train.x.std(0)
        spread = np.where(spread > 0, spread, 1.0)
        return self.with_x(lambda x: ((x - mean) / spread).astype(np.float32))

    def scaled_targets(self) -> Table:
        """Targets of mean 0 and deviation 1, by the training rows."""
        mean, spread = self.train.y.mean(), self.train.y.std()
        return self.with_y(lambda y: ((y - mean) / spread).astype(np.float32))


def known(name: str) -> Table:
    """A table of classes of st.datasets, as it is."""
    (x, y), (more_x, more_y) = getattr(st.datasets, name).load_data()
    return Table.of(np.concatenate([x, more_x]), np.concatenate([y, more_y]).astype(np.int64))


def one_input(
    function: Callable[[np.ndarray], np.ndarray],
    low: float = -1.0,
    high: float = 1.0,
    rows: int = 300,
    noise: float = 0.02,
) -> Table:
    """A quantity that is a function of one input, with noise relative to its deviation."""
    random = np.random.default_rng(3)
    x = random.uniform(low, high, (rows, 1))
    y = function(x[:, 0])
    return Table.of(x, (y + random.normal(0, noise * y.std(), rows)).astype(np.float32))


def regression(rows: int = 1000, columns: int = 4, targets: int = 1) -> Table:
    """Targets that are sums of normally distributed columns with weights up to 100."""
    random = np.random.default_rng(4)
    x = random.normal(size=(rows, columns))
    y = x @ random.uniform(10, 100, (columns, targets)) + random.normal(0, 1.0, (rows, targets))
    return Table.of(x, (y if targets > 1 else y[:, 0]).astype(np.float32))


def classes(count: int, rows: int = 600, columns: int = 6, gap: float = 2.2) -> Table:
    """Classes around random centres that overlap a little; two centres each."""
    random = np.random.default_rng([5, count])
    y = random.permutation(np.arange(rows) % count)
    centres = random.normal(size=(count, 2, columns)) * gap
    x = centres[y, random.integers(0, 2, rows)] + random.normal(size=(rows, columns))
    return Table.of(x, y)


def xor(rows: int = 300) -> Table:
    """The four points of XOR with noise."""
    random = np.random.default_rng(6)
    bits = random.integers(0, 2, (rows, 2))
    return Table.of(bits + random.normal(0, 0.1, (rows, 2)), bits[:, 0] ^ bits[:, 1])


def cars() -> Table:
    """A made table of 392 cars with 9 columns in their usual units, and miles per gallon."""
    random = np.random.default_rng(7)
    size = random.normal(size=392)
    cylinders = np.clip(np.round(5.5 + 1.7 * size), 3, 8)
    displacement = np.clip(195 + 95 * size + random.normal(0, 25, 392), 68, 455)
    power = np.clip(104 + 33 * size + random.normal(0, 12, 392), 46, 230)
    weight = np.clip(2977 + 780 * size + random.normal(0, 200, 392), 1600, 5200)
    acceleration = 15.5 - 1.5 * size + random.normal(0, 1.8, 392)
    year = random.integers(70, 83, 392).astype(float)
    origin = np.eye(3)[random.choice(3, 392, p=[0.62, 0.17, 0.21])]
    miles = 3.8e4 / (weight + 4 * power) + 0.65 * (year - 76) + 12 + 1.5 * origin[:, 2]
    table = np.column_stack([cylinders, displacement, power, weight, acceleration, year, origin])
    return Table.of(table, (miles + random.normal(0, 1.2, 392)).astype(np.float32))


def patients(rows: int = 768, columns: int = 8) -> Table:
    """A made table of two classes in units of medicine: 768 x 8, or another size."""
    random = np.random.default_rng([8, columns])
    z = random.normal(size=(rows, columns))
    z[:, 1:] += 0.3 * z[:, :1]
    score = 1.4 * z[:, 0] + 1.1 * z[:, 1] + 0.9 * z[:, 1] * z[:, 2] - 0.7
    y = (score + random.normal(0, 0.6, rows) > 0).astype(np.int64)
    units = np.resize([30.0, 3.0, 12.0, 16.0, 110.0, 8.0, 0.3, 12.0], columns)
    middle = np.resize([120.0, 4.0, 70.0, 20.0, 80.0, 32.0, 0.5, 33.0], columns)
    return Table.of(z * units + middle, y)


def ones_and_zeros(rows: int = 2000, columns: int = 128) -> Table:
    """Rows of ones and rows of zeros."""
    y = np.random.default_rng(9).integers(0, 2, rows)
    return Table.of(np.repeat(y[:, None], columns, axis=1), y)


def wide(rows: int = 180, columns: int = 500) -> Table:
    """Few rows of many columns, of which 50 depend on the class."""
    random = np.random.default_rng(10)
    y = random.integers(0, 2, rows)
    x = random.normal(size=(rows, columns))
    x[:, :50] += 0.9 * (2 * y[:, None] - 1)
    return Table.of(x, y)


def nothing(rows: int = 300) -> Table:
    """Random inputs and random targets."""
    random = np.random.default_rng(11)
    return Table.of(random.integers(0, 10, (rows, 4)), random.integers(0, 2, rows))
