"""PyDataset: batches by number from a user's class, on threads if asked for.

Depends on stages/threads_ahead.py and engines/orders.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from steepest.arguments import whole
from steepest.data.stages.threads_ahead import side_by_side
from steepest.engines.orders import epoch_order
from steepest.errors import ArgumentError


class PyDataset:
    """The base of user-defined data sets that return batches by number: `__len__`, `__getitem__`.

    `fit` shuffles the batches in each epoch, unless `shuffle=False`, and calls `on_epoch_begin`
    and `on_epoch_end` around it. With `workers` above 1, `__getitem__` is called on that many
    threads at once.

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

    workers = 1  # for a subclass whose constructor does not call this one

    def __init__(
        self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10
    ) -> None:
        self.workers = whole(f"{type(self).__name__}: workers", workers, 1)
        self.max_queue_size = whole(f"{type(self).__name__}: max_queue_size", max_queue_size, 1)
        if use_multiprocessing:
            raise ArgumentError(
                f"{type(self).__name__}: use_multiprocessing: batches are made on threads; leave "
                "it out and pass workers="
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
        """The number of batches of an epoch."""
        return len(self)

    def on_epoch_begin(self) -> None:
        """Called before the first batch of an epoch."""

    def on_epoch_end(self) -> None:
        """Called after the last batch of an epoch."""


class PyDatasetEpochs:
    """The batches of a PyDataset; each iteration is an epoch, with a new order if `shuffle`.

    >>> class Two(PyDataset):
    ...     __len__ = lambda self: 2
    ...     __getitem__ = lambda self, index: index
    >>> list(PyDatasetEpochs(Two(), shuffle=False, seed=0))
    [0, 1]
    """

    def __init__(self, source: PyDataset, shuffle: bool, seed: int) -> None:
        self.source, self.shuffle, self.seed = source, shuffle, seed
        self._epochs = 0

    def cardinality(self) -> int:
        """The number of batches of an epoch."""
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
