"""The errors that steepest raises, and suggestions for misspelt names.

Each error is also a subclass of the built-in error that fits it.
"""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.machinery import PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from steepest.finding import Finding

__all__ = [
    "SteepestError",
    "ShapeError",
    "UnknownSizeError",
    "DTypeError",
    "DataError",
    "ArgumentError",
    "UnknownNameError",
    "TraceError",
    "TapeError",
    "NumericalError",
    "TrainingDiverged",
    "TrainingWarning",
    "UnseenWarning",
    "NotEnoughMemory",
    "EngineUnavailable",
    "MissingExtra",
]


class SteepestError(Exception):
    """The base class of all errors raised by steepest.

    `finding` is the finding that caused it, if there is one: see `st.diagnosis`.

    >>> issubclass(ShapeError, SteepestError) and issubclass(ShapeError, ValueError)
    True
    """

    finding: Finding | None = None


class ShapeError(SteepestError, ValueError):
    """Arrays whose shapes do not fit each other or the operation."""


class UnknownSizeError(ShapeError):
    """A program for batches of any size needs a size that only one batch has."""


class DTypeError(SteepestError, TypeError):
    """A dtype that the operation does not take."""


class DataError(SteepestError, ValueError):
    """A file or a table with invalid content: says where, and what was expected."""


class ArgumentError(SteepestError, ValueError):
    """An argument with an invalid value: says which, what was given, what is allowed."""


class UnknownNameError(SteepestError, ValueError):
    """An unknown name: says which known names are similar."""


class TraceError(SteepestError, TypeError):
    """Python needed the value of a tensor that a program has yet to compute."""


class TapeError(SteepestError, RuntimeError):
    """A tape that has given its derivatives was asked for more."""


class NumericalError(SteepestError, ArithmeticError):
    """A computation gave NaN or infinity: says where, and the likely cause."""


class TrainingDiverged(NumericalError):
    """The loss became NaN or infinite. Weights are those before the failed step."""


class TrainingWarning(UserWarning):
    """Something about the data or the settings is probably not intended.

    `finding` is the finding that caused it, as a value: see `st.diagnosis`.

    >>> issubclass(TrainingWarning, UserWarning)
    True
    """

    finding: Finding | None = None


class UnseenWarning(UserWarning):
    """Data differ from the training set: another scale, or a new category.

    `finding` is the finding that caused it, as a value: see `st.diagnosis`.

    >>> issubclass(UnseenWarning, UserWarning)
    True
    """


class NotEnoughMemory(SteepestError, MemoryError):
    """More memory is needed than the machine has: says how much, and for what."""


class EngineUnavailable(SteepestError, RuntimeError):
    """The requested engine cannot run here: says what is missing."""


class MissingExtra(SteepestError, ImportError):
    """An optional package is needed: gives the command that installs it."""


@contextmanager
def noted(note: str) -> Iterator[None]:
    """Adds a note to an error of steepest that leaves the `with` block.

    >>> try:
    ...     with noted("in the validation data"):
    ...         raise ShapeError("x has no columns")
    ... except ShapeError as error:
    ...     error.__notes__
    ['in the validation data']
    """
    try:
        yield
    except SteepestError as error:
        error.add_note(note)
        raise


@contextmanager
def concerning(subject: str) -> Iterator[None]:
    """Puts a subject before the message of an error of steepest that leaves the `with` block.

    >>> try:
    ...     with concerning("validation data"):
    ...         raise ShapeError("x has no columns")
    ... except ShapeError as error:
    ...     print(error)
    validation data: x has no columns
    """
    try:
        yield
    except SteepestError as error:
        if subject.partition(" ")[0] not in str(error):
            error.args = (f"{subject}: {error}", *error.args[1:])
        raise


_HOME = os.path.dirname(os.path.abspath(__file__)) + os.sep


_held_back: ContextVar[list[str | Warning] | None] = ContextVar("_held_back", default=None)


def hold_back_cautions(held_back: list[str | Warning]) -> None:
    """Adds what `caution` is given in this context to a list, from which another thread warns.

    A thread that works for another has no line of the user's program that a warning could name.

    >>> import contextvars
    >>> held_back, job = [], contextvars.copy_context()
    >>> job.run(hold_back_cautions, held_back); job.run(caution, "columns differ in scale")
    >>> held_back
    ['columns differ in scale']
    """
    _held_back.set(held_back)


@contextmanager
def cautions_held_back() -> Iterator[list[str | Warning]]:
    """Adds what `caution` is given within a `with` block to a list, and warns of none of it.

    >>> with cautions_held_back() as held_back:
    ...     caution("columns differ in scale")
    >>> held_back
    ['columns differ in scale']
    """
    held_back: list[str | Warning] = []
    token = _held_back.set(held_back)
    try:
        yield held_back
    finally:
        _held_back.reset(token)


def caution(message: str | Warning) -> None:
    """Warns of a probable mistake, at the innermost line outside of steepest.

    A string becomes a `TrainingWarning`.

    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     caution("columns differ in scale")
    >>> caught[0].category.__name__
    'TrainingWarning'
    """
    held_back = _held_back.get()
    if held_back is not None:
        held_back.append(message)
        return
    depth, frame = 1, sys._getframe(0)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_HOME):
        depth, frame = depth + 1, frame.f_back
    warnings.warn(message, TrainingWarning, stacklevel=depth)


MOST_LISTED = 40


