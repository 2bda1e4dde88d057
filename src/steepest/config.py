"""Settings of the whole process: the engine, the number of threads, the cache folder.

Environment variables STEEPEST_ENGINE and STEEPEST_THREADS set the initial values; STEEPEST_CACHE
sets the folder, or turns caching off.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from steepest.arguments import is_flag, is_number, whole
from steepest.errors import ArgumentError, UnknownNameError, unknown_name

_engines: list[Collection[str]] = []  # their names, set by the table of engines


FOR_XLA = ("xla", "jax", "gpu", "cuda", "tpu")  # what users call the engine "xla"
_DTYPES = ("float32", "float64")
MIXED = "mixed_bfloat16"


class DTypePolicy:
    """The dtypes of a layer's weights and of its products, under Keras's name.

    They are the same, except under "mixed_bfloat16": weights and sums are float32, the factors and
    results of products are rounded to bfloat16. Models with it run on the engine "xla".

    >>> policy = DTypePolicy("mixed_bfloat16")
    >>> policy.compute_dtype, policy.variable_dtype
    ('bfloat16', 'float32')
    """

    quantization_mode = None

    def __init__(self, name: str | None = None) -> None:
        self.name: str = config.dtype_policy().name if name is None else name
        if self.name == "mixed_float16":
            raise ArgumentError(
                "DTypePolicy: 'mixed_float16': numbers of float16 end at 65,504, so that gradients "
                f"overflow unless the loss is scaled; use {MIXED!r}, with the range of float32"
            )
        if self.name not in ("float16", "bfloat16", MIXED, *_DTYPES):
            raise unknown_name("dtype policy", self.name, (*_DTYPES, MIXED))

    @property
    def compute_dtype(self) -> str:
        """The dtype of the computation: float32 for weights of half precision."""
        if self.name == MIXED:
            return "bfloat16"
        return self.name if self.name in _DTYPES else "float32"

    @property
    def variable_dtype(self) -> str:
        """The dtype of the weights."""
        return "float32" if self.name == MIXED else self.name

    def get_config(self) -> dict[str, str]:
        """The constructor's arguments."""
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, str]) -> DTypePolicy:
        """The policy that a configuration describes."""
        return cls(**config)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DTypePolicy) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"DTypePolicy({self.name!r})"


FloatDTypePolicy = DTypePolicy
"""Keras's name of a policy without quantisation, as all are."""


