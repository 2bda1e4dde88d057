"""Batches by number: what one's own class offers, walked in an order, on threads if asked for.

Leans on the threads of data.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from steepest.arguments import whole
from steepest.data.stages.threads_ahead import side_by_side
from steepest.engines.orders import epoch_order
from steepest.errors import ArgumentError


class PyDataset:
    """The base of data sets of one's own that give batches by number: `__len__`, `__getitem__`.

    `fit` draws an order of the batches for each epoch, unless `shuffle=False`, and calls
    `on_epoch_begin` and `on_epoch_end` around it. With `workers` above 1 so many batches are made
    at a time, on threads: `__getitem__` must bear that.

    >>> class Squares(PyDataset):
    ...     def __len__(self):
    ...         return 3
    ...     def __getitem__(self, index):
    ...         x = np.full((4, 1), index, "float32")
    ...         return x, x**2
    >>> model = st.Sequential([st.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> len(model.fit(Squares(), epochs=2, verbose=0).history["loss"])
    2
    """

    workers = 1  # of a subclass whose constructor does not call this one's

    def __init__(
        self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10
    ) -> None:
        self.workers = whole(f"{type(self).__name__}: workers", workers, 1)
        self.max_queue_size = whole(f"{type(self).__name__}: max_queue_size", max_queue_size, 1)
        if use_multiprocessing:
            raise ArgumentError(
                f"{type(self).__name__}: use_multiprocessing: batches are made on threads; leave "
                "it out and say how many by workers="
            )

    def __len__(self) -> int:
        raise NotImplementedError(
            f"{type(self).__name__}: say how many batches there are: def __len__(self)"
        )

    def __getitem__(self, index: int) -> Any:
        raise NotImplementedError(
            f"{type(self).__name__}: give the batch of a number: def __getitem__(self, index)"
        )

    @property
    def num_batches(self) -> int:
        """How many batches an epoch has."""
        return len(self)

    def on_epoch_begin(self) -> None:
        """Before the first batch of an epoch."""

    def on_epoch_end(self) -> None:
        """After the last batch of an epoch."""


class Numbered:
    """The batches of such a data set, epoch after epoch, each in an order of its own.

    >>> class Two(PyDataset):
    ...     __len__ = lambda self: 2
    ...     __getitem__ = lambda self, index: index
    >>> list(Numbered(Two(), shuffle=False, seed=0))
    [0, 1]
    """

    def __init__(self, source: PyDataset, shuffle: bool, seed: int) -> None:
        self.source, self.shuffle, self.seed = source, shuffle, seed
        self._epochs = 0

    def cardinality(self) -> int:
        """How many batches an epoch has."""
        return len(self.source)

    def __iter__(self) -> Iterator[Any]:
        source, count = self.source, len(self.source)
        epoch, self._epochs = self._epochs, self._epochs + 1
        order = epoch_order(self.seed, epoch, count).tolist() if self.shuffle else range(count)
        source.on_epoch_begin()
        if source.workers > 1:
            yield from side_by_side(source.__getitem__, order, source.workers)
        else:
            yield from map(source.__getitem__, order)
        source.on_epoch_end()
