"""The arguments of fit that say how long and how to train."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError
from steepest.neuralnet.running.plan import TrainingPlan


@pytest.mark.parametrize(
    "option, least",
    [
        ("epochs", 0), ("initial_epoch", 0), ("seed", 0), ("steps_per_epoch", 1),
        ("validation_steps", 1), ("validation_batch_size", 1), ("validation_freq", 1),
    ],
)  # fmt: skip
def test_numbers_have_a_least_value(option: str, least: int) -> None:
    assert getattr(TrainingPlan(**{option: least}), option) == least
    with pytest.raises(ArgumentError, match=rf"{option}: .*got {least - 1}"):
        TrainingPlan(**{option: least - 1})
    with pytest.raises(ArgumentError, match=rf"{option}: .*got 1\.5"):
        TrainingPlan(**{option: 1.5})


def test_seeds_have_63_bits() -> None:
    assert TrainingPlan(seed=2**63 - 1).seed == 2**63 - 1
    with pytest.raises(ArgumentError, match=r"seed: a number below 2\*\*63 was expected, got 9223"):
        TrainingPlan(seed=2**63)


def test_the_order_is_shuffled_or_not() -> None:
    assert TrainingPlan(shuffle=np.bool_(True)).shuffle and not TrainingPlan(shuffle=False).shuffle
    with pytest.raises(ArgumentError, match="shuffle: True or False was expected, got 'batch'"):
        TrainingPlan(shuffle="batch")


def test_the_epochs_that_end_with_validation() -> None:
    def epochs(frequency: Any) -> list[int]:
        made = TrainingPlan(validation_freq=frequency)
        return [epoch for epoch in range(6) if made.validates(epoch)]

    assert epochs(1) == [0, 1, 2, 3, 4, 5] and epochs(2) == [1, 3, 5] and epochs(4) == [3]
    assert epochs([1, 5]) == [0, 4]
    with pytest.raises(ArgumentError, match="validation_freq"):
        TrainingPlan(validation_freq="2")


def test_validation_is_a_share_or_data() -> None:
    with pytest.raises(ArgumentError, match="give validation_split or validation_data, not both"):
        TrainingPlan(validation_split=0.2, validation_data=(np.ones(2), np.ones(2)))
    assert TrainingPlan(
        validation_split=0.0, validation_data=(np.ones(2), np.ones(2))
    ).validation_data


def test_the_parts_of_validation_data_and_streams_that_cannot_be_split() -> None:
    x = np.ones((4, 1), np.float32)
    model = st.Sequential([st.layers.Dense(1)])
    model.compile("sgd", "mse")
    for parts in ((x,), (x, x, x[:, 0], x)):
        with pytest.raises(ArgumentError, match=rf"expected, got {len(parts)} parts"):
            model.fit(x, x, verbose=0, validation_data=parts)
    stream = st.data.Dataset.from_tensor_slices((x, x)).batch(2)
    with pytest.raises(ArgumentError, match="validation_split: a data set or stream is not split"):
        model.fit(stream.map(lambda x, y: (x, y)), verbose=0, validation_split=0.5)


@pytest.mark.parametrize("batch_size, given, steps", [(2, None, 2), (2, 1, 4), (None, 4, 1)])
def test_the_batches_of_validation(batch_size: Any, given: Any, steps: int) -> None:
    seen: list[int] = []

    class Count(st.callbacks.Callback):
        def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
            seen.append(batch)

    x = np.ones((4, 1), np.float32)
    model = st.Sequential([st.layers.Dense(1)])
    model.compile("sgd", "mse")
    options = {"batch_size": batch_size, "validation_batch_size": given}
    model.fit(x, x, verbose=0, validation_data=(x, x), callbacks=[Count()], **options)
    assert seen == list(range(steps))
