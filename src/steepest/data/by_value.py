"""Methods of Dataset in which the values of elements decide: groups, buckets, choices, states.

Depends on the stages and on the classes of iteration.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from steepest.arguments import as_tuple, is_whole, whole
from steepest.core import tree
from steepest.core.tensor import Tensor
from steepest.data.arguments import seed_or_drawn
from steepest.data.iteration import Elements
from steepest.data.stages import base, batching, blocks, by_value
from steepest.data.stages.vectorize import call
from steepest.errors import ArgumentError, DataError


class ByValue(Elements):
    """The methods; the class they are called on takes a stage."""

    def scan(self, initial_state: Any, scan_func: Callable[[Any, Any], Any]) -> Self:
        """The results of `scan_func(state, element)`, which returns the next state and a result.

        >>> sums = st.data.Dataset.range(5).scan(np.int64(0), lambda total, x: (total + x, total))
        >>> [x.item() for x in sums]
        [0, 0, 1, 3, 6]
        """
        return type(self)(by_value.Scan(self._stage, initial_state, scan_func))

    def unique(self) -> Self:
        """The elements without repetitions. All different ones are stored in memory.

        >>> [x.item() for x in st.data.Dataset.from_tensor_slices([1, 37, 2, 37, 1]).unique()]
        [1, 37, 2]
        """
        return type(self)(by_value.Unique(self._stage))

    def get_single_element(self) -> Any:
        """The element of a data set that has one.

        >>> st.data.Dataset.range(3).batch(3).get_single_element().tolist()
        [0, 1, 2]
        """
        found = [element for element, _ in zip(self, range(2), strict=False)]
        if len(found) != 1:
            count = "none" if not found else "more"
            raise DataError(f"Dataset.get_single_element: one element was expected, got {count}")
        return found[0]

    def group_by_window(
        self,
        key_func: Callable[..., Any],
        reduce_func: Callable[[Any, Any], Any],
        window_size: int | None = None,
        window_size_func: Callable[[Any], Any] | None = None,
    ) -> Self:
        """Collects `window_size` elements of one key, and joins what a function makes of them.

        `key_func(element)` is a whole number, `reduce_func(key, group)` takes the group as a data
        set and returns one. Groups that are not full at the end come last, by ascending key.

        >>> groups = st.data.Dataset.range(6).group_by_window(
        ...     lambda x: x % 2, lambda key, group: group.batch(3), window_size=3
        ... )
        >>> [x.tolist() for x in groups]
        [[0, 2, 4], [1, 3, 5]]
        """
        if (window_size is None) == (window_size_func is None):
            raise ArgumentError(
                "Dataset.group_by_window: give window_size= or window_size_func=, not both"
            )
        name = "Dataset.group_by_window: window_size"
        if window_size_func is None:
            count = whole(name, window_size, 1)
            size_of = lambda key: count  # noqa: E731
        else:
            of_key = window_size_func
            size_of = lambda key: whole(name, of_key(_number(key)), 1)  # noqa: E731

        def stage_of(key: int, group: base.Stage) -> base.Stage:
            made = reduce_func(_number(key), type(self)(group))
            if not isinstance(made, Elements):
                raise ArgumentError(
                    "Dataset.group_by_window: reduce_func must return a Dataset, it returned "
                    f"{type(made).__name__}"
                )
            return made._stage

        key_of = _whole_of("Dataset.group_by_window: key_func", key_func)
        return type(self)(by_value.GroupByWindow(self._stage, key_of, size_of, stage_of))

    def bucket_by_sequence_length(
        self,
        element_length_func: Callable[..., Any],
        bucket_boundaries: Sequence[int],
        bucket_batch_sizes: Sequence[int],
        padded_shapes: Any = None,
        padding_values: Any = None,
        pad_to_bucket_boundary: bool = False,
        no_padding: bool = False,
        drop_remainder: bool = False,
    ) -> Self:
        """Batches of elements of similar length, padded as `padded_batch` does.

        Boundaries [3, 5] make three buckets: lengths below 3, of 3 and 4, and from 5. Each has its
        size in `bucket_batch_sizes`. `pad_to_bucket_boundary` pads to one less than the upper
        boundary, and takes no elements of the last bucket.

        >>> rows = st.data.Dataset.from_generator(lambda: iter([[1], [2, 3, 4], [5, 6]]))
        >>> buckets = rows.bucket_by_sequence_length(len, [3], [2, 1])
        >>> [x.tolist() for x in buckets]
        [[[2, 3, 4]], [[1, 0], [5, 6]]]
        """
        where = "Dataset.bucket_by_sequence_length"
        bounds = [whole(f"{where}: bucket_boundaries", bound, 1) for bound in bucket_boundaries]
        sizes = [whole(f"{where}: bucket_batch_sizes", size, 1) for size in bucket_batch_sizes]
        if len(sizes) != len(bounds) + 1 or bounds != sorted(set(bounds)):
            raise ArgumentError(
                f"{where}: ascending boundaries and one batch size more than boundaries were "
                f"expected, got {bucket_boundaries} and {bucket_batch_sizes}"
            )
        length_of = _whole_of(f"{where}: element_length_func", element_length_func)

        def stage_of(bucket: int, group: base.Stage) -> base.Stage:
            if no_padding:
                return batching.Batch(group, sizes[bucket], drop_remainder)
            shapes = padded_shapes
            if pad_to_bucket_boundary:
                if bucket == len(bounds):
                    raise DataError(
                        f"{where}: an element is as long as the last boundary, {bounds[-1]}, or "
                        "longer, so that pad_to_bucket_boundary=True knows no length for it; add a "
                        "boundary"
                    )
                shapes = _filled_shapes(group, padded_shapes, bounds[bucket] - 1)
            return batching.PaddedBatch(
                group, sizes[bucket], drop_remainder, padding_values, shapes
            )

        stage = by_value.GroupByWindow(
            self._stage,
            lambda element: int(np.searchsorted(bounds, length_of(element), "right")),
            sizes.__getitem__,
            stage_of,
        )
        return type(self)(stage)

    def rejection_resample(
        self,
        class_func: Callable[..., Any],
        target_dist: Sequence[float],
        initial_dist: Sequence[float] | None = None,
        seed: int | None = None,
    ) -> Self:
        """Pairs (class, element), leaving out some so that the classes have the given shares.

        `class_func(element)` is a whole number from 0. `initial_dist` are the shares of the
        classes in this data set; without it those of the elements read so far are used.

        >>> rows = st.data.Dataset.range(1000).map(lambda x: st.cast(x % 10 == 0, "int32"))
        >>> even = rows.rejection_resample(lambda label: label, [0.5, 0.5], [0.9, 0.1], seed=1)
        >>> labels = [label.item() for label, _ in even]
        >>> labels.count(1), 80 < labels.count(0) < 120
        (100, True)
        """
        wanted = np.asarray(target_dist, float)
        found = wanted if initial_dist is None else np.asarray(initial_dist, float)
        for name, shares in (("target_dist", wanted), ("initial_dist", found)):
            if shares.shape != wanted.shape or shares.ndim != 1 or not (shares >= 0).all():
                raise ArgumentError(
                    f"Dataset.rejection_resample: {name}: one share, 0 or more, for each class was "
                    f"expected, got {shares.tolist()}"
                )
        if initial_dist is not None and ((found == 0) & (wanted > 0)).any():
            raise ArgumentError(
                "Dataset.rejection_resample: a class of target_dist has no share in initial_dist"
            )
        stage = by_value.Resampled(
            self._stage, class_func, target_dist, initial_dist, seed_or_drawn(seed)
        )
        return type(self)(stage)

    @staticmethod
    def choose_from_datasets(
        datasets: Sequence[Any], choice_dataset: Any, stop_on_empty_dataset: bool = True
    ) -> Any:
        """Elements of several data sets, each from the one whose number comes next in another.

        It ends where the chosen data set has ended; without `stop_on_empty_dataset` that choice is
        left out.

        >>> a, b = st.data.Dataset.range(3), st.data.Dataset.range(7, 9)
        >>> choice = st.data.Dataset.from_tensor_slices([0, 1, 1])
        >>> [x.item() for x in st.data.Dataset.choose_from_datasets([a, b], choice)]
        [0, 7, 8]
        """
        given = [*datasets, choice_dataset]
        if len(given) < 2 or not all(isinstance(part, Elements) for part in given):
            raise ArgumentError("Dataset.choose_from_datasets: data sets were expected")
        sources = [part._stage for part in datasets]
        stage = by_value.Chosen(sources, choice_dataset._stage, stop_on_empty_dataset)
        return type(choice_dataset)(stage)

    if TYPE_CHECKING:

        def __init__(self, stage: base.Stage) -> None: ...


def _number(key: int) -> Tensor:
    return Tensor(np.asarray(key, np.int64))


def _whole_of(where: str, function: Callable[..., Any]) -> Callable[[Any], int]:
    """A function of an element whose result must be a whole number."""

    def number(element: Any) -> int:
        found = call(function, blocks.tensors(element))
        if not is_whole(found):
            raise DataError(f"{where}: a whole number was expected, it returned {str(found)[:60]}")
        return int(found)

    return number


def _filled_shapes(group: base.Stage, shapes: Any, length: int) -> Any:
    """Shapes to pad to, in which unknown sizes are `length`.

    Without `shapes` they are those of the spec; without a spec the first size is unknown.
    """
    first = next(blocks.rows(next(group.run(0))))
    specs = [None] * len(tree.leaves(first)) if group.spec is None else tree.leaves(group.spec)
    filled = []
    for leaf, spec, shape in zip(
        tree.leaves(first), specs, batching.per_leaf(first, shapes), strict=True
    ):
        known = [None, *np.shape(leaf)[1:]][: np.ndim(leaf)] if spec is None else spec.shape
        sizes = known if shape is None else as_tuple(shape)
        filled.append([length if size in (None, -1) else size for size in sizes])
    return tree.rebuild(first, iter(filled))
