"""Dataset constructors: arrays, generators, files. Each makes a pipeline of one stage.

Depends on the sources.
"""

from __future__ import annotations

import functools
import glob
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from steepest.arguments import suggests_arguments_of_methods, whole
from steepest.core.dtype import DTypeLike, as_dtype
from steepest.data.arguments import path_of, seed_or_drawn
from steepest.data.stages import sources
from steepest.data.stages.signatures import signature_of
from steepest.engines.orders import epoch_order
from steepest.errors import ArgumentError, DataError
from steepest.functions.generators import fresh_seed

if TYPE_CHECKING:
    from steepest.data.stages.base import Stage


@suggests_arguments_of_methods
class Constructors:
    """Class methods that make a data set; the class they are called on takes a stage."""

    if TYPE_CHECKING:

        def __init__(self, stage: Stage) -> None: ...

    @classmethod
    def from_tensor_slices(cls, tensors: Any) -> Self:
        """The rows of an array, of several in a tuple, or of several by name in a dictionary.

        Arrays are read in place. Lists of unequal length and texts stay Python objects.

        >>> [x.item() for x in st.data.Dataset.from_tensor_slices([1, 2, 3])]
        [1, 2, 3]
        """
        return cls(sources.Columns(tensors))

    @classmethod
    def from_tensors(cls, tensors: Any) -> Self:
        """A data set of one element.

        >>> next(iter(st.data.Dataset.from_tensors([1, 2, 3]))).shape
        (3,)
        """
        return cls(sources.Single(tensors))

    @classmethod
    def from_generator(
        cls,
        generator: Callable[..., Any],
        output_types: Any = None,
        output_shapes: Any = None,
        args: Sequence[Any] | None = None,
        output_signature: Any = None,
    ) -> Self:
        """The elements of the iterator `generator(*args)`, which runs on a background thread.

        `output_signature`, a nest of TensorSpec, describes an element: dtypes are converted, shapes
        checked. Instead, `output_types` and `output_shapes` can be given, two nests of one form;
        None is an unknown size, or an unknown shape.

        >>> def counted(end):
        ...     yield from range(end)
        >>> signature = st.TensorSpec((), "float32")
        >>> numbers = st.data.Dataset.from_generator(
        ...     counted, args=(2,), output_signature=signature
        ... )
        >>> [x.item() for x in numbers]
        [0.0, 1.0]
        >>> numbers = st.data.Dataset.from_generator(lambda: iter([1, 2]), st.float32)
        >>> [x.item() for x in numbers]
        [1.0, 2.0]
        """
        signature = signature_of(output_types, output_shapes, output_signature)
        if args is not None and not isinstance(args, (tuple, list)):
            raise ArgumentError(f"from_generator: args: a tuple was expected, got {args!r}")
        function = functools.partial(generator, *args) if args else generator
        return cls(sources.Generator(function, signature))

    @classmethod
    def from_source(
        cls,
        source: Any,
        label: str | None = None,
        features: Sequence[str] | None = None,
        rows_per_chunk: int | None = None,
    ) -> Self:
        """The rows of a reader of `st.data.files`, some at a time, never all in memory.

        Contiguous arrays in .npy, uncompressed .npz or HDF5 files are mapped: `shuffle`,
        `take` and `split` then choose row numbers, and `fit` reads the rows in place.

        Without a label, elements are dictionaries of columns; with one they are (features, label),
        where several number columns become one vector of float32.

        >>> import tempfile, pathlib
        >>> from steepest.data.files import DelimitedFile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "xor.csv"
        >>> _ = path.write_text("a,b,y\\n0,0,0\\n0,1,1\\n")
        >>> x, y = next(iter(st.data.Dataset.from_source(DelimitedFile(path), label="y").batch(2)))
        >>> x.tolist(), y.tolist()
        ([[0.0, 0.0], [0.0, 1.0]], [0, 1])
        """
        chunks = sources.Chunks(source, label, features, rows_per_chunk)
        return cls(sources.rows_of_file(chunks))

    @classmethod
    def from_file(
        cls,
        path: str | os.PathLike[str],
        label: str | None = None,
        features: Sequence[str] | None = None,
        **options: Any,
    ) -> Self:
        """The rows of a file, by its suffix: CSV, TSV, Parquet, .npy, .npz, HDF5, IDX.

        A folder must have one sub-folder for each class, with its pictures or texts. `options` are
        those of the reader; see `from_source` for the rest.

        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "xor.csv"
        >>> _ = path.write_text("a,b,y\\n0,0,0\\n0,1,1\\n")
        >>> next(iter(st.data.Dataset.from_file(path)))["y"].item()
        0
        """
        from steepest.data.files import open_source

        return cls.from_source(
            open_source(path_of("Dataset.from_file", path), **options), label, features
        )

    @classmethod
    def list_files(
        cls,
        file_pattern: str | os.PathLike[str],
        shuffle: bool | None = None,
        seed: int | None = None,
    ) -> Self:
        """The paths that match a pattern with `*` and `?`, sorted; shuffled if a seed is given.

        TensorFlow shuffles them without being asked; here `shuffle=True` or a seed does.

        >>> st.data.Dataset.list_files("no-such-*.csv")
        Traceback (most recent call last):
        ...
        steepest.errors.DataError: Dataset.list_files: no file matches 'no-such-*.csv'
        """
        pattern = path_of("Dataset.list_files", file_pattern)
        found = sorted(glob.glob(pattern))
        if not found:
            raise DataError(f"Dataset.list_files: no file matches {pattern!r}")
        if shuffle or (shuffle is None and seed is not None):
            order = epoch_order(fresh_seed() if seed is None else seed, 0, len(found))
            found = [found[place] for place in order]
        return cls(sources.Columns(found))

    @classmethod
    def range(cls, *args: int, output_type: DTypeLike = "int64") -> Self:
        """Integers, with the arguments of Python's `range`.

        >>> [x.item() for x in st.data.Dataset.range(2, 5)]
        [2, 3, 4]
        """
        numbers = range(*(whole("Dataset.range", number) for number in args))
        bounds = numbers.start, numbers.stop, numbers.step
        return cls(sources.Columns(np.arange(*bounds, dtype=as_dtype(output_type))))

    @classmethod
    def counter(cls, start: float = 0, step: float = 1, dtype: DTypeLike = "int64") -> Self:
        """Numbers without end, beginning at `start`.

        >>> [x.item() for x in st.data.Dataset.counter(start=3, step=2).take(3)]
        [3, 5, 7]
        """
        return cls(sources.Numbers(start, step, as_dtype(dtype)))

    @classmethod
    def random(
        cls, seed: int | None = None, rerandomize_each_iteration: bool | None = None
    ) -> Self:
        """Random whole numbers from 0 to 2**32 - 1 without end, the same in each iteration.

        With `rerandomize_each_iteration=True` each iteration has others.

        >>> numbers = st.data.Dataset.random(seed=1).take(2)
        >>> [x.item() for x in numbers] == [x.item() for x in numbers]
        True
        """
        return cls(sources.RandomNumbers(seed_or_drawn(seed), bool(rerandomize_each_iteration)))
