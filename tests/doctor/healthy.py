"""Healthy data sets: real ones, made ones and random tables, split and scaled as they should be."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

import steepest as st
from steepest.doctor.facts import Facts
from steepest.doctor.setup import Setup
from tests.doctor.cases.case import usual_model

Split = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def split_facts(parts: Split, **fit) -> Facts:
    """Facts of a training on the first pair, which watches the second."""
    x, y, watched_x, watched_y = parts
    model = usual_model(x, y)
    return Facts(Setup.of(model, x, y, validation_data=(watched_x, watched_y), **fit))


def scaled(parts: Split) -> Split:
    """Columns scaled by the training rows, and quantities as targets too."""
    x, y, other_x, other_y = (np.asarray(part) for part in parts)
    mean, spread = x.mean(axis=0), x.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    x, other_x = (((part - mean) / spread).astype(np.float32) for part in (x, other_x))
    if y.dtype.kind == "f":
        centre, size = y.mean(axis=0), y.std(axis=0)
        y, other_y = (((part - centre) / size).astype(np.float32) for part in (y, other_y))
    return x, y, other_x, other_y


def divided(x, y, seed=0, share=0.75) -> Split:
    """A random split."""
    order = np.random.default_rng(seed).permutation(len(x))
    cut = int(share * len(x))
    own, other = order[:cut], order[cut:]
    return x[own], y[own], x[other], y[other]


# ------------------------------------------------------------ real tables


def loaded(name, **options) -> Split:
    (x, y), (other_x, other_y) = getattr(st.datasets, name).load_data(**options)
    kind = np.float32 if np.asarray(y).dtype.kind == "f" else np.int64
    return x.astype(np.float32), y.astype(kind), other_x.astype(np.float32), other_y.astype(kind)


def pixels(name, rows, others) -> Split:
    (x, y), _ = getattr(st.datasets, name).load_data()
    chosen = np.random.default_rng(0).permutation(len(x))[: rows + others]
    x, y = (x[chosen] / 255).astype(np.float32), y[chosen].astype(np.int64)
    return x[:rows], y[:rows], x[rows:], y[rows:]


def multi_hot(rows=3000, words=1000) -> Split:
    (x, y), (other_x, other_y) = st.datasets.imdb.load_data(num_words=words, seed=0)

    def coded(texts):
        table = np.zeros((len(texts), words), np.float32)
        for row, text in enumerate(texts):
            table[row, [word for word in text if word < words]] = 1.0
        return table

    return coded(x[:rows]), y[:rows].astype(int), coded(other_x[:800]), other_y[:800].astype(int)


def real() -> Iterator[tuple[str, Callable[[], Facts]]]:
    """Real data sets, as they are where they need no scaling, and scaled."""
    for name in ("iris", "digits", "wine", "breast_cancer", "diabetes"):
        for seed in (0, 1, 2):
            yield (
                f"{name} scaled {seed}",
                lambda name=name, seed=seed: split_facts(scaled(loaded(name, seed=seed))),
            )
    for name in ("iris", "digits"):
        yield f"{name} as it is", lambda name=name: split_facts(loaded(name))
    for name in ("spirals", "moons", "circles"):
        yield name, lambda name=name: split_facts(loaded(name))
    yield "blobs scaled", lambda: split_facts(scaled(loaded("blobs")))
    yield "xor", lambda: split_facts(loaded("xor"))


# ------------------------------------------------------------ random tables


def answers(x, random, kind):
    """Targets that depend on a few columns, with noise."""
    x = (x - x.mean(axis=0)) / np.maximum(x.std(axis=0), 1e-9)
    weights = random.normal(size=x.shape[1])
    total = x @ weights / np.linalg.norm(weights) + 0.5 * np.sin(2 * x[:, 0])
    total = total + random.normal(scale=0.3, size=len(x))
    if kind == "quantity":
        return total.astype(np.float32)
    classes = {"two": 2, "three": 3, "rare": 2}[kind]
    cuts = np.quantile(total, [0.8] if kind == "rare" else np.arange(1, classes) / classes)
    return np.searchsorted(cuts, total).astype(np.int64)


def normal(random, rows, columns):
    return random.normal(size=(rows, columns))


def correlated(random, rows, columns):
    return random.normal(size=(rows, columns)) @ random.normal(size=(columns, columns))


def counts(random, rows, columns):
    return random.poisson(random.uniform(0.5, 9, size=columns), size=(rows, columns)).astype(float)


def lognormal(random, rows, columns):
    return random.lognormal(0, random.uniform(0.3, 1.0, size=columns), size=(rows, columns))


def student(random, rows, columns):
    return random.standard_t(3, size=(rows, columns))


def exponential(random, rows, columns):
    return random.exponential(size=(rows, columns))


def sparse(random, rows, columns):
    return (random.random((rows, columns)) < random.uniform(0.03, 0.3, columns)) * 1.0


def sparse_quantities(random, rows, columns):
    return sparse(random, rows, columns) * random.gamma(2, size=(rows, columns))


def one_hot(random, rows, columns):
    return np.eye(columns)[random.integers(0, columns, rows)]


def ordinal(random, rows, columns):
    return random.integers(1, 6, size=(rows, columns)).astype(float)


def mixed(random, rows, columns):
    age = random.integers(18, 90, rows).astype(float)
    income = random.lognormal(10, 0.7, rows)
    children = random.poisson(1.2, rows).astype(float)
    city = np.eye(4)[random.integers(0, 4, rows)]
    number = random.integers(10_000, 99_999, rows).astype(float)
    rounded = np.round(random.normal(20, 6, rows), 1)
    table = np.column_stack([age, income, children, number, rounded, city])
    return (table - table.mean(axis=0)) / table.std(axis=0)


def zero_inflated(random, rows, columns):
    values = random.exponential(2.0, size=(rows, columns))
    return values * (random.random((rows, columns)) < 0.6)


def capped(random, rows, columns):
    return np.clip(random.normal(size=(rows, columns)), -1.2, 1.5)


def two_groups(random, rows, columns):
    return random.normal(size=(rows, columns)) + 6 * random.integers(0, 2, (rows, 1))


def walk(random, rows, columns):
    steps = np.cumsum(random.normal(size=(rows, columns)), axis=0)
    return (steps - steps.mean(axis=0)) / steps.std(axis=0)


TABLES = (
    normal, correlated, counts, lognormal, student, exponential, sparse, sparse_quantities, one_hot,
    ordinal, mixed, zero_inflated, capped, two_groups, walk,
)  # fmt: skip
SCALED = (correlated, lognormal, two_groups)


def made(table, kind, rows, columns, seed) -> Facts:
    random = np.random.default_rng([seed, rows, columns])
    x = table(random, rows, columns)
    y = answers(x, random, kind)
    parts = divided(x.astype(np.float32), y, seed)
    return split_facts(scaled(parts) if table in SCALED else parts)


def random_tables(seeds, small=False) -> Iterator[tuple[str, Callable[[], Facts]]]:
    """Tables of all kinds and targets, of one size or of three."""
    kinds = ("quantity", "two") if small else ("quantity", "two", "three", "rare")
    sizes = ((600, 8),) if small else ((120, 3), (600, 8), (2000, 25))
    for table in TABLES:
        for kind in kinds:
            for rows, columns in sizes:
                for seed in seeds:
                    name = f"{table.__name__} {kind} {rows}x{columns} seed {seed}"
                    yield (
                        name,
                        lambda t=table, k=kind, r=rows, c=columns, s=seed: made(t, k, r, c, s),
                    )