class Config:
    """The settings of this process; a wrong value is refused on assignment.

    >>> import steepest as st
    >>> st.config.engine = "numpy"
    >>> st.config.engine
    'numpy'
    >>> st.config.engine = "auto"
    """

    def __init__(self) -> None:
        self._engine = os.environ.get("STEEPEST_ENGINE", "auto")
        self.threads = _from_environment("STEEPEST_THREADS", "a whole number from 1")
        self.vector_bits = _from_environment("STEEPEST_VECTOR_BITS", "128, 256 or 512")
        self._epsilon, self._floatx, self._mixed = 1e-7, "float32", False
        self._most_epochs: int | None = None
        self._most_steps: int | None = None
        self._interactive = self._filters_tracebacks = True
        self._bias_variance_advice = True

    @property
    def engine(self) -> str:
        """Which engine runs programs: "auto" (the fastest that can), "cpu", "numpy" or "xla"."""
        return self._engine

    @engine.setter
    def engine(self, name: str) -> None:
        self._engine = checked_engine(name)

    @property
    def threads(self) -> int | None:
        """The number of threads an engine may use; None lets the engine choose."""
        return self._threads

    @threads.setter
    def threads(self, count: int | None) -> None:
        self._threads = None if count is None else whole("threads", count, 1)

    @property
    def vector_bits(self) -> int | None:
        """The most bits of a vector in machine code: 128, 256, 512, or None for the processor's.

        So the code of another processor is tested and measured on this one; programs that exist
        already keep theirs.
        """
        return self._vector_bits

    @vector_bits.setter
    def vector_bits(self, bits: int | None) -> None:
        if bits not in (None, 128, 256, 512):
            raise ArgumentError(f"vector_bits: 128, 256, 512 or None was expected, got {bits!r}")
        self._vector_bits = bits

    @property
    def bias_variance_advice(self) -> bool:
        """Whether `fit` reads training and validation errors as high bias or variance at its end.

        >>> st.config.bias_variance_advice = False
        >>> st.config.bias_variance_advice = True
        """
        return self._bias_variance_advice

    @bias_variance_advice.setter
    def bias_variance_advice(self, wanted: bool) -> None:
        if not is_flag(wanted):
            raise ArgumentError(f"bias_variance_advice: True or False was expected, got {wanted!r}")
        self._bias_variance_advice = bool(wanted)

    # ------------------------------------------------------------ functions of keras.config

    def backend(self) -> str:
        """The name of the library that computes.

        >>> st.config.backend()
        'steepest'
        """
        return "steepest"

    def epsilon(self) -> float:
        """The small number for formulas of your own; those of steepest name theirs as arguments.

        >>> st.config.epsilon()
        1e-07
        """
        return self._epsilon

    def set_epsilon(self, value: float) -> None:
        """Sets the number that `epsilon` returns.

        >>> st.config.set_epsilon(1e-7)
        """
        if not is_number(value) or value <= 0:
            raise ArgumentError(f"set_epsilon: a number above 0 was expected, got {value!r}")
        self._epsilon = float(value)

    def floatx(self) -> str:
        """The dtype of layers that are made without one.

        >>> st.config.floatx()
        'float32'
        """
        return self._floatx

    def set_floatx(self, value: str) -> None:
        """Sets the dtype of layers that are made without one: "float32" or "float64".

        >>> st.config.set_floatx("float64")
        >>> st.layers.Dense(1)([[1.0]]).dtype
        dtype('float64')
        >>> st.config.set_floatx("float32")
        """
        if value not in _DTYPES:
            raise ArgumentError(
                f"set_floatx: 'float32' or 'float64' was expected, got {value!r}; give "
                f"dtype={value!r} to the layers and tensors that need it"
            )
        self._floatx = value

    def dtype_policy(self) -> DTypePolicy:
        """The policy of layers that are made without a dtype.

        >>> st.config.dtype_policy().name
        'float32'
        """
        return DTypePolicy(MIXED if self._mixed else self._floatx)

    def set_dtype_policy(self, policy: str | DTypePolicy) -> None:
        """Sets the dtype of layers that are made without one, by a policy or its name.

        >>> st.config.set_dtype_policy("float32")
        """
        given = policy if isinstance(policy, DTypePolicy) else DTypePolicy(policy)
        mixed = given.name == MIXED
        self.set_floatx("float32" if mixed else given.name)
        self._mixed = mixed

    def max_epochs(self) -> int | None:
        """The most epochs that any `fit` makes; None without a limit.

        >>> st.config.max_epochs() is None
        True
        """
        return self._most_epochs

    def set_max_epochs(self, max_epochs: int | None) -> None:
        """Limits the epochs of each `fit`, to try out a script; None ends it.

        >>> st.config.set_max_epochs(None)
        """
        self._most_epochs = _limit("set_max_epochs", max_epochs)

    def max_steps_per_epoch(self) -> int | None:
        """The most batches of an epoch, of an evaluation and of a prediction; None without a limit.

        >>> st.config.max_steps_per_epoch() is None
        True
        """
        return self._most_steps

    def set_max_steps_per_epoch(self, max_steps_per_epoch: int | None) -> None:
        """Limits the batches of an epoch, of an evaluation and of a prediction; None ends it.

        >>> st.config.set_max_steps_per_epoch(None)
        """
        self._most_steps = _limit("set_max_steps_per_epoch", max_steps_per_epoch)

    def enable_interactive_logging(self) -> None:
        """Makes `verbose="auto"` show a bar in a terminal, as it does from the start.

        >>> st.config.enable_interactive_logging()
        """
        self._interactive = True

    def disable_interactive_logging(self) -> None:
        """Makes `verbose="auto"` print a line for each epoch, for logs in files.

        >>> st.config.disable_interactive_logging()
        >>> st.config.enable_interactive_logging()
        """
        self._interactive = False

    def is_interactive_logging_enabled(self) -> bool:
        """Whether `verbose="auto"` shows a bar in a terminal.

        >>> st.config.is_interactive_logging_enabled()
        True
        """
        return self._interactive

    def enable_traceback_filtering(self) -> None:
        """Accepted and without effect, as tracebacks are short: no frames are taken out of them.

        >>> st.config.enable_traceback_filtering()
        """
        self._filters_tracebacks = True

    def disable_traceback_filtering(self) -> None:
        """Accepted and without effect, as no frames are taken out of tracebacks.

        >>> st.config.disable_traceback_filtering()
        >>> st.config.enable_traceback_filtering()
        """
        self._filters_tracebacks = False

    def is_traceback_filtering_enabled(self) -> bool:
        """What `enable_traceback_filtering` or its counterpart has set.

        >>> st.config.is_traceback_filtering_enabled()
        True
        """
        return self._filters_tracebacks

    def image_data_format(self) -> str:
        """The order of a picture's axes: "channels_last".

        >>> st.config.image_data_format()
        'channels_last'
        """
        return "channels_last"


def _limit(name: str, given: int | None) -> int | None:
    return None if given is None else whole(name, given, 1)


def _from_environment(variable: str, expected: str) -> int | None:
    text = os.environ.get(variable, "auto")
    if text in ("", "auto"):
        return None
    try:
        return int(text)
    except ValueError:
        raise ArgumentError(f"{variable}: {expected}, or auto, got {text!r}") from None


def know_engines(names: Collection[str]) -> None:
    """Accepts the names in a collection as engines, also those added to it later.

    >>> from steepest.engines.table import ENGINES
    >>> know_engines(ENGINES)
    """
    _engines[:] = [names]
    checked_engine(config.engine)


def checked_engine(name: str) -> str:
    """The name, if it is "auto" or that of an engine; raises otherwise.

    >>> checked_engine("cpu")
    'cpu'
    """
    names = ["auto", *(name for names in _engines for name in names)]
    if str(name).lower() in FOR_XLA and name not in names:
        raise UnknownNameError(
            f"no engine is called {name!r}: on processors, GPUs and TPUs JAX is the engine 'xla'"
        )
    if name not in names:
        raise unknown_name("engine", name, names)
    return name


def cache_folder() -> Path | None:
    """The folder of cached files; None if caching is off.

    STEEPEST_CACHE replaces the folder of the platform. Set to "off", "no", "false", "0" or "", it
    turns caching off, as does a missing home directory.

    >>> folder = cache_folder()
    >>> folder is None or folder.is_absolute()
    True
    """
    named = os.environ.get("STEEPEST_CACHE")
    if named is not None and named.strip().lower() in ("", "off", "no", "false", "0"):
        return None
    try:
        return (Path(named).expanduser() if named else _platform_cache() / "steepest").absolute()
    except RuntimeError:  # no home directory
        return None


def _platform_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


config = Config()


def __getattr__(name: str) -> Any:
    """The functions of `config` by import lines, `from steepest.keras.config import floatx`."""
    if name.startswith("_") or not hasattr(config, name):
        raise AttributeError(f"steepest.config has no {name!r}")
    return getattr(config, name)
