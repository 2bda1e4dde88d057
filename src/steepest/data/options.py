"""Options of a data set, as TensorFlow names them. Depends on nothing."""

from __future__ import annotations

from types import SimpleNamespace


class Options:
    """The options that TensorFlow's data sets have; `Dataset.with_options` takes them.

    None has an effect: the order of elements is always the same, whatever `deterministic` says, and
    threads are an argument of the stages (`num_parallel_calls`, `prefetch`).

    >>> options = st.data.Options()
    >>> options.deterministic = True
    >>> options.threading.private_threadpool_size = 2
    """

    def __init__(self) -> None:
        self.deterministic: bool | None = None
        self.autotune = SimpleNamespace()
        self.threading = SimpleNamespace()
        self.experimental_distribute = SimpleNamespace()
        self.experimental_optimization = SimpleNamespace()
