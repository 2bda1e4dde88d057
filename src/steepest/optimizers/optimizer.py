"""The base class of optimizers: it updates all weights by a formula for one array.

Rates, weight decay, moving averages and constraints are implemented here for all optimizers. A step
consists of tensor operations alone, so that it can be recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from steepest.arguments import require_within
from steepest.constructors import constructor_parameters
from steepest.core import ops
from steepest.core.tape import GradientTape
from steepest.core.tensor import Tensor, TensorLike
from steepest.core.variable import Variable
from steepest.errors import ArgumentError
from steepest.optimizers.factors import FactorsGiven, FactorsOf
from steepest.optimizers.gradients import (
    accumulated,
    clipped,
    computed,
    connected,
    if_due,
    pairs_of,
)
from steepest.optimizers.stateful import Slots, Stateful
from steepest.registry import Registry, to_config
from steepest.schedules.hyper import HyperParameter, Setting

OPTIMIZERS = Registry("optimizer")


class Optimizer(Stateful):
    """The base of all optimizers: subclass it with `update`, the formula for one array.

    `slot_names` names the state of each weight (its slots), which is 0 at first; override `init`
    for other initial values. Options of all optimizers:

    * `learning_rate`: a number, a schedule, or a function of the progress of the training, from 0
      to 1 (see `st.schedules.Clock`). The same holds for `weight_decay`, `ema_momentum`, and the
      momenta and betas of subclasses: all are `st.schedules.HyperParameter`s.
    * `weight_decay`: each step first subtracts rate x decay x weight (Loshchilov and Hutter, 2019).
    * `rate_factors`, `decay_factors`: factors of the rate and of the decay for some variables: a
      dictionary from layers, variables or names to factors, or a function of a variable (`rate_of`
      and `decay_of` can be overridden too). The factor of the rate scales the decay as well.
    * `clipvalue` (each entry), `clipnorm` (the norm of each gradient), `global_clipnorm` (the norm
      of all together).
    * `use_ema`: compute a moving average m <- b m + (1 - b) w of the weights, b = `ema_momentum`;
      `finalize_variable_values` assigns it to the weights, and so do every
      `ema_overwrite_frequency` steps, if given.
    * `gradient_accumulation_steps`: update once in so many steps, by the mean gradient.

    >>> import steepest as st
    >>> class SignDescent(st.optimizers.Optimizer):
    ...     def update(self, gradient, weight, slots, rate, step):
    ...         return weight - rate * st.sign(gradient), slots
    >>> w = st.Variable([1.0, 2.0])
    >>> SignDescent(learning_rate=0.5).apply([[3.0, -7.0]], [w])
    >>> w.tolist()
    [0.5, 2.5]

    Six times the rate for a scaling layer, a tenth of it and no decay for biases:

    >>> scale = st.layers.RMSNormalization()
    >>> model = st.Sequential([scale, st.layers.Dense(2)])
    >>> adam = st.optimizers.Adam(0.01, weight_decay=lambda progress: 0.02 * (1.0 - progress),
    ...     rate_factors={scale: 6.0, "bias": 0.1}, decay_factors={"bias": 0.0})
    """

    weight_decay = HyperParameter("[0, inf)")
    ema_momentum = HyperParameter("[0, 1]")
    rate_factors = FactorsOf()
    decay_factors = FactorsOf()

    full_batch = False
    averages_in_use = False
    usual_rates: tuple[float, float] | None = None
    """The range of learning rates in common use, if it is known."""

    def __init__(
        self,
        learning_rate: Setting = 0.001,
        weight_decay: Setting = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: Setting = 0.99,
        ema_overwrite_frequency: int | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        rate_factors: FactorsGiven = None,
        decay_factors: FactorsGiven = None,
    ) -> None:
        super().__init__(learning_rate, name)
        self.weight_decay = weight_decay
        self.clipnorm, self.clipvalue, self.global_clipnorm = clipnorm, clipvalue, global_clipnorm
        self.use_ema, self.ema_momentum = use_ema, ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self.rate_factors, self.decay_factors = rate_factors, decay_factors
        self._not_decayed: set[Variable] = set()
        self._names_not_decayed: tuple[str, ...] = ()
        self._check_options()

    def _check_options(self) -> None:
        clips = {name: getattr(self, name) for name in ("clipnorm", "clipvalue", "global_clipnorm")}
        given = {name: value for name, value in clips.items() if value is not None}
        if len(given) > 1:
            raise ArgumentError(f"{type(self).__name__}: give one kind of clipping, got {given}")
        require_within(self, "(0, inf]", **given)
        require_within(self, "[1, inf)", ema_overwrite_frequency=self.ema_overwrite_frequency)
        steps = self.gradient_accumulation_steps
        require_within(self, "[2, inf)", gradient_accumulation_steps=steps)
        has_own_decay = type(self).decay_of is not Optimizer.decay_of
        if self.decay_factors and self.weight_decay is None and not has_own_decay:
            raise ArgumentError(
                f"{type(self).__name__}: decay_factors are factors of weight_decay; give it too"
            )

    # ------------------------------------------------------------ the formula for one array

    def rate_of(self, variable: Variable) -> float:
        """The factor of the learning rate for a variable, a constant in the recorded step.

        >>> import steepest as st
        >>> w, b = st.Variable([1.0], name="w"), st.Variable([1.0], name="bias")
        >>> optimizer = st.optimizers.SGD(0.5, rate_factors={"bias": 0.5})
        >>> optimizer.apply([[1.0], [1.0]], [w, b])
        >>> w.tolist(), b.tolist()
        ([0.5], [0.75])
        """
        return float(self.rate_factors.of(variable))

    def decay_of(self, variable: Variable) -> Any:
        """The weight decay of a variable, before `decay_factors`."""
        return self.now("weight_decay")

    def update(
        self, gradient: Tensor, weight: Tensor, slots: Slots, rate: Tensor, step: Tensor
    ) -> tuple[Tensor, Slots]:
        """Returns the new weight and its new slots; `step` is a float that counts from 1."""
        raise NotImplementedError(f"{type(self).__name__} must define update")

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Tensor) -> None:
        """Updates one variable by `assign`: Keras's form of `update`, for subclasses to override.

        Its state is made in `build`, after `super().build(variables)`, by
        `add_variable_from_reference`; `_get_variable_index(variable)` finds its entry.

        >>> class Momentum(st.optimizers.Optimizer):
        ...     def build(self, variables):
        ...         super().build(variables)
        ...         self.speeds = [self.add_variable_from_reference(v, "speed") for v in variables]
        ...     def update_step(self, gradient, variable, learning_rate):
        ...         speed = self.speeds[self._get_variable_index(variable)]
        ...         speed.assign(0.9 * speed - learning_rate * gradient)
        ...         variable.assign_add(speed)
        >>> w = st.Variable([1.0])
        >>> Momentum(0.5).apply([[1.0]], [w])
        >>> w.tolist()
        [0.5]
        """
        raise NotImplementedError(f"{type(self).__name__} must define update or update_step")

    # ------------------------------------------------------------ the variables

    def build(self, variables: Sequence[Variable]) -> None:
        """Makes the slots of variables that have none yet."""
        count = len(self._slots)
        super().build(variables)
        if len(self._slots) > count:
            for factors in (self.rate_factors, self.decay_factors):
                factors.warn_of_misses(list(self._slots))

    def exclude_from_weight_decay(
        self, var_list: Iterable[Variable] = (), var_names: Iterable[str] = ()
    ) -> None:
        """Excludes these variables, and those whose path contains one of these texts, from decay.

        >>> import steepest as st
        >>> optimizer = st.optimizers.AdamW(weight_decay=0.1)
        >>> optimizer.exclude_from_weight_decay(var_names=["bias"])
        """
        self._not_decayed.update(var_list)
        self._names_not_decayed += tuple(var_names)

    # ------------------------------------------------------------ a step

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Variable]]) -> None:
        """One step, from pairs of (gradient, variable).

        >>> import steepest as st
        >>> w = st.Variable(1.0)
        >>> st.optimizers.SGD(0.5).apply_gradients([(1.0, w)])
        >>> w.item()
        0.5
        """
        pairs = pairs_of(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [variable for _, variable in pairs])

    def apply(
        self, grads: Sequence[TensorLike | None], variables: Sequence[Variable] | None = None
    ) -> None:
        """One step, from gradients in the order of the variables."""
        given = list(self._slots) if variables is None else list(variables)
        gradients, weights = connected(list(grads), given)
        self.ensure_built(weights)
        step = self.iterations.value
        every = self.gradient_accumulation_steps
        if every:
            sums = [self._slots[variable]["accumulated"] for variable in weights]
            gradients = accumulated(gradients, sums, every, step)
        gradients = clipped(gradients, self.clipvalue, self.clipnorm, self.global_clipnorm)
        with self.one_step():
            rate = self.rate_now()
            for gradient, variable in zip(gradients, weights, strict=True):
                self._update_one(gradient, variable, rate, step)
        self.iterations.assign(step + 1)

    def _update_one(self, gradient: Tensor, variable: Variable, rate: Tensor, step: Tensor) -> None:
        stored = self._slots[variable]
        before = computed(variable)
        slots = {name: slot.value for name, slot in stored.items() if name not in _OF_ALL}
        dtype, every = before.dtype, self.gradient_accumulation_steps
        factor = self.rate_of(variable)
        require_within(self, "[0, inf)", rate_of=factor)
        own_rate = ops.cast(rate, dtype) if factor == 1.0 else ops.cast(rate, dtype) * factor
        updates = ops.cast((step // every if every else step) + 1, dtype)
        decayed = self._decayed(variable, before, own_rate)
        after, new_slots = (
            self._updated_in_place(gradient, variable, decayed, own_rate)
            if type(self).update_step is not Optimizer.update_step
            else self.update(gradient, decayed, slots, own_rate, updates)
        )
        constraint = getattr(variable, "constraint", None)
        after = after if constraint is None else constraint(after)
        self._assign(variable, if_due(every, step, after, before), step)
        for name, value in new_slots.items():
            stored[name].assign(if_due(every, step, value, slots[name]))

    def _updated_in_place(
        self, gradient: Tensor, variable: Variable, weight: Tensor, rate: Tensor
    ) -> tuple[Tensor, Slots]:
        if self.gradient_accumulation_steps:
            raise ArgumentError(
                f"{type(self).__name__}: update_step assigns in each step, so that "
                "gradient_accumulation_steps has no effect on it; define update, which returns the "
                "new weight and its slots"
            )
        variable.assign(weight)
        self.update_step(gradient, variable, rate)
        return variable.value, {}

    def _assign(self, variable: Variable, after: Tensor, step: Tensor) -> None:
        """Assigns the new weight, and updates its moving average."""
        if self.use_ema:
            average = self._slots[variable]["average"]
            momentum = self.now("ema_momentum", after)
            share = ops.cast(step > 0, after.dtype) * momentum  # 0 in the first step
            mean = share * average.value + (1.0 - share) * after
            average.assign(mean)
            every = self.ema_overwrite_frequency
            after = ops.where((step + 1) % every == 0, mean, after) if every else after
        variable.assign(after)

    def _decayed(self, variable: Variable, weight: Tensor, rate: Tensor) -> Tensor:
        path = getattr(variable, "path", variable.name)
        named = any(text in path for text in self._names_not_decayed)
        factor = self.decay_factors.of(variable)
        if not factor or named or variable in self._not_decayed:
            return weight
        decay = self.decay_of(variable)
        if isinstance(decay, Tensor):
            decay = ops.cast(decay, weight.dtype)
        elif not decay:
            return weight
        return weight - weight * (rate * (decay if factor == 1.0 else decay * factor))

    # ------------------------------------------------------------ for the user

    def minimize(
        self,
        loss: Callable[[], Tensor] | Tensor,
        var_list: Sequence[Variable],
        tape: GradientTape | None = None,
    ) -> None:
        """One step for a loss: a function without arguments, or a value recorded by a tape.

        >>> import steepest as st
        >>> w = st.Variable(3.0)
        >>> st.optimizers.SGD(0.25).minimize(lambda: w * w, [w])
        >>> w.item()
        1.5
        """
        if callable(loss):
            with GradientTape() as tape:
                loss = loss()
        if tape is None:
            raise ArgumentError("minimize: a loss that is a value needs the tape that recorded it")
        self.apply(tape.gradient(loss, list(var_list)), var_list)

    @property
    def has_final_values(self) -> bool:
        """Whether `finalize_variable_values` changes weights."""
        is_own = type(self).finalize_variable_values is not Optimizer.finalize_variable_values
        return self.use_ema or is_own

    def finalize_variable_values(self, var_list: Sequence[Variable] | None = None) -> None:
        """Assigns their moving averages to the weights, if `use_ema` is set."""
        if self.averages_in_use:
            self.swap_averages()
        wanted = list(self._slots) if var_list is None else var_list
        for variable in wanted if self.use_ema else []:
            variable.assign(self._slots[variable]["average"])

    def swap_averages(self) -> None:
        """Swaps the weights with their moving averages; a second call restores them.

        `averages_in_use` says whether the weights are the averages now.
        """
        self.averages_in_use = not self.averages_in_use
        for variable, slots in self._slots.items() if self.use_ema else ():
            value, mean = variable.value, slots["average"].value
            variable.assign(mean)
            slots["average"].assign(value)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments as JSON types."""
        return {
            **super().get_config(),
            "learning_rate": to_config(self.argument("learning_rate")),
            "rate_factors": self.rate_factors.get_config(),
            "decay_factors": self.decay_factors.get_config(),
        }

    def argument(self, name: str) -> Any:
        """The present value of a constructor argument."""
        if name in ("rate_factors", "decay_factors"):
            return getattr(self, name) or None
        if name != "learning_rate":
            return super().argument(name)
        if self.schedule is not None:
            return self.schedule
        return float(str(self._rate.numpy()))  # 0.001, not float32's 0.0010000000475

    def __repr__(self) -> str:
        default = {name: p.default for name, p in constructor_parameters(type(self)).items()}
        default["name"] = type(self).__name__.lower()
        given = {name: self.argument(name) for name in default}
        inside = ", ".join(f"{k}={v!r}" for k, v in given.items() if v != default[k])
        return f"{type(self).__name__}({inside})"


_OF_ALL = ("average", "accumulated")  # slots of all optimizers, which `update` does not see