def nearest(name: str, options: Iterable[str], least: float = 0.6) -> str:
    """A sentence that suggests the options similar to `name`, or lists them if none is.

    Options are similar whose ratio (that of `difflib`) is at least `least`.

    >>> nearest("rellu", ["relu", "tanh"])
    "did you mean 'relu'?"
    >>> nearest("x", [f"name_{n}" for n in range(99)])
    'none of the 99 names is similar; dir() lists them'
    """
    import difflib

    options = list(options)
    near = difflib.get_close_matches(name, options, n=3, cutoff=least)
    if near:
        return f"did you mean {' or '.join(repr(option) for option in near)}?"
    if len(options) > MOST_LISTED:
        return f"none of the {len(options)} names is similar; dir() lists them"
    return f"known names: {', '.join(sorted(options))}"


def suggest_names(module: str, shown: str = "", later: Mapping[str, str] | None = None) -> None:
    """Makes a public module say where an unknown attribute is, or suggest names of its `__all__`.

    The names in `later` are imported at their first use, from "package.module", or from
    "package.module:name" for a name in that module; `dir` lists the names of `__all__`.
    """
    namespace = sys.modules[module]
    if not hasattr(namespace, "__all__"):  # made of other modules: all its public names
        found_names = sorted(name for name in vars(namespace) if not name.startswith("_"))
        vars(namespace)["__all__"] = found_names
    title = shown or f"st.{module.removeprefix('steepest.').removeprefix('functions.')}"
    sources = later or {}

    def missing(name: str) -> Any:
        if name in sources:
            home, _, attribute = sources[name].partition(":")
            found = importlib.import_module(home)
            vars(namespace)[name] = value = getattr(found, attribute) if attribute else found
            return value
        # `from package import module` asks for the attribute before it imports the module.
        path = vars(namespace).get("__path__")
        if name.startswith("_") or (path and PathFinder.find_spec(f"{module}.{name}", path)):
            raise AttributeError(f"{title} has no {name!r}")
        lacking = {each: advice for names, advice in LACKING.items() for each in names.split()}
        known = lacking.get(name) or _elsewhere(name)
        advice = known or nearest(name, namespace.__all__, 0.7)
        raise AttributeError(f"{title} has no {name!r}: {advice}")

    vars(namespace)["__getattr__"] = missing
    if sources:
        vars(namespace)["__dir__"] = lambda: sorted(namespace.__all__)


LACKING = {
    "Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose SeparableConv2D DepthwiseConv2D "
    "MaxPooling2D MaxPool2D AveragePooling2D conv2d": (
        "it has dense networks and no convolutions; Flatten and Dense take small pictures"
    ),
    "LSTM GRU SimpleRNN RNN Bidirectional TimeDistributed": (
        "it has no recurrent layers; Embedding with GlobalAveragePooling1D reads short texts, and "
        "Dense applies to each step of a sequence"
    ),
    "MultiHeadAttention Attention": (
        "it has no attention layers; st.einsum and st.nn.softmax compute attention in a layer of "
        "your own"
    ),
    "applications": "it has no pretrained networks",
    "Tokenizer text_to_word_sequence hashing_trick": (
        "st.layers.TextVectorization numbers the words of texts"
    ),
    "KerasClassifier KerasRegressor wrappers": (
        "st.data.cross_validate trains a model on each fold, st.saving.from_sklearn reads an MLP"
    ),
    "ragged RaggedTensor": (
        "rows of unequal length are padded: st.utils.pad_sequences, Dataset.padded_batch"
    ),
    "sparse SparseTensor": "fit takes sparse rows as SciPy's matrices",
    "estimator feature_column": "st.utils.FeatureSpace encodes the columns of a table",
    "train": "optimizers are in st.optimizers; model.save and BackupAndRestore write checkpoints",
    "saved_model lite": "model.save writes a model, and st.load_model reads it",
    "TFRecordDataset": "st.data.Dataset.from_file reads CSV, Parquet, NumPy and HDF5 files",
    "RemoteMonitor": (
        "no callback sends data over the network; write one with on_epoch_end that does, or use "
        "st.callbacks.CSVLogger or TensorBoard"
    ),
    "model_to_dot": "st.utils.plot_model draws a model by matplotlib, without Graphviz",
    "Session placeholder global_variables_initializer ConfigProto compat contrib": (
        "this is TensorFlow 1's; functions run at once, and st.function records them"
    ),
    "tpu": "st.distribute() trains on all devices that JAX finds, TPUs too",
}
"""Names of Keras and TensorFlow that steepest does not have, and what to do instead."""


def _elsewhere(name: str) -> str:
    """Where a name is that a user looked for in another namespace; empty if it is nowhere."""
    root = sys.modules["steepest"]
    spaces = [(space, getattr(root, space)) for space in root.__all__]
    found = [f"st.{name}"] if name in root.__all__ else []
    found += [
        f"st.{space}.{name}"
        for space, module in spaces
        if isinstance(module, ModuleType) and name in getattr(module, "__all__", ())
    ]
    return f"it is {' or '.join(found[:2])}" if found else ""


def unknown_name(kind: str, name: object, options: Iterable[str]) -> UnknownNameError:
    """The error for an unknown name of a kind of object, such as an activation.

    >>> raise unknown_name("activation", "rellu", ["relu", "tanh"])
    Traceback (most recent call last):
        ...
    steepest.errors.UnknownNameError: no activation is called 'rellu': did you mean 'relu'?
    """
    return UnknownNameError(f"no {kind} is called {name!r}: {nearest(str(name), options)}")
