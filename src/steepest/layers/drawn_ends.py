"""DrawnEnds, the input and output of a layer's call in a functional model. Depends on tracking."""

from __future__ import annotations

from typing import Any

from steepest.errors import ArgumentError
from steepest.layers.overridable import Overridable
from steepest.layers.tracking import Trackable


class DrawnEnds(Trackable):
    """The base of Layer that knows its latest call in a functional model.

    >>> st.layers.Dense(1)(st.Input((2,))).shape
    (None, 1)
    """

    _drawn: tuple[Any, Any] | None = None  # the inputs and outputs of the latest call in a drawing

    def note_drawn(self, inputs: Any, outputs: Any) -> None:
        """Stores the tensors of the latest call in a drawing, for `input` and `output`."""
        self._drawn = (inputs, outputs)

    @Overridable
    def input(self) -> Any:
        """The input of the layer's latest call in a functional model, for `Model(inputs, outputs)`.

        >>> model = st.Sequential([st.layers.Dense(3, input_shape=(2,)), st.layers.Dense(1)])
        >>> st.Model(model.input, model.layers[0].output).output_shape
        (None, 3)
        """
        return self.drawn_ends()[0]

    @Overridable
    def output(self) -> Any:
        """The output of the layer's latest call in a functional model."""
        return self.drawn_ends()[1]

    def drawn_ends(self) -> tuple[Any, Any]:
        """Returns the inputs and outputs of the layer's latest call in a functional model."""
        if self._drawn is None:
            raise NotDrawn(
                f"layer {self.name!r} has no input and output yet: call it on st.Input(shape), or "
                "put it in a Sequential whose input shape is known"
            )
        return self._drawn


class NotDrawn(ArgumentError, AttributeError):
    """A layer that was never called in a functional model has no `input` and `output`."""
