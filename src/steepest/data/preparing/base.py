"""What all preparation in Python has in common: it is fitted, used, and told in the words of JSON.

Programs compute with numbers alone, so texts, names and dates are prepared before the model, and
travel with it as `model.preparation`. Layers for numbers (scaling, components, one-hot, binary
codes, gaps) stand in `st.layers`. Leans on the registry.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, Self

from steepest.errors import ArgumentError
from steepest.registry import Configurable, Registry, name_of

PREPARERS = Registry("preparer")
UNKNOWN = "[UNK]"
SHOWN = 60


class Preparer(Configurable):
    """The base: `fit` learns from the training set, `transform` prepares any set.

    What was learned is kept under the name of a constructor's argument, so that `get_config` holds
    all that `from_config` needs to make an equal one.

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
        """Learn from the training set; returns the preparer."""
        return self

    def adapt(self, data: Any) -> None:
        """`fit`, under the name that Keras gives it."""
        self.fit(data)

    def transform(self, data: Any) -> Any:
        """The data, prepared."""
        raise NotImplementedError(
            f"{type(self).__name__} prepares nothing yet: write its method transform(self, data)"
        )

    def fit_transform(self, data: Any) -> Any:
        """`fit`, then `transform`."""
        return self.fit(data).transform(data)

    def __call__(self, data: Any) -> Any:
        return self.transform(data)

    def _shown_argument(self, parameter: inspect.Parameter, value: Any) -> str:
        """An argument in the repr; whole vocabularies are cut short."""
        text = super()._shown_argument(parameter, value)
        return text if len(text) <= SHOWN else f"{text[: SHOWN - 4]} ..."


def checked_vocabulary(kind: str, vocabulary: Sequence[str] | None) -> list[str] | None:
    """A vocabulary of different texts, as a list; None if there is none yet.

    >>> checked_vocabulary("StringLookup", ("a", "b"))
    ['a', 'b']
    """
    if vocabulary is None:
        return None
    if isinstance(vocabulary, str) or not all(isinstance(token, str) for token in vocabulary):
        raise ArgumentError(f"{kind}: vocabulary must be a list of texts")
    known = list(dict.fromkeys(vocabulary))
    if len(known) < len(vocabulary):
        raise ArgumentError(f"{kind}: the vocabulary holds a text twice")
    return known


Preparation = Preparer | dict[str, Preparer]
"""What a model may carry: one preparer, or several by the names of what they prepare."""


def checked_preparation(given: Any) -> Preparation | None:
    """What a model is to carry, if files can hold it.

    >>> checked_preparation({"colour": Preparer()})
    {'colour': Preparer()}
    """
    parts = given if isinstance(given, dict) else {"": given}
    for name, part in parts.items() if given is not None else ():
        where = f"preparation[{name!r}]" if isinstance(given, dict) else "preparation"
        if not isinstance(part, Preparer) or not isinstance(name, str):
            raise ArgumentError(
                f"{where}: a preparer such as st.data.StringLookup, or a dictionary of them by "
                f"name, was expected, got {part!r}; layers belong among the model's layers, and "
                "other libraries' objects cannot be saved without pickle"
            )
        name_of(type(part))
    return given
