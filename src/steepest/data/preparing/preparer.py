"""Preparer, the base of preparation in Python: `fit`, `transform`, and a config for JSON.

Dates, and lists of tokens, are prepared before the model, and are saved with it as
`model.preparation`. Layers that prepare numbers, categories and texts are in `st.layers`; those of
texts and categories may be a preparation too. Depends on the registry and the errors.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any, Self

from steepest.configurable import Configurable
from steepest.errors import ArgumentError
from steepest.registry import Registry, name_of

PREPARERS = Registry("preparer")
UNKNOWN = "[UNK]"
LONGEST_SHOWN = 60


class Preparer(Configurable):
    """The base: `fit` learns from the training set, `transform` prepares any set.

    A subclass stores learned values in attributes named like constructor arguments, so that
    `from_config(get_config())` makes an equal preparer.

    >>> import steepest as st
    >>> class Shift(st.data.Preparer):
    ...     def __init__(self, by=None):
    ...         self.by = by
    ...     def fit(self, data):
    ...         self.by = min(data)
    ...         return self
    ...     def transform(self, data):
    ...         return [entry - self.by for entry in data]
    >>> Shift.from_config(Shift().fit([3, 5]).get_config()).transform([7])
    [4]
    """

    def fit(self, data: Any) -> Self:
        """Learns from the training set; returns the preparer."""
        return self

    def adapt(self, data: Any) -> None:
        """`fit`, under Keras's name."""
        self.fit(data)

    def transform(self, data: Any) -> Any:
        """The data, prepared."""
        raise NotImplementedError(
            f"{type(self).__name__} has no transform yet: define transform(self, data)"
        )

    def fit_transform(self, data: Any) -> Any:
        """`fit`, then `transform`."""
        return self.fit(data).transform(data)

    def __call__(self, data: Any) -> Any:
        return self.transform(data)

    def _shown_argument(self, parameter: inspect.Parameter, value: Any) -> str:
        """An argument in the repr; long vocabularies are cut."""
        text = super()._shown_argument(parameter, value)
        return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 4]} ..."


@dataclass
class Carried:
    """Holds the preparation of a model: if it is a layer, it is not tracked as one of the model."""

    preparation: Preparation


Preparation = Any
"""What `model.preparation` may be: one preparer, or several by the names of their inputs.

A preparer is a Preparer, or a layer of texts or categories that is registered in PREPARERS.
"""


def checked_preparation(given: Any) -> Preparation | None:
    """Checks a value of `model.preparation`: it must be possible to save it.

    >>> checked_preparation({"colour": Preparer()})
    {'colour': Preparer()}
    """
    parts = given if isinstance(given, dict) else {"": given}
    for name, part in parts.items() if given is not None else ():
        where = f"preparation[{name!r}]" if isinstance(given, dict) else "preparation"
        prepares = isinstance(part, Preparer) or PREPARERS.knows(type(part))
        if not prepares or not isinstance(name, str):
            raise ArgumentError(
                f"{where}: a preparer such as st.data.StringLookup, or a dictionary of them by "
                f"name, was expected, got {part!r}; layers belong among the model's layers, and "
                "other libraries' objects cannot be saved without pickle"
            )
        name_of(type(part))
    return given
