"""Batches that come one after another: generators, functions, lists, things with numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import steepest as st

X = np.random.default_rng(0).standard_normal((24, 3)).astype("float32")
Y = X.sum(axis=1)
PARTS = [(X[i : i + 8], Y[i : i + 8]) for i in range(0, 24, 8)]


def linear() -> Any:
    model = st.Sequential([st.layers.Dense(1, kernel_initializer="ones", input_shape=(3,))])
    model.compile(st.optimizers.SGD(0.05), "mse")
    return model


def losses(source: Any, **options: Any) -> list[float]:
    return linear().fit(source, verbose=0, shuffle=False, **options).history["loss"]


EXPECTED = linear().fit(X + 1, Y, batch_size=8, shuffle=False, epochs=2, verbose=0).history["loss"]
BATCHES = [(x + 1, y) for x, y in PARTS]


def batches() -> Iterator[Any]:
    yield from BATCHES


class Numbered:
    """As Keras's PyDataset: batches by number."""

    def __len__(self) -> int:
        return len(BATCHES)

    def __getitem__(self, place: int) -> Any:
        return BATCHES[place % len(BATCHES)]


@pytest.mark.parametrize("source", [BATCHES, batches, Numbered(), tuple(BATCHES)])
def test_sources_that_begin_again(source: Any) -> None:
    assert losses(source, epochs=2) == EXPECTED


def test_batches_can_be_lists() -> None:
    assert losses(list(batch) for batch in BATCHES) == EXPECTED[:1]


def test_steps_go_round_a_source_that_begins_again() -> None:
    assert len(losses(BATCHES, epochs=2, steps_per_epoch=5)) == 2


def test_a_generator_runs_once() -> None:
    with pytest.raises(st.errors.DataError, match="ended in an earlier epoch"):
        losses(batches(), epochs=2)
    with pytest.raises(st.errors.DataError, match="after 3 of 4 steps"):
        losses(batches(), steps_per_epoch=4)


def test_validation_by_a_generator_that_ends() -> None:
    with pytest.raises(st.errors.DataError, match="ended in an earlier epoch"):
        linear().fit(X, Y, validation_data=batches(), epochs=2, verbose=0)
    history = linear().fit(X, Y, validation_data=batches, epochs=2, verbose=0).history
    assert len(history["val_loss"]) == 2


def test_batches_of_too_many_parts() -> None:
    with pytest.raises(st.errors.DataError, match="a batch of 4 parts"):
        losses(iter([(X, Y, Y, Y)]))


def test_a_list_of_arrays_is_several_inputs_not_batches() -> None:
    a, b = st.Input((3,)), st.Input((3,))
    model = st.Model([a, b], st.layers.Dense(1)(st.layers.Add()([a, b])))
    model.compile("sgd", "mse")
    assert len(model.fit([X, X], Y, verbose=0).epoch) == 1
