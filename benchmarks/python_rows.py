"""Rows a second that Python code gives to a Dataset: `python -m benchmarks.python_rows`.

Small rows of a generator, with a signature and with types, and of a Python function over rows in
memory, in batches of 32; the best of several readings of each, in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

import numpy as np

import steepest as st
from steepest.core import tree

ROWS, BATCH, REPEATS = 20_000, 32, 7
Dataset, Spec = st.data.Dataset, st.TensorSpec

VECTORS = np.random.default_rng(0).normal(size=(ROWS, 10)).astype(np.float32)
LABELS = np.arange(ROWS)
NUMBER = Spec((), "float32")
FORMS: dict[str, tuple[Any, Any, Any, Callable[..., Any]]] = {
    "vector, label": (
        list(zip(VECTORS, LABELS.tolist(), strict=True)),
        (Spec((10,), "float32"), Spec((), "int64")),
        (VECTORS, LABELS),
        lambda vector, label: (vector.numpy(), int(label)),
    ),
    "dictionary of three": (
        [{"a": number * 0.5, "b": 1.5, "c": 2.5} for number in range(ROWS)],
        {"a": NUMBER, "b": NUMBER, "c": NUMBER},
        {"a": LABELS, "b": LABELS, "c": LABELS},
        lambda row: {"a": float(row["a"]), "b": 1.5, "c": 2.5},
    ),
    "one number": (
        [number * 0.5 for number in range(ROWS)],
        NUMBER,
        LABELS,
        lambda number: float(number) * 0.5,
    ),
}


def pipelines() -> Iterator[tuple[str, Any]]:
    """The data sets to read, by name."""
    for name, (rows, signature, columns, function) in FORMS.items():

        def generator(rows: list[Any] = rows) -> Iterator[Any]:
            yield from rows

        types = tree.transform(lambda spec: spec.dtype, signature)
        made = Dataset.from_generator(generator, output_signature=signature)
        yield f"{name}: output_signature", made.batch(BATCH)
        yield f"{name}: output_types", Dataset.from_generator(generator, types).batch(BATCH)
        yield f"{name}: map", Dataset.from_tensor_slices(columns).map(function).batch(BATCH)


def main() -> None:
    """Print thousands of rows a second."""
    named = dict(pipelines())
    seconds: dict[str, list[float]] = {name: [] for name in named}
    for _ in range(REPEATS):
        for name, dataset in named.items():
            start = perf_counter()
            for _ in dataset:
                pass
            seconds[name].append(perf_counter() - start)
    for name, times in seconds.items():
        print(f"{name:40} {ROWS / min(times) / 1000:6.0f} thousand rows/s")


if __name__ == "__main__":
    main()
