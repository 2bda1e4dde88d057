"""check: compares what a student has written with finite differences, and names the mistake.

A mistake is recognized by its values: if the result is what the formula with the mistake gives, the
mistake is named. Depends on the other files of the classroom.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from steepest.classroom.activations import ActivationLayer
from steepest.classroom.differences import Difference, Found
from steepest.classroom.layer_checks import layer_differences
from steepest.classroom.network_checks import network_differences
from steepest.classroom.neuralnet import NeuralNetwork
from steepest.classroom.part_checks import (
    activation_differences,
    loss_differences,
    optimizer_differences,
)
from steepest.errors import ArgumentError

__all__ = ["check", "Check", "Difference"]


@dataclass
class Check:
    """What `check` found: `ok`, and the differences; it prints as text.

    >>> Check("MyLayer", [Difference("the output", "entry (0,) is 1, 2 was expected")])
    MyLayer is wrong.
    * the output: entry (0,) is 1, 2 was expected
    """

    subject: str
    differences: list[Difference] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether all results are as finite differences give them."""
        return not self.differences

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        if self.ok:
            return f"{self.subject} is right."
        return "\n".join([f"{self.subject} is wrong.", *(f"* {one}" for one in self.differences)])


def check(subject: Any, dataset: Any = None) -> Check:
    """Compares the backward pass of a layer, loss, optimizer or network with finite differences.

    It says which entry is wrong, and which typical mistake it looks like. A copy is checked, on
    random rows; a network also on rows of a data set.

    >>> from steepest.classroom import SigmoidActivation
    >>> class MySigmoid(SigmoidActivation):
    ...     def derivative(self, input):
    ...         return input * (1 - input)
    >>> check(MySigmoid()).ok
    False
    >>> check(SigmoidActivation())
    SigmoidActivation is right.
    """
    found = [one for one in _differences_of(subject, dataset) if one is not None]
    return Check(type(subject).__name__, found)


def _differences_of(subject: Any, dataset: Any = None) -> Found:
    """The differences of any part, by its methods; a class is not a part."""
    if isinstance(subject, type):
        pass
    elif isinstance(subject, NeuralNetwork):
        return network_differences(subject, dataset, _differences_of)
    elif isinstance(subject, ActivationLayer):
        return activation_differences(subject)
    elif hasattr(subject, "backward_propagation"):
        return layer_differences(subject)
    elif hasattr(subject, "derivative"):
        return loss_differences(subject)
    elif hasattr(subject, "update") and hasattr(subject, "retained_gradient"):
        return optimizer_differences(subject)
    a_class = isinstance(subject, type)
    raise ArgumentError(
        "check: a layer, loss, optimizer or network of the classroom was expected, got "
        + (f"the class {subject.__name__}; make one: " if a_class else f"{subject!r:.60}; ")
        + (f"{subject.__name__}(...)" if a_class else "parts of st are checked by st.gradcheck")
    )
