"""Dataset: a lazy pipeline of elements that can be iterated any number of times.

Each transformation adds a stage. Depends on the stages, constructors.py and iteration.py.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from steepest.arguments import require_function, suggests_arguments_of_methods, whole
from steepest.core import tree
from steepest.data.arguments import path_of, seed_or_drawn
from steepest.data.by_value import ByValue
from steepest.data.constructors import Constructors
from steepest.data.options import Options
from steepest.data.stages import base, batching, buffering, joining, mapping, nested, order
from steepest.data.stages.threads_ahead import AUTOTUNE, DEPTH, threads_asked_for
from steepest.errors import ArgumentError

INFINITE_CARDINALITY = base.INFINITE
UNKNOWN_CARDINALITY = base.UNKNOWN
CYCLE_LENGTH = 16  # of interleave; on every machine, so that the order is the same


@suggests_arguments_of_methods
class Dataset(ByValue, Constructors):
    """A pipeline of elements: numbers, tuples or dictionaries of tensors.

    Constructors (`from_tensor_slices`, `from_generator`, `from_file`, ...) begin a pipeline, the
    methods below add stages, and iteration runs them; nothing is computed before. `model.fit`
    trains on a data set of batches. A pipeline over arrays whose functions can be recorded runs
    without Python between two batches.

    >>> dataset = Dataset.from_tensor_slices(([[1.0], [2.0], [3.0]], [0, 1, 0])).batch(2)
    >>> for x, y in dataset:
    ...     print(x.tolist(), y.tolist())
    [[1.0], [2.0]] [0, 1]
    [[3.0]] [0]
    """

    # ------------------------------------------------------------ functions of elements

    def map(
        self,
        map_func: Callable[..., Any],
        num_parallel_calls: int | None = None,
        deterministic: bool | None = None,
    ) -> Dataset:
        """Applies a function to each element; the parts of a tuple are its arguments.

        A function of tensor operations is recorded once and becomes part of the training step.
        Any other runs in Python, on `num_parallel_calls` threads (AUTOTUNE: one for each core),
        in the order of the elements whatever `deterministic` is. An error names the element.

        >>> dataset = Dataset.from_tensor_slices([1.0, 2.0]).map(lambda x: x * 10.0)
        >>> [x.item() for x in dataset]
        [10.0, 20.0]
        """
        require_function("Dataset.map", map_func)
        workers = threads_asked_for("Dataset.map", num_parallel_calls)
        return Dataset(mapping.Map(self._stage, map_func, workers))

    def filter(self, predicate: Callable[..., Any]) -> Dataset:
        """The elements for which a function is true.

        >>> [x.item() for x in Dataset.range(5).filter(lambda x: x % 2 == 1)]
        [1, 3]
        """
        require_function("Dataset.filter", predicate)
        return Dataset(mapping.Filter(self._stage, predicate))

    def take_while(self, predicate: Callable[..., Any]) -> Dataset:
        """The elements before the first for which a function is false.

        >>> [x.item() for x in Dataset.range(5).take_while(lambda x: x < 3)]
        [0, 1, 2]
        """
        require_function("Dataset.take_while", predicate)
        return Dataset(mapping.TakeWhile(self._stage, predicate))

    def flat_map(self, map_func: Callable[..., Any]) -> Dataset:
        """The elements of the data sets that a function returns, one data set after another.

        `Dataset.list_files("part-*.csv").flat_map(Dataset.from_file)` reads many files as one.

        >>> [x.item() for x in Dataset.range(3).flat_map(lambda n: Dataset.range(int(n)))]
        [0, 0, 1]
        """
        return Dataset(nested.FlatMap(self._stage, _stage_maker("flat_map", map_func)))

    def interleave(
        self,
        map_func: Callable[..., Any],
        cycle_length: int | None = None,
        block_length: int | None = None,
        num_parallel_calls: int | None = None,
        deterministic: bool | None = None,
    ) -> Dataset:
        """Like `flat_map`, with `block_length` elements (1) of each of several data sets in turn.

        `cycle_length` data sets (16) are open at a time; where one has ended, the next takes its
        place. With `num_parallel_calls`, each open data set is read by its own thread. The order
        is always the same, so `deterministic` has no effect.

        >>> turns = Dataset.range(2).interleave(lambda n: Dataset.from_tensors(n).repeat(3))
        >>> [x.item() for x in turns]
        [0, 1, 0, 1, 0, 1]
        """
        chosen = CYCLE_LENGTH if cycle_length in (None, AUTOTUNE) else cycle_length
        cycle = whole("Dataset.interleave: cycle_length", chosen, 1)
        length = whole(
            "Dataset.interleave: block_length", 1 if block_length is None else block_length, 1
        )
        on_threads = threads_asked_for("Dataset.interleave", num_parallel_calls) > 1
        stage_of = _stage_maker("interleave", map_func)
        return Dataset(nested.Interleave(self._stage, stage_of, cycle, length, on_threads))

    def apply(self, transformation_func: Callable[[Dataset], Dataset]) -> Dataset:
        """Calls a function with this data set, and returns its result: a named part of a pipeline.

        >>> [x.item() for x in Dataset.range(4).apply(lambda rows: rows.skip(2))]
        [2, 3]
        """
        return transformation_func(self)

    # ------------------------------------------------------------ order and number of elements

    def shuffle(
        self,
        buffer_size: int,
        seed: int | None = None,
        reshuffle_each_iteration: bool | None = None,
    ) -> Dataset:
        """Shuffles the elements by a buffer of `buffer_size` elements.

        With a buffer of all elements or more every order is equally likely; a smaller one bounds
        memory, and one of size 1 changes nothing. Every epoch has a new order, unless
        `reshuffle_each_iteration` is False.

        For data in memory, `take` and `skip` after it choose the same elements in every epoch, so
        that validation rows are never training rows. With `reshuffle_each_iteration=True` they
        choose others in every epoch, as in TensorFlow.

        >>> sorted(x.item() for x in Dataset.range(4).shuffle(4, seed=1))
        [0, 1, 2, 3]
        """
        count = whole("Dataset.shuffle: buffer_size", buffer_size, 1)
        each = reshuffle_each_iteration
        seed = seed_or_drawn(seed)
        return Dataset(order.Shuffle(self._stage, count, seed, each is not False, each is not True))

    def take(self, count: int) -> Dataset:
        """The first `count` elements (-1: all).

        >>> [x.item() for x in Dataset.range(5).take(2)]
        [0, 1]
        """
        number = whole("Dataset.take: count", count, -1)
        return Dataset(order.Part(self._stage, 0, None if number == -1 else number))

    def skip(self, count: int) -> Dataset:
        """All but the first `count` elements.

        >>> [x.item() for x in Dataset.range(5).skip(3)]
        [3, 4]
        """
        return Dataset(order.Part(self._stage, whole("Dataset.skip: count", count, 0), None))

    def shard(self, num_shards: int, index: int) -> Dataset:
        """Every `num_shards`-th element, beginning with number `index`.

        >>> [x.item() for x in Dataset.range(7).shard(3, 1)]
        [1, 4]
        """
        count = whole("Dataset.shard: num_shards", num_shards, 1)
        place = whole("Dataset.shard: index", index, 0)
        if place >= count:
            raise ArgumentError(f"Dataset.shard: index {place} is not in 0 to {count - 1}")
        return Dataset(order.Shard(self._stage, count, place))

    def split(self, shares: Sequence[float], seed: int | None = None) -> list[Dataset]:
        """Shuffles the rows once and divides them into parts of the given shares.

        >>> [len(part) for part in Dataset.range(10).split((0.8, 0.1, 0.1), seed=1)]
        [8, 1, 1]
        """
        from steepest.data.splitting.split import share_counts

        elements = self._stage.size()
        if elements < 0 or self._stage.plan is None:
            raise ArgumentError(
                "Dataset.split: the elements must be rows in memory; use take and skip on files"
            )
        shuffled = Dataset(order.Shuffle(self._stage, elements, seed_or_drawn(seed), False, True))
        starts = np.cumsum([0, *share_counts(elements, shares)]).tolist()
        return [
            Dataset(order.Part(shuffled._stage, start, stop))
            for start, stop in itertools.pairwise(starts)
        ]

    def repeat(self, count: int | None = None) -> Dataset:
        """Repeats all elements `count` times (None or -1: endlessly).

        >>> [x.item() for x in Dataset.range(2).repeat(2)]
        [0, 1, 0, 1]
        """
        if count is not None and whole("Dataset.repeat: count", count, -1) == -1:
            count = None
        return Dataset(order.Repeat(self._stage, count))

    def batch(
        self,
        batch_size: int,
        drop_remainder: bool = False,
        num_parallel_calls: int | None = None,
        deterministic: bool | None = None,
    ) -> Dataset:
        """Joins `batch_size` elements at a time along a new first axis.

        `num_parallel_calls` and `deterministic` have no effect: the order is always the same.

        >>> [x.tolist() for x in Dataset.range(3).batch(2)]
        [[0, 1], [2]]
        """
        size = whole("Dataset.batch: batch_size", batch_size, 1)
        return Dataset(batching.Batch(self._stage, size, drop_remainder))

    def padded_batch(
        self,
        batch_size: int,
        padded_shapes: Any = None,
        padding_values: Any = None,
        drop_remainder: bool = False,
    ) -> Dataset:
        """Joins `batch_size` elements at a time, each padded to the longest among them.

        `padded_shapes` gives the sizes to pad to (None or -1: the longest), `padding_values` the
        values to pad with (None: 0). For elements of several parts each is a nest of their form,
        or one for all.

        >>> next(iter(Dataset.from_tensor_slices([[1], [2, 3]]).padded_batch(2))).tolist()
        [[1, 0], [2, 3]]
        """
        size = whole("Dataset.padded_batch: batch_size", batch_size, 1)
        return Dataset(
            batching.PaddedBatch(self._stage, size, drop_remainder, padding_values, padded_shapes)
        )

    def window(
        self, size: int, shift: int | None = None, stride: int = 1, drop_remainder: bool = False
    ) -> Dataset:
        """Data sets of `size` consecutive elements, each beginning `shift` elements after the last.

        Without `shift` windows do not overlap. With `stride` n a window has every n-th element. The
        last windows are shorter, unless `drop_remainder`. A window of tuples or dictionaries is a
        tuple or dictionary of data sets. `flat_map` turns windows into rows:

        >>> windows = Dataset.range(5).window(3, shift=1, drop_remainder=True)
        >>> [x.tolist() for x in windows.flat_map(lambda window: window.batch(3))]
        [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
        """
        count = whole("Dataset.window: size", size, 1)
        step = count if shift is None else whole("Dataset.window: shift", shift, 1)
        every = whole("Dataset.window: stride", stride, 1)
        return Dataset(nested.Window(self._stage, count, step, every, drop_remainder, Dataset))

    def unbatch(self) -> Dataset:
        """The elements of batches one by one.

        >>> [x.item() for x in Dataset.range(3).batch(2).unbatch()]
        [0, 1, 2]
        """
        return Dataset(batching.Unbatch(self._stage))

    def rebatch(self, batch_size: int, drop_remainder: bool = False) -> Dataset:
        """Batches of another size.

        >>> [x.tolist() for x in Dataset.range(4).batch(3).rebatch(2)]
        [[0, 1], [2, 3]]
        """
        return self.unbatch().batch(batch_size, drop_remainder)

    # ------------------------------------------------------------ several data sets

    @staticmethod
    def zip(*args: Any, datasets: Any = None) -> Dataset:
        """Tuples of one element of each data set, until the shortest ends.

        Data sets are given one by one, or as a nest, whose form the elements then have.

        >>> [(a.item(), b.item()) for a, b in Dataset.zip(Dataset.range(2), Dataset.range(5, 9))]
        [(0, 5), (1, 6)]
        """
        given = args if datasets is None else (*args, datasets)
        nest = given[0] if len(given) == 1 else given
        if not all(isinstance(leaf, Dataset) for leaf in tree.leaves(nest)):
            raise ArgumentError("Dataset.zip: data sets were expected, one by one or in a nest")
        return Dataset(joining.Zip(tree.transform(lambda dataset: dataset._stage, nest)))

    def concatenate(self, dataset: Dataset) -> Dataset:
        """The elements of this data set, then those of another.

        >>> [x.item() for x in Dataset.range(2).concatenate(Dataset.range(1))]
        [0, 1, 0]
        """
        if not isinstance(dataset, Dataset):
            raise ArgumentError(f"Dataset.concatenate: a Dataset was expected, got {dataset!r:.60}")
        return Dataset(joining.Concatenate([self._stage, dataset._stage]))

    def enumerate(self, start: int = 0) -> Dataset:
        """Each element with its number.

        >>> [(n.item(), x.item()) for n, x in Dataset.range(5, 7).enumerate()]
        [(0, 5), (1, 6)]
        """
        return Dataset(mapping.Enumerate(self._stage, start))

    @staticmethod
    def sample_from_datasets(
        datasets: Sequence[Dataset],
        weights: Sequence[float] | None = None,
        seed: int | None = None,
        stop_on_empty_dataset: bool = False,
    ) -> Dataset:
        """Elements of several data sets, each from one that is drawn at random by weight.

        `[rare.repeat(), common]` oversamples rare classes. A data set that has ended is left out,
        or ends the result with `stop_on_empty_dataset`.

        >>> both = Dataset.sample_from_datasets([Dataset.range(2), Dataset.range(5, 7)], seed=1)
        >>> sorted(x.item() for x in both)
        [0, 1, 5, 6]
        """
        shares = [1.0] * len(datasets) if weights is None else list(weights)
        if not datasets or len(shares) != len(datasets) or min(shares) < 0 or not sum(shares) > 0:
            raise ArgumentError(
                "Dataset.sample_from_datasets: one weight, 0 or more, for each of "
                f"{len(datasets)} data sets was expected, got {weights}"
            )
        sources = [part._stage for part in datasets]
        return Dataset(joining.Mixed(sources, shares, seed_or_drawn(seed), stop_on_empty_dataset))

    def with_options(self, options: Options) -> Dataset:
        """The same data set: no option changes its elements or their order.

        >>> len(Dataset.range(3).with_options(st.data.Options()))
        3
        """
        if not isinstance(options, Options):
            raise ArgumentError(
                f"Dataset.with_options: st.data.Options() was expected, got {options!r:.60}"
            )
        return Dataset(self._stage)

    # ------------------------------------------------------------ cache and prefetch

    def cache(self, filename: str | os.PathLike[str] = "") -> Dataset:
        """Caches the elements of the first whole epoch, in its order, in memory or in a folder.

        Later runs read the folder too: delete it when the stages before the cache change.

        >>> [x.item() for x in Dataset.range(2).cache()]
        [0, 1]
        """
        folder = path_of("Dataset.cache", filename)
        if not folder:
            return Dataset(buffering.Cache(self._stage))
        from steepest.data.stages.file_cache import FileCache

        return Dataset(FileCache(self._stage, folder))

    def prefetch(self, buffer_size: int) -> Dataset:
        """Prepares `buffer_size` elements in advance on a background thread.

        >>> [x.item() for x in Dataset.range(2).prefetch(AUTOTUNE)]
        [0, 1]
        """
        size = whole("Dataset.prefetch: buffer_size", buffer_size, -1)
        return Dataset(buffering.Prefetch(self._stage, DEPTH if size == AUTOTUNE else size))


def _stage_maker(method: str, function: Callable[..., Any]) -> Callable[..., base.Stage]:
    """Wraps a function that returns data sets as one that returns their stages."""
    require_function(f"Dataset.{method}", function)

    def stage_of(*element: Any) -> base.Stage:
        made = function(*element)
        if not isinstance(made, Dataset):
            raise ArgumentError(
                f"Dataset.{method}: the function must return a Dataset, it returned "
                f"{type(made).__name__}"
            )
        return made._stage

    return stage_of
