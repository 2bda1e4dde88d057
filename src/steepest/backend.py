"""`keras.backend`: the constants of the library, and questions about dtypes.

Those that are settings belong to `st.config`. Depends on config and core.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from steepest.config import config
from steepest.core.dtype import DTypeLike, as_dtype, is_float, name_of, promote
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, suggest_names

__all__ = [
    "backend", "clear_session", "epsilon", "floatx", "get_uid", "image_data_format",
    "is_float_dtype", "is_int_dtype", "is_keras_tensor", "result_type", "set_epsilon", "set_floatx",
    "set_image_data_format", "standardize_dtype",
]  # fmt: skip

_of_process: dict[str, Iterator[int]] = {}
# A context variable, so that concurrent jobs may number their layers separately.
_counts: ContextVar[dict[str, Iterator[int]]] = ContextVar("_counts", default=_of_process)


backend = config.backend
epsilon = config.epsilon
set_epsilon = config.set_epsilon
floatx = config.floatx
set_floatx = config.set_floatx


def clear_session(free_memory: bool = True) -> None:
    """Starts the numbers of `get_uid` and of the names of layers again.

    There is no global graph to clear: a model's memory is freed when nothing refers to it any more.

    >>> clear_session()
    """
    _counts.get().clear()


def number_from_one() -> None:
    """Gives this context counts of its own for `get_uid` and the names of layers.

    >>> import contextvars
    >>> job = contextvars.copy_context()
    >>> job.run(number_from_one); job.run(get_uid, "layer")
    1
    """
    _counts.set({})


def image_data_format() -> str:
    """The order of a picture's axes: "channels_last".

    >>> image_data_format()
    'channels_last'
    """
    return "channels_last"


def set_image_data_format(data_format: str) -> None:
    """Accepts "channels_last", the only order of axes.

    >>> set_image_data_format("channels_last")
    """
    if data_format != "channels_last":
        raise ArgumentError(
            f"set_image_data_format: pictures are channels_last, got {data_format!r}; "
            "st.transpose(x, (0, 2, 3, 1)) moves the channels"
        )


def get_uid(prefix: str = "") -> int:
    """A number that counts up with each call for a prefix, from 1.

    >>> get_uid("docs"), get_uid("docs")
    (1, 2)
    """
    return next(_counts.get().setdefault(prefix, itertools.count(1)))


def standardize_dtype(dtype: DTypeLike) -> str:
    """The name of a dtype; that of `floatx` for None.

    >>> standardize_dtype(float), standardize_dtype(None), standardize_dtype(np.int64)
    ('float32', 'float32', 'int64')
    """
    return floatx() if dtype is None else name_of(as_dtype(dtype))


def is_float_dtype(dtype: DTypeLike) -> bool:
    """Whether a dtype is one of fractions.

    >>> is_float_dtype("float16"), is_float_dtype("int32")
    (True, False)
    """
    return is_float(as_dtype(dtype))


def is_int_dtype(dtype: DTypeLike) -> bool:
    """Whether a dtype is one of whole numbers.

    >>> is_int_dtype("uint8"), is_int_dtype("bool")
    (True, False)
    """
    return as_dtype(dtype).kind in "iu"


def is_keras_tensor(x: Any) -> bool:
    """Whether x is a tensor of a functional model, as `st.Input` returns.

    >>> is_keras_tensor(st.Input((2,))), is_keras_tensor(st.constant(1.0))
    (True, False)
    """
    return isinstance(x, Tensor) and hasattr(x.data, "home")


def result_type(*dtypes: Any) -> str:
    """The dtype in which values of several dtypes are computed.

    >>> result_type("int32", "float32")
    'float32'
    """
    return name_of(promote(*map(as_dtype, dtypes)))


suggest_names(__name__)
