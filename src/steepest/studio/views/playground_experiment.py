"""The experiment of the playground: a network, its points, and its training so far.

It belongs to one thread. Changes keep what was learned; each can be undone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.engines.bound import Bound
from steepest.errors import SteepestError
from steepest.events import BatchesDone, EpochDone, EpochsDone, Found, Stopped
from steepest.finding import Finding
from steepest.neuralnet.input.feeds import ArrayFeed
from steepest.neuralnet.running.run import Events
from steepest.studio.fields import FieldError, State
from steepest.studio.views.curve import Curve
from steepest.studio.views.playground_data import Points, points_of
from steepest.studio.views.playground_network import (
    compiled_outputs,
    compiled_scores,
    dense_layers,
    features_of,
    keep_optimizer,
    keep_weights,
    new_model,
    targets,
)

LAST_EPOCH = 10**6
MOST_UNDONE = 20
WORSE = 10.0  # times the lowest loss so far: a higher one has begun to diverge
DIVERGED = "diverged"


@dataclass(frozen=True)
class Moment:
    """All that an experiment returns to: its state, weights, optimizer and curves so far."""

    state: State
    weights: list[np.ndarray]
    slots: list[np.ndarray]
    epoch: int
    changed: bool


class Experiment:
    """A network that learns the points of a state, as far as it was advanced.

    >>> from steepest.studio.fields import check
    >>> from steepest.studio.views.playground_network import NETWORK
    >>> experiment = Experiment(check(NETWORK, {"data": {"points": 40}}))
    >>> experiment.advance(steps=1)
    >>> experiment.epoch, experiment.step, experiment.steps_per_epoch
    (0, 1, 2)
    """

    def __init__(self, state: State) -> None:
        self._moments: deque[Moment] = deque(maxlen=MOST_UNDONE)
        self._events: Events | None = None
        self.finite: Moment | None = None
        self.reset(state)

    def reset(self, state: State) -> None:
        """Begins again: points, initial weights and empty curves."""
        points = points_of(state["data"])
        self._use(state, points, new_model(state, points))
        self.epoch = 0
        self.losses, self.tests = Curve(), Curve()  # by epochs: of the training, of the test
        self.changed = self._began = False
        self.finite = self.moment()

    def _use(self, state: State, points: Points, model: Any) -> None:
        """Trains another model, or on other points, from the next epoch on."""
        self._close()
        self.state, self.points, self.model = state, points, model
        self.inputs = features_of(state, points.x_train), features_of(state, points.x_test)
        self.targets = tuple(
            targets(state, y, points.classes) for y in (points.y_train, points.y_test)
        )
        self._programs: dict[bool, Bound] = {}
        self._scores: Bound | None = None

    def _close(self) -> None:
        if self._events is not None:
            self._events.close()
        self._events = None
        self._pace: int | None = None
        self.step = 0
        self.ended = ""
        self.finding: Finding | None = None

    @property
    def at(self) -> float:
        """How many epochs are done, with the part of the present one."""
        return self.epoch + self.step / self.steps_per_epoch

    @property
    def steps_per_epoch(self) -> int:
        """The number of batches of an epoch."""
        return -(-len(self.inputs[0]) // self.state["batch"])

    # ------------------------------------------------------------ training

    def advance(self, steps: int | None) -> None:
        """Trains at most so many steps, and not beyond the epoch; for None about 50 milliseconds.

        `ended` is the reason, if the training is over, and `finding` what was found.
        """
        if self.ended == DIVERGED or self._reached_stop():
            return
        if self._events is None or (self._pace != steps and not self.step):
            self._open(steps)
        assert self._events is not None
        for event in self._events:
            match event:
                case BatchesDone():
                    self.step = event.done % self.steps_per_epoch
                case EpochDone(_, logs):
                    self._note([logs["loss"]])
                case EpochsDone(_, _, values):
                    self._note(values["loss"])
                case Found(finding):
                    self.finding = finding
                case Stopped(reason):
                    self._events, self.ended = None, reason
            if isinstance(event, EpochDone | EpochsDone | Stopped) or self.step:
                break

    def _note(self, losses: Sequence[Any]) -> None:
        """Adds the losses of complete epochs."""
        self.losses.extend(self.epoch + 1, map(float, losses))
        self.epoch, self.step = self.epoch + len(losses), 0

    def _open(self, steps: int | None) -> None:
        self._close()
        seed = self.state["seed"]  # restarts the generators of dropout, so only for the first time
        try:
            run = self.model.training(
                self.inputs[0],
                self.targets[0],
                every="call" if steps is None else "epoch",
                epochs=self.state["stop"]["epochs"] or LAST_EPOCH,
                initial_epoch=self.epoch,
                batch_size=self.state["batch"],
                seed=None if self._began else seed,
                check=False,
            )
        except SteepestError as error:
            raise FieldError("layers", str(error)) from None
        if isinstance(run.feed, ArrayFeed):
            run.feed.seed = seed
        run.every_steps, self._began = steps, True
        self._events, self._pace = run.events(), steps

    def _reached_stop(self) -> bool:
        """Whether a condition to stop is met; `ended` says which."""
        stop, scores = self.state["stop"], {}
        if self.losses.last is not None:
            scores["train_loss"] = self.losses.last
        if self.tests.last is not None:
            scores["test_loss"] = self.tests.last
        for name, score in scores.items():
            if stop[name] is not None and score <= stop[name]:
                self.ended = f"{name} reached {stop[name]:g}"
        if stop["epochs"] and self.epoch >= stop["epochs"]:
            self.ended = f"{stop['epochs']} epochs are complete"
        least = stop["accuracy"] if self.points.classes else None
        if least is not None and accuracy(self.scores(1)[0], self.points.y_test) >= least:
            self.ended = f"accuracy reached {least:g}"
        return bool(self.ended) and self.ended != "complete"

    def outputs(self, rows: np.ndarray, hidden: bool = False) -> Any:
        """The output of the network for rows of features, or the outputs of all hidden layers."""
        if hidden not in self._programs:
            self._programs[hidden] = compiled_outputs(self.model, hidden)
        found = self._programs[hidden].call([rows])
        return found if hidden else found[0]

    def scores(self, part: int) -> tuple[np.ndarray, float]:
        """The outputs and the loss for the points of training (0) or of the test (1).

        The loss of the test is added to its curve.
        """
        if self._scores is None:
            self._scores = compiled_scores(self.model, self.targets[part])
        outputs, loss = self._scores.call([self.inputs[part], self.targets[part]])
        if part and len(outputs) and (not self.tests.points or self.tests.points[-1][0] < self.at):
            self.tests.add(self.at, float(loss))
        return outputs, float(loss)

    # ------------------------------------------------------------ changes

    def change(self, state: State) -> None:
        """Applies another state to what was learned; another seed begins again."""
        self.remember()
        before = self.state
        different = {name for name in state if state[name] != before[name]}
        if "seed" in different:
            self.reset(state)
            return
        self.changed = self.changed or bool(self.epoch + self.step)
        if not different - {"batch", "stop"}:
            self._use(state, self.points, self.model)
        elif different == {"optimizer"} and _set_options(self.model.optimizer, before, state):
            self.state, self.ended = state, ""
        else:
            self._rebuild(state)

    def _rebuild(self, state: State) -> None:
        """A new model for the state, with the weights and the optimizer's state of the old one."""
        points = points_of(state["data"]) if state["data"] != self.state["data"] else self.points
        model = new_model(state, points)
        keep_weights(self.model, model)
        keep_optimizer(self.model, model)
        self._use(state, points, model)

    def edit(self, layer: int, unit: int, row: int | None, value: float) -> None:
        """Sets one weight of a layer, or the bias of a unit for no row."""
        layers = dense_layers(self.model)
        if not layer < len(layers) or not unit < layers[layer].units:
            raise FieldError("unit", "the network has no such unit")
        variable = layers[layer].bias if row is None else layers[layer].kernel
        if row is not None and not row < variable.shape[0]:
            raise FieldError("row", "the unit has no such input")
        self.remember()
        changed = variable.numpy().copy()
        changed[unit if row is None else (row, unit)] = value
        variable.assign(changed)
        self.changed = True

    # ------------------------------------------------------------ moments

    def moment(self) -> Moment:
        """The present moment."""
        optimizer = self.model.optimizer
        return Moment(
            self.state,
            self.model.get_weights(),
            [variable.numpy().copy() for variable in optimizer.variables]
            if optimizer.built
            else [],
            self.epoch,
            self.changed,
        )

    def remember(self) -> None:
        """Makes the present moment the one to which `undo` returns."""
        self._moments.append(self.moment())

    @property
    def can_undo(self) -> bool:
        """Whether there is a moment to return to."""
        return bool(self._moments)

    def undo(self) -> None:
        """Returns to the moment before the last change."""
        if not self._moments:
            raise FieldError("", "there is nothing to undo")
        self.restore(self._moments.pop())

    def restore(self, moment: Moment) -> None:
        """Returns to a moment."""
        points = self.points
        if moment.state["data"] != self.state["data"]:
            points = points_of(moment.state["data"])
        model = new_model(moment.state, points)
        model.set_weights(moment.weights)
        if moment.slots:
            model.optimizer.build(model.trainable_weights)
            for variable, value in zip(model.optimizer.variables, moment.slots, strict=True):
                variable.assign(value)
        self._use(moment.state, points, model)
        self.epoch, self.changed = moment.epoch, moment.changed
        self.losses.cut(self.epoch)
        self.tests.cut(self.epoch)

    def note_finite(self) -> None:
        """Notes the present moment for a return after a divergence, unless it has begun already.

        The scores of the test have just been computed.
        """
        curve = self.tests if self.tests.points else self.losses
        last = curve.last or 0.0
        finite = all(np.isfinite(each).all() for each in self.model.get_weights())
        if finite and np.isfinite(last) and (not last or last <= WORSE * curve.least):
            self.finite = self.moment()


def accuracy(outputs: np.ndarray, y: np.ndarray) -> float:
    """The share of rows whose class is that of the output.

    >>> accuracy(np.float32([[0.9], [0.2]]), np.int32([1, 1]))
    0.5
    """
    return float((classes_in(outputs) == y).mean()) if len(y) else float("nan")


def classes_in(outputs: np.ndarray) -> np.ndarray:
    """The class of each output: the largest, or whether the only one is above a half."""
    found: np.ndarray = outputs.argmax(axis=1) if outputs.shape[1] > 1 else outputs[:, 0] > 0.5
    return found.astype(np.int32)


def _set_options(optimizer: Any, before: State, after: State) -> bool:
    """Assigns the options that differ, if the optimizer is of the same kind and takes them."""
    one, other = before["optimizer"], after["optimizer"]
    held, wanted = one["options"], other["options"]
    if one["name"] != other["name"] or set(held) != set(wanted):
        return False
    changed = [name for name in wanted if wanted[name] != held[name]]
    if any(type(each[name]) is not float for name in changed for each in (held, wanted)):
        return False
    for name in changed:
        setattr(optimizer, name, wanted[name])
    return True
