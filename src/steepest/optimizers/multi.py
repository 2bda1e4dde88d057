"""MultiOptimizer, which gives parts of a model optimizers of their own, and OptimizerMap."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any

from steepest.constructors import checked
from steepest.core.tensor import TensorLike
from steepest.core.variable import Variable
from steepest.errors import ArgumentError
from steepest.optimizers.optimizer import OPTIMIZERS, Optimizer
from steepest.registry import to_config
from steepest.user_objects import custom_objects as custom_objects_known


class OptimizerMap(MutableMapping[str, Optimizer]):
    """Optimizers by the path of a variable, or a regular expression that matches all of it.

    >>> import steepest as st
    >>> optimizers = OptimizerMap(st.optimizers.SGD(0.1))
    >>> optimizers["encoder/.*"] = st.optimizers.Adam()
    >>> optimizers["encoder/kernel"], optimizers["head/kernel"]
    (Adam(), SGD(learning_rate=0.1))
    """

    @checked
    def __init__(self, default_optimizer: Any, optimizer_map: dict[str, Any] | None = None) -> None:
        self.default_optimizer = _single(default_optimizer)
        if not isinstance(optimizer_map, (Mapping, type(None))):
            raise ArgumentError(
                "OptimizerMap: optimizer_map is a dictionary from patterns to optimizers, got "
                f"{optimizer_map!r}"
            )
        self._found: dict[str, Optimizer] = {}
        for pattern, optimizer in (optimizer_map or {}).items():
            self[pattern] = optimizer

    def __getitem__(self, path: str) -> Optimizer:
        if path in self._found:
            return self._found[path]
        matching = [pattern for pattern in self._found if re.fullmatch(pattern, path)]
        if len(matching) > 1:
            raise ArgumentError(
                f"OptimizerMap: {matching} all match the variable {path!r}; make them exclusive"
            )
        return self._found[matching[0]] if matching else self.default_optimizer

    def __setitem__(self, pattern: str, optimizer: Any) -> None:
        if pattern in self._found:
            raise ArgumentError(f"OptimizerMap: {pattern!r} has an optimizer already; delete it")
        try:
            re.compile(pattern)
        except re.error as error:
            raise ArgumentError(
                f"OptimizerMap: {pattern!r} is no regular expression: {error}"
            ) from None
        self._found[pattern] = _single(optimizer)

    def __delitem__(self, pattern: str) -> None:
        del self._found[pattern]

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __call__(self, variable: Variable) -> Optimizer:
        """The optimizer of a variable."""
        return self[getattr(variable, "path", variable.name)]

    def get_config(self) -> dict[str, Any]:
        """The optimizers as JSON types."""
        return {
            "default_optimizer": to_config(self.default_optimizer),
            "optimizer_map": to_config(self._found),
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> OptimizerMap:
        """The map of a configuration, of new optimizers."""
        with custom_objects_known(custom_objects or {}):
            return cls(**config)


@OPTIMIZERS.register
class MultiOptimizer(Optimizer):
    """Trains each variable by the optimizer that a map or a function gives for it.

    `optimizer_map` is an `OptimizerMap`, or a function of a variable that returns the same
    optimizer object for the variables of one group.

    >>> import steepest as st
    >>> first, last = st.layers.Dense(3, name="first"), st.layers.Dense(1, name="last")
    >>> model = st.Sequential([first, last])
    >>> parts = OptimizerMap(st.optimizers.SGD(0.1), {"last/.*": st.optimizers.Adam()})
    >>> model.compile(MultiOptimizer(parts), "mse")
    >>> _ = model.fit(st.ones((4, 2)), st.ones((4, 1)), verbose=0)
    >>> [type(optimizer).__name__ for optimizer in model.optimizer.optimizers]
    ['SGD', 'Adam']
    """

    def __init__(
        self, optimizer_map: OptimizerMap | Callable[[Variable], Any], name: str | None = None
    ) -> None:
        super().__init__(0.0, name=name)
        if isinstance(optimizer_map, dict) and "default_optimizer" in optimizer_map:
            optimizer_map = OptimizerMap(**optimizer_map)  # from a configuration
        if not callable(optimizer_map):
            raise ArgumentError(
                "MultiOptimizer: an OptimizerMap, or a function from a variable to its optimizer, "
                f"was expected, got {optimizer_map!r}"
            )
        self.optimizer_map = optimizer_map
        self._of: dict[Variable, Optimizer] = {}
        self._plan: tuple[int | None, int, int] | None = None

    @property
    def optimizers(self) -> list[Optimizer]:
        """The optimizers, in the order of their first variables."""
        return list(dict.fromkeys(self._of.values()))

    def _groups(self, variables: Sequence[Variable]) -> dict[Optimizer, list[int]]:
        """The positions of each optimizer's variables among the given ones."""
        groups: dict[Optimizer, list[int]] = {}
        for position, variable in enumerate(variables):
            groups.setdefault(self._of[variable], []).append(position)
        return groups

    def build(self, variables: Sequence[Variable]) -> None:
        """Finds the optimizers of variables, and makes their slots."""
        for variable in variables:
            if variable not in self._of:
                found = _single(self.optimizer_map(variable))
                if self._plan is not None and found not in self._of.values():
                    found.plan(*self._plan)
                self._of[variable] = found
        for optimizer, positions in self._groups(variables).items():
            optimizer.build([variables[position] for position in positions])

    @property
    def built(self) -> bool:
        """Whether `build` was called, so that the variables to train are known."""
        return bool(self._of)

    @property
    def built_for(self) -> list[Variable]:
        """The variables to train, in the order in which `build` was given them."""
        return list(self._of)

    @property
    def variables(self) -> list[Variable]:
        """The step, and the state of each optimizer."""
        return [self.iterations, *(v for each in self.optimizers for v in each.variables)]

    def slots_of(self, variable: Variable) -> dict[str, Variable]:
        """The slots of a variable by name."""
        return self._of[variable].slots_of(variable)

    def apply(
        self, grads: Sequence[TensorLike | None], variables: Sequence[Variable] | None = None
    ) -> None:
        """One step of each optimizer, from gradients in the order of the variables."""
        given = list(self._of) if variables is None else list(variables)
        self.build(given)
        for optimizer, positions in self._groups(given).items():
            optimizer.apply([grads[p] for p in positions], [given[p] for p in positions])
        self.iterations.assign(self.iterations.value + 1)

    def plan(self, steps: int | None, epochs: int, initial_epoch: int = 0) -> None:
        """Sets the steps of an epoch and the epochs of a fit, for schedules."""
        super().plan(steps, epochs, initial_epoch)
        self._plan = (steps, epochs, initial_epoch)
        for optimizer in self.optimizers:
            optimizer.plan(steps, epochs, initial_epoch)

    @property
    def has_final_values(self) -> bool:
        """Whether `finalize_variable_values` changes weights."""
        return any(optimizer.has_final_values for optimizer in self.optimizers)

    def finalize_variable_values(self, var_list: Sequence[Variable] | None = None) -> None:
        """Assigns the moving averages to the weights of the optimizers with `use_ema`."""
        self.averages_in_use = False
        given = list(self._of) if var_list is None else list(var_list)
        for optimizer, positions in self._groups(given).items():
            optimizer.finalize_variable_values([given[position] for position in positions])

    def swap_averages(self) -> None:
        """Swaps the weights with their moving averages; a second call restores them."""
        self.averages_in_use = not self.averages_in_use
        for optimizer in self.optimizers:
            optimizer.swap_averages()

    @property
    def learning_rate(self) -> Any:
        """Raises: each of the optimizers has a rate of its own."""
        raise NoSingleRate(
            f"{self.name} has no learning rate of its own: use those of its optimizers, as in "
            "optimizer.optimizers[0].learning_rate"
        )

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        _ = self.learning_rate

    lr = learning_rate

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments as JSON types."""
        if not isinstance(self.optimizer_map, OptimizerMap):
            raise ArgumentError(
                "MultiOptimizer: a function cannot be written into a configuration; use an "
                "OptimizerMap"
            )
        return {"optimizer_map": self.optimizer_map.get_config(), "name": self.name}

    def __repr__(self) -> str:
        return f"MultiOptimizer({self.optimizers})"


class NoSingleRate(ArgumentError, AttributeError):
    """A MultiOptimizer has no learning rate of its own."""


def _single(given: Any) -> Optimizer:
    found = OPTIMIZERS.get(given)
    if not isinstance(found, Optimizer) or isinstance(found, MultiOptimizer) or found.full_batch:
        raise ArgumentError(
            f"MultiOptimizer: optimizers of single batches were expected, got {found!r}"
        )
    return found
