"""The state of an optimizer: the slots of each weight, and the variables that a subclass adds.

A slot is a variable beside a weight, such as its momentum; a subclass names its slots or computes
their initial values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from steepest import initializers
from steepest.arguments import as_tuple
from steepest.core import dispatch
from steepest.core.dtype import DTypeLike, as_dtype
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError
from steepest.functions import composed
from steepest.optimizers.gradients import computed
from steepest.optimizers.scheduled import Scheduled
from steepest.schedules.hyper import Setting

Slots = dict[str, Tensor]
CORRECTION = "filled_"  # prefix of slots with the bias correction of a scheduled beta


class Stateful(Scheduled):
    """The base of Optimizer that makes and holds its state.

    >>> import steepest as st
    >>> sgd, w = st.optimizers.SGD(momentum=0.9), st.Variable([1.0, 2.0], name="w")
    >>> sgd.build([w])
    >>> sgd.slots_of(w)["momentum"].name
    'sgd/momentum/w'
    """

    use_ema: bool
    gradient_accumulation_steps: int | None
    slot_names: tuple[str, ...] = ()

    def __init__(self, learning_rate: Setting, name: str | None) -> None:
        super().__init__(learning_rate, name)
        self._slots: dict[Variable, dict[str, Variable]] = {}
        self._added: list[Variable] = []  # by add_variable

    def init(self, weight: Tensor) -> Slots:
        """The initial slots of a weight."""
        return {name: composed.zeros_like(weight) for name in self.slot_names}

    def slots_for(self, variable: Variable, weight: Tensor) -> Slots:
        """The initial slots of a variable; override it where they depend on more than its value."""
        return self.init(weight)

    def build(self, variables: Sequence[Variable]) -> None:
        """Makes the slots of variables that have none yet."""
        new = [variable for variable in variables if variable not in self._slots]
        if not new:
            return
        with dispatch.eagerly():
            for variable in new:
                self._slots[variable] = self._new_slots(variable)

    def ensure_built(self, variables: Sequence[Variable]) -> None:
        """Calls `build`, unless it was called for all of these variables.

        >>> optimizer, w = st.optimizers.SGD(momentum=0.9), st.Variable(1.0)
        >>> optimizer.ensure_built([w])
        >>> optimizer.built
        True
        """
        known = {id(variable) for variable in self.built_for}
        if any(id(variable) not in known for variable in variables):
            self.build(variables)

    def argument_changed(self, name: str, before: Any) -> None:
        """Notes a new value of an argument, and makes the slots that it requires."""
        super().argument_changed(name, before)
        with dispatch.eagerly():
            for variable, slots in vars(self).get("_slots", {}).items():
                self._add_missing_slots(variable, slots, name, before)

    def _add_missing_slots(
        self, variable: Variable, slots: dict[str, Variable], name: str, before: Any
    ) -> None:
        for slot, value in self._new_slots(variable).items():
            if slot in slots:
                continue
            if slot.startswith(CORRECTION) and self.iterations.item():
                vars(self)[name] = before
                raise ArgumentError(
                    f"{type(self).__name__}: {name} cannot become a schedule after "
                    f"{self.iterations.item()} steps, as its average is corrected for all values "
                    "from the first step on; make a new optimizer"
                )
            slots[slot] = value

    def _new_slots(self, variable: Variable) -> dict[str, Variable]:
        weight = computed(variable)
        initial = dict(self.slots_for(variable, weight))
        if self.use_ema:
            initial["average"] = weight
        if self.gradient_accumulation_steps:
            initial["accumulated"] = composed.zeros_like(weight)
        path = getattr(variable, "path", variable.name)
        return {
            name: Variable(value, trainable=False, name=f"{self.name}/{name}/{path}")
            for name, value in initial.items()
        }

    def add_variable(
        self,
        shape: Any,
        initializer: Any = "zeros",
        dtype: DTypeLike = None,
        aggregation: str | None = "none",
        layout: Any = None,
        name: str | None = None,
    ) -> Variable:
        """Makes a variable of the optimizer's state; `aggregation` and `layout` change nothing.

        >>> st.optimizers.SGD().add_variable((2,), "ones", name="counts").tolist()
        [1.0, 1.0]
        """
        kind = as_dtype(dtype or "float32")
        with dispatch.eagerly():
            value = initializers.get(initializer)(as_tuple(shape), dtype=kind)
            added = Variable(value, trainable=False, name=f"{self.name}/{name or 'variable'}")
        self._added.append(added)
        return added

    def add_variable_from_reference(
        self, reference_variable: Variable, name: str | None = None, initializer: Any = "zeros"
    ) -> Variable:
        """Makes a variable of the optimizer's state, of the shape and dtype of another.

        >>> st.optimizers.SGD().add_variable_from_reference(st.Variable([1.0, 2.0])).tolist()
        [0.0, 0.0]
        """
        reference = reference_variable
        path = getattr(reference, "path", reference.name)
        return self.add_variable(
            reference.shape, initializer, reference.dtype, name=f"{name or 'variable'}/{path}"
        )

    def _get_variable_index(self, variable: Variable) -> int:
        """The place of a variable among those of `build`; users of Keras call it by this name."""
        return next(place for place, known in enumerate(self._slots) if known is variable)

    @property
    def built(self) -> bool:
        """Whether `build` was called, so that the variables to train are known."""
        return bool(self._slots)

    @property
    def built_for(self) -> list[Variable]:
        """The variables that have slots, in the order in which the slots were made."""
        return list(self._slots)

    @property
    def variables(self) -> list[Variable]:
        """The state of the optimizer: step, rate, then the slots of each weight."""
        rate = [self._rate] if isinstance(self._rate, Variable) else []
        inside = getattr(self._rate, "variables", []) if not rate else []
        slots = [slot for slots in self._slots.values() for slot in slots.values()]
        return [self.iterations, *rate, *inside, *slots, *self._added]

    def slots_of(self, variable: Variable) -> dict[str, Variable]:
        """The slots of a variable by name."""
        return self._slots[variable]
