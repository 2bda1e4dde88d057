"""Optimizer: the walk over all weights, so that an optimizer is one formula for one array.

Leans on core and schedules. Rates, clipping, decay, averaging, accumulation and constraints are
here, once for all; everything is an operation of the language, so a step can be recorded whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from steepest.arguments import constructor_parameters, require_within
from steepest.core import dispatch, ops
from steepest.core.tape import GradientTape
from steepest.core.tensor import Tensor, TensorLike
from steepest.core.variable import Variable
from steepest.errors import ArgumentError
from steepest.functions import composed
from steepest.optimizers.factors import FactorsOf, Given
from steepest.optimizers.pairs import computed, connected
from steepest.optimizers.scheduled import Scheduled
from steepest.registry import Registry, to_config
from steepest.schedules.hyper import HyperParameter, Setting

OPTIMIZERS = Registry("optimizer")
Slots = dict[str, Tensor]


class Optimizer(Scheduled):
    """The base of all optimizers: subclass it with `update`, the formula for one array.

    `slot_names` names what is kept for each weight, zeros at first; `init` can be overridden for
    another start. Options of all optimizers:

    * `learning_rate`: a number, a schedule, or a function of the progress of the training, from 0
      to 1 (`st.schedules.Clock` says what it counts). So may be `weight_decay`, `ema_momentum`,
      and the momenta and betas of subclasses: all `st.schedules.HyperParameter`s.
    * `weight_decay`: each step takes rate x decay x weight off first (Loshchilov and Hutter, 2019).
    * `rate_factors`, `decay_factors`: factors of the rate and of the decay for some variables: a
      dictionary from layers, variables or names to factors, or a function of a variable (`rate_of`
      and `decay_of` can be overridden too). The factor of the rate scales the decay with it.
    * `clipvalue`, `clipnorm` (each gradient's length), `global_clipnorm` (that of all together).
    * `use_ema`: keep a moving average of the weights, `ema_momentum` of it old at each step, put
      in place by `finalize_variable_values`, or every `ema_overwrite_frequency` steps.
    * `gradient_accumulation_steps`: update once in so many steps, by the mean gradient.

    >>> import steepest as st
    >>> class SignDescent(st.optimizers.Optimizer):
    ...     def update(self, gradient, weight, slots, rate, step):
    ...         return weight - rate * st.sign(gradient), slots
    >>> w = st.Variable([1.0, 2.0])
    >>> SignDescent(learning_rate=0.5).apply([[3.0, -7.0]], [w])
    >>> w.tolist()
    [0.5, 2.5]

    A scaling layer six times as fast, biases at a tenth of the rate and without decay:

    >>> scale = st.layers.RMSNormalization()
    >>> model = st.Sequential([scale, st.layers.Dense(2)])
    >>> adam = st.optimizers.Adam(0.01, weight_decay=lambda progress: 0.02 * (1.0 - progress),
    ...     rate_factors={scale: 6.0, "bias": 0.1}, decay_factors={"bias": 0.0})
    """

    weight_decay = HyperParameter("[0, inf)")
    ema_momentum = HyperParameter("[0, 1]")
    rate_factors = FactorsOf()
    decay_factors = FactorsOf()

    slot_names: tuple[str, ...] = ()
    full_batch = False
    usual_rates: tuple[float, float] | None = None
    """The least and the greatest learning rate that is used with it, if that is known."""

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
        rate_factors: Given = None,
        decay_factors: Given = None,
    ) -> None:
        super().__init__(learning_rate, name)
        self.weight_decay = weight_decay
        self.clipnorm, self.clipvalue, self.global_clipnorm = clipnorm, clipvalue, global_clipnorm
        self.use_ema, self.ema_momentum = use_ema, ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self.rate_factors, self.decay_factors = rate_factors, decay_factors
        self._slots: dict[Variable, dict[str, Variable]] = {}
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
        own = type(self).decay_of is not Optimizer.decay_of
        if self.decay_factors and self.weight_decay is None and not own:
            raise ArgumentError(
                f"{type(self).__name__}: decay_factors are factors of weight_decay; give it too"
            )

    # ------------------------------------------------------------ the rules of one array

    def init(self, weight: Tensor) -> Slots:
        """What is kept for one weight, at first."""
        return {name: composed.zeros_like(weight) for name in self.slot_names}

    def slots_for(self, variable: Variable, weight: Tensor) -> Slots:
        """What is kept for a variable, where it does not depend on the values alone."""
        return self.init(weight)

    def rate_of(self, variable: Variable) -> float:
        """The factor of the learning rate for a variable: a constant that becomes part of the step.

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
        """The new weight and what is kept for it; `step` counts from 1, as a fraction's kind."""
        raise NotImplementedError(f"{type(self).__name__} must define update")

    # ------------------------------------------------------------ what is kept

    def build(self, variables: Sequence[Variable]) -> None:
        """Make room for what is kept for each variable; those known already stay."""
        new = [variable for variable in variables if variable not in self._slots]
        if not new:
            return
        with dispatch.eagerly():
            for variable in new:
                self._slots[variable] = self._made_slots(variable)
        for factors in (self.rate_factors, self.decay_factors):
            factors.warn_of_misses(list(self._slots))

    def argument_changed(self, name: str, before: Any) -> None:
        """Note a new value, and make what is to be stored for it from now on."""
        super().argument_changed(name, before)
        with dispatch.eagerly():
            for variable, slots in vars(self).get("_slots", {}).items():
                self._complete(variable, slots, name, before)

    def _complete(
        self, variable: Variable, slots: dict[str, Variable], name: str, before: Any
    ) -> None:
        for slot, value in self._made_slots(variable).items():
            if slot in slots:
                continue
            if slot.startswith(FILLED) and self.iterations.item():
                vars(self)[name] = before
                raise ArgumentError(
                    f"{type(self).__name__}: {name} cannot become a schedule after "
                    f"{self.iterations.item()} steps, as its average is corrected for all values "
                    "from the first step on; make a new optimizer"
                )
            slots[slot] = value

    def _made_slots(self, variable: Variable) -> dict[str, Variable]:
        weight = computed(variable)
        first = dict(self.slots_for(variable, weight))
        if self.use_ema:
            first["average"] = weight
        if self.gradient_accumulation_steps:
            first["accumulated"] = composed.zeros_like(weight)
        path = getattr(variable, "path", variable.name)
        return {
            name: Variable(value, trainable=False, name=f"{self.name}/{name}/{path}")
            for name, value in first.items()
        }

    @property
    def built(self) -> bool:
        """Whether the variables to train are known."""
        return bool(self._slots)

    @property
    def variables(self) -> list[Variable]:
        """All that the optimizer remembers: step, rate, then what is kept for each weight."""
        rate = [self._rate] if isinstance(self._rate, Variable) else []
        inside = getattr(self._rate, "variables", []) if not rate else []
        kept = [slot for slots in self._slots.values() for slot in slots.values()]
        return [self.iterations, *rate, *inside, *kept]

    def slots_of(self, variable: Variable) -> dict[str, Variable]:
        """What is kept for one variable, by name."""
        return self._slots[variable]

    def exclude_from_weight_decay(
        self, var_list: Iterable[Variable] = (), var_names: Iterable[str] = ()
    ) -> None:
        """Let no decay reach these variables, or those whose name contains one of these texts.

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
        pairs = list(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [variable for _, variable in pairs])

    def apply(
        self, grads: Sequence[TensorLike | None], variables: Sequence[Variable] | None = None
    ) -> None:
        """One step, from gradients in the order of the variables."""
        given = list(self._slots) if variables is None else list(variables)
        gradients, weights = connected(list(grads), given)
        self.build(weights)
        step = self.iterations.value
        if self.gradient_accumulation_steps:
            gradients = self._accumulated(gradients, weights, step)
        with self.one_step():
            rate = self.rate_now()
            for gradient, variable in zip(self._clipped(gradients), weights, strict=True):
                self._step_one(gradient, variable, rate, step)
        self.iterations.assign(step + 1)

    def _step_one(self, gradient: Tensor, variable: Variable, rate: Tensor, step: Tensor) -> None:
        kept = self._slots[variable]
        before = computed(variable)
        slots = {name: slot.value for name, slot in kept.items() if name not in _SHARED}
        kind = before.dtype
        factor = self.rate_of(variable)
        require_within(self, "[0, inf)", rate_of=factor)
        speed = ops.cast(rate, kind) if factor == 1.0 else ops.cast(rate, kind) * factor
        count = ops.cast(self._updates(step), kind)
        after, renewed = self.update(
            gradient, self._decayed(variable, before, speed), slots, speed, count
        )
        constraint = getattr(variable, "constraint", None)
        after = after if constraint is None else constraint(after)
        self._keep(variable, before, after, step)
        for name, value in renewed.items():
            kept[name].assign(self._if_due(step, value, slots[name]))

    def _keep(self, variable: Variable, before: Tensor, after: Tensor, step: Tensor) -> None:
        """Assign the new weight, and follow it with the average."""
        after = self._if_due(step, after, before)
        if self.use_ema:
            average = self._slots[variable]["average"]
            share = ops.cast(step > 0, after.dtype) * self.now(
                "ema_momentum", after
            )  # starts at the first step
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

    def _clipped(self, gradients: list[Tensor]) -> list[Tensor]:
        if self.global_clipnorm is not None:
            return composed.clip_by_global_norm(gradients, self.global_clipnorm)[0]
        if self.clipnorm is not None:
            return [composed.clip_by_norm(gradient, self.clipnorm) for gradient in gradients]
        limit = self.clipvalue
        if limit is not None:
            return [composed.clip_by_value(gradient, -limit, limit) for gradient in gradients]
        return gradients

    # ------------------------------------------------------------ accumulation

    def _updates(self, step: Tensor) -> Tensor:
        """How many updates there have been after this step."""
        every = self.gradient_accumulation_steps
        return (step // every if every else step) + 1

    def _if_due(self, step: Tensor, new: Tensor, old: Tensor) -> Tensor:
        every = self.gradient_accumulation_steps
        return new if not every else ops.where((step + 1) % every == 0, new, old)

    def _accumulated(
        self, gradients: list[Tensor], weights: list[Variable], step: Tensor
    ) -> list[Tensor]:
        """The mean gradient since the last update; the sums start anew when one is due."""
        means = []
        for gradient, variable in zip(gradients, weights, strict=True):
            accumulated = self._slots[variable]["accumulated"]
            total = accumulated.value + gradient
            accumulated.assign(self._if_due(step, composed.zeros_like(total), total))
            means.append(total / float(self.gradient_accumulation_steps or 1))
        return means

    # ------------------------------------------------------------ for the user

    def minimize(
        self,
        loss: Callable[[], Tensor] | Tensor,
        var_list: Sequence[Variable],
        tape: GradientTape | None = None,
    ) -> None:
        """One step down a loss: a function without arguments, or a value noted by a tape.

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
            raise ArgumentError("minimize: a loss that is a value needs the tape that noted it")
        self.apply(tape.gradient(loss, list(var_list)), var_list)

    @property
    def has_final_values(self) -> bool:
        """Whether `finalize_variable_values` does something."""
        is_own = type(self).finalize_variable_values is not Optimizer.finalize_variable_values
        return self.use_ema or is_own

    def finalize_variable_values(self, var_list: Sequence[Variable] | None = None) -> None:
        """Give the weights the values of their moving averages."""
        wanted = list(self._slots) if var_list is None else var_list
        for variable in wanted if self.use_ema else []:
            variable.assign(self._slots[variable]["average"])

    def swap_averages(self) -> None:
        """Exchange the weights with their moving averages; a second time puts them back."""
        for variable, slots in self._slots.items() if self.use_ema else ():
            value, mean = variable.value, slots["average"].value
            variable.assign(mean)
            slots["average"].assign(value)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments in the words of JSON."""
        return {
            **super().get_config(),
            "learning_rate": to_config(self.argument("learning_rate")),
            "rate_factors": self.rate_factors.get_config(),
            "decay_factors": self.decay_factors.get_config(),
        }

    def argument(self, name: str) -> Any:
        """What the constructor was given under a name."""
        if name in ("rate_factors", "decay_factors"):
            return getattr(self, name) or None
        if name != "learning_rate":
            return super().argument(name)
        if self.schedule is not None:
            return self.schedule
        return float(str(self._rate.numpy()))  # 0.001, not float32's 0.0010000000475

    def __repr__(self) -> str:
        usual = {name: p.default for name, p in constructor_parameters(type(self)).items()}
        usual["name"] = type(self).__name__.lower()
        told = {name: self.argument(name) for name in usual}
        inside = ", ".join(f"{k}={v!r}" for k, v in told.items() if v != usual[k])
        return f"{type(self).__name__}({inside})"


_SHARED = ("average", "accumulated")
FILLED = "filled_"  # slots that have followed a scheduled beta from the first step on
