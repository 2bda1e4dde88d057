"""PyDataset: its methods, its epochs and their order."""

from __future__ import annotations

from typing import Any

import pytest

from steepest.data.py_dataset import PyDataset, PyDatasetEpochs
from steepest.errors import ArgumentError


class Numbers(PyDataset):
    """Six batches, with a list of what was called."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.called: list[Any] = []

    def __len__(self) -> int:
        return 6

    def __getitem__(self, index: int) -> int:
        self.called.append(index)
        return index

    def on_epoch_begin(self) -> None:
        self.called.append("begin")

    def on_epoch_end(self) -> None:
        self.called.append("end")


def test_an_epoch_is_begun_and_ended() -> None:
    data = Numbers()
    assert data.num_batches == PyDatasetEpochs(data, shuffle=False, seed=0).cardinality() == 6
    assert list(PyDatasetEpochs(data, shuffle=False, seed=0)) == list(range(6))
    assert data.called == ["begin", *range(6), "end"]


@pytest.mark.parametrize("workers", [1, 2])
def test_each_epoch_has_its_own_order(workers: int) -> None:
    epochs = PyDatasetEpochs(Numbers(workers=workers), shuffle=True, seed=0)
    first, second, third = list(epochs), list(epochs), list(epochs)
    assert sorted(first) == sorted(second) == sorted(third) == list(range(6))
    assert len({tuple(first), tuple(second), tuple(third)}) > 1
    again = PyDatasetEpochs(Numbers(), shuffle=True, seed=0)
    assert (list(again), list(again)) == (first, second)


def test_what_a_subclass_must_define_and_what_is_refused() -> None:
    with pytest.raises(NotImplementedError, match="PyDataset: say how many batches there are"):
        len(PyDataset())
    with pytest.raises(NotImplementedError, match="PyDataset: give the batch of a number"):
        PyDataset()[0]
    with pytest.raises(ArgumentError, match="use_multiprocessing: batches are made on threads"):
        Numbers(use_multiprocessing=True)
    for name in ("workers", "max_queue_size"):
        with pytest.raises(ArgumentError, match=f"Numbers: {name}: .*got 0"):
            Numbers(**{name: 0})
        assert getattr(Numbers(**{name: 1}), name) == 1
    assert (Numbers().workers, Numbers().max_queue_size) == (1, 10)
