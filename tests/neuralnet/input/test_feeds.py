"""Streams of batches: generators, functions, lists, batches by number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ShapeError

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


def test_batches_in_a_list_can_have_weights() -> None:
    weighted = [(x, y, np.full(len(x), 2.0)) for x, y in BATCHES]
    assert losses(weighted) == losses(iter(weighted)) != EXPECTED[:1]
    assert losses([(x, y, None) for x, y in BATCHES]) == EXPECTED[:1]


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


# ---------------------------------------------------------------- PyDataset


class Batches(st.utils.PyDataset):
    """Notes which batches are asked for and when epochs begin and end."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.calls: list[Any] = []

    def __len__(self) -> int:
        return len(BATCHES)

    def __getitem__(self, index: int) -> Any:
        self.calls.append(index)
        return BATCHES[index]

    def on_epoch_begin(self) -> None:
        self.calls.append("begin")

    def on_epoch_end(self) -> None:
        self.calls.append("end")


@pytest.mark.parametrize("workers", [1, 3])
def test_batches_by_number_train_as_arrays_do(workers: int) -> None:
    assert losses(Batches(workers=workers), epochs=2) == EXPECTED


def test_epochs_are_reported_to_what_gives_the_batches() -> None:
    source = Batches()
    losses(source, epochs=2)
    assert source.calls == ["begin", 0, 1, 2, "end"] * 2


def test_each_epoch_has_an_order_of_its_own_which_the_seed_fixes() -> None:
    orders = []
    for _ in range(2):
        source = Batches()
        linear().fit(source, epochs=6, seed=5, verbose=0)
        orders.append([call for call in source.calls if isinstance(call, int)])
    epochs = [tuple(orders[0][i : i + 3]) for i in range(0, 18, 3)]
    assert orders[0] == orders[1] and all(sorted(epoch) == [0, 1, 2] for epoch in epochs)
    assert len(set(epochs)) > 1


def test_batches_by_number_are_evaluated_and_predicted_in_order() -> None:
    model, source = linear(), Batches()
    assert model.evaluate(source, verbose=0) == model.evaluate(X + 1, Y, batch_size=8, verbose=0)
    assert np.array_equal(model.predict(source, verbose=0), model.predict(X + 1, verbose=0))
    assert source.calls == ["begin", 0, 1, 2, "end"] * 2


def test_the_bar_knows_how_many_batches_there_are() -> None:
    seen: list[Any] = []

    class Total(st.callbacks.Callback):
        def on_train_begin(self, logs: Any = None) -> None:
            seen.append(self.params["steps"])

    linear().fit(Batches(), callbacks=[Total()], verbose=0)
    assert seen == [3] and Batches().num_batches == 3


def test_a_user_defined_constructor_need_not_call_the_base() -> None:
    class Bare(st.utils.Sequence):
        shape = take = None  # names that arrays have too

        def __init__(self) -> None:
            pass

        def __len__(self) -> int:
            return 3

        def __getitem__(self, index: int) -> Any:
            return BATCHES[index]

    assert losses(Bare(), epochs=2) == EXPECTED


def test_what_is_missing_or_wrong_is_reported() -> None:
    class Lacking(st.utils.PyDataset):
        pass

    with pytest.raises(NotImplementedError, match="Lacking: say how many batches"):
        losses(Lacking())
    with pytest.raises(st.errors.ArgumentError, match="workers: a whole number from 1"):
        Batches(workers=0)
    with pytest.raises(st.errors.ArgumentError, match=r"made on threads.*workers="):
        Batches(use_multiprocessing=True)
    with pytest.raises(st.errors.ArgumentError, match="must come with the batches"):
        linear().fit(Batches(), Y, verbose=0)


def test_single_rows_of_a_stream_are_distinguished_from_batches():
    with pytest.raises(ShapeError, match=r"batch 1: y is a single value, .*: add \.batch\(32\)"):
        losses(st.data.Dataset.from_generator(lambda: zip(X, Y, strict=True)))


def test_a_weight_of_none_is_no_weight():
    weighed = [(x, y, None) for x, y in BATCHES]
    assert losses(weighed) == losses(BATCHES)
