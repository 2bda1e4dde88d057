"""View: a part of the studio, whose methods take a state and answer with a frame.

Depends on errors, fields and frame.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

import numpy as np

from steepest.errors import ShapeError
from steepest.studio.fields import Field, Fields, State
from steepest.studio.frame import Frame

if TYPE_CHECKING:
    from steepest.data.schema_reading import Table


@dataclass(frozen=True)
class Opened:
    """What the studio was opened with: a model, rows of data, a folder of runs, or nothing.

    >>> Opened().model is None
    True
    """

    model: Any = None
    x: np.ndarray | None = None
    y: np.ndarray | None = None
    validation: tuple[np.ndarray, np.ndarray] | None = None
    """Other rows and their targets, if there are some."""
    names: tuple[str, ...] = ()
    """The names of the columns of x."""
    target: str | None = None
    """The name of y."""
    folder: str | None = None
    """A run folder, or one with several of them."""
    title: str = ""
    words: str = ""
    """How the rows were read."""

    def __post_init__(self) -> None:
        expected = getattr(self.model, "input_shape", None)  # of a model that was not called: none
        if self.x is None or not isinstance(expected, tuple):
            return
        sizes, given = expected[1:], self.x.shape[1:] or (1,)
        if len(sizes) != len(given) or any(
            size not in (None, other) for size, other in zip(sizes, given, strict=True)
        ):
            raise ShapeError(
                f"the model takes rows of shape {sizes}, and those of x have the shape {given}; "
                "give it the rows it was trained on, or none"
            )


class Host(Protocol):
    """What a view knows of the session that it belongs to."""

    @property
    def opened(self) -> Opened:
        """What the studio was opened with."""

    @property
    def tables(self) -> Mapping[str, Table]:
        """The tables that were opened or sent, by name."""

    def push(self, frame: Frame, view: str) -> None:
        """Sends a frame to every page that listens, in place of an earlier one of its kind."""


Answer = Callable[[Any, State], Frame]
Method = TypeVar("Method", bound=Answer)


def answers(**fields: Field) -> Callable[[Method], Method]:
    """Makes a method of a view answer requests of its name; the fields are those of its state.

    >>> from steepest.studio.fields import number
    >>> class Square(View):
    ...     name = "square"
    ...     @answers(of=number(-10, 10, default=2.0))
    ...     def value(self, state):
    ...         return Frame("value", {"square": state["of"] ** 2})
    >>> list(Square.handlers)
    ['value']
    """

    def mark(method: Method) -> Method:
        method.fields = fields  # type: ignore[attr-defined] # read by View.__init_subclass__
        return method

    return mark


class View:
    """The base of views: `handlers` holds the methods marked by `answers`, and their fields.

    A session makes one object of a view at its first request, and calls it from one thread at a
    time. A view that trains has a thread of its own, which pushes frames and ends in `close`.

    >>> View.handlers
    {}
    """

    name: ClassVar[str] = ""
    handlers: ClassVar[dict[str, tuple[Fields, Answer]]] = {}

    def __init_subclass__(cls) -> None:
        own = {name: (method.fields, method) for name, method in vars(cls).items()
               if hasattr(method, "fields")}  # fmt: skip
        cls.handlers = {**cls.handlers, **own}

    def __init__(self, host: Host) -> None:
        self.host = host

    @property
    def opened(self) -> Opened:
        """What the studio was opened with."""
        return self.host.opened

    def push(self, frame: Frame) -> None:
        """Sends a frame to every page that listens.

        It replaces a frame of the same kind that was not sent yet: each holds all that is shown.
        """
        self.host.push(frame, self.name)

    def close(self) -> None:
        """Ends what the view has running."""
