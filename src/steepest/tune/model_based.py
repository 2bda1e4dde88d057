"""ModelBased: options proposed by a model of the scores so far, through Optuna.

Optuna is imported where it is used. Depends on strategies and space.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from steepest.arguments import is_number, whole
from steepest.errors import ArgumentError, MissingExtra
from steepest.tune.space import Options, Space
from steepest.tune.strategies import STRATEGIES, Task
from steepest.tune.trial import Trial

if TYPE_CHECKING:
    from steepest.tune.study import Study

MOST_REJECTED = 1000


@dataclass(frozen=True)
class ModelBased:
    """Options that a model of the scores so far expects to be good; needs Optuna.

    `sampler` is one of Optuna's, by default its TPE with the seed of the study. Trials are proposed
    in rounds of `at_once`, whatever the number of threads, so that a study with a seed is the same
    for any number of them. If several processes work on one study, the trial of a process that
    gives no sign of life for `lease` seconds is run again by another one.

    >>> st.tune.ModelBased(at_once=2)
    ModelBased(at_once=2, sampler=None, lease=60.0)
    """

    at_once: int = 4
    sampler: Any = None
    lease: float = 60.0
    waits = True

    def __post_init__(self) -> None:
        whole("ModelBased: at_once", self.at_once, 1)
        if not is_number(self.lease) or not self.lease > 0:
            raise ArgumentError(
                f"ModelBased: lease: a number of seconds above 0 was expected, got {self.lease!r}"
            )

    def rounds(self, study: Study) -> Iterator[list[Task]]:
        """Rounds of `at_once` trials, each proposed by the scores before it."""
        optuna = imported()
        sampler = self.sampler or optuna.samplers.TPESampler(seed=study.seed % 2**32)
        with quiet(optuna):
            model = optuna.create_study(direction="maximize", sampler=sampler)
        learn_from(optuna, model, study.space, study.earlier)
        for options in study.first:
            enqueue(model, study.space, options)
        while study.size is None or len(study.trials) < study.size:
            left = self.at_once if study.size is None else study.size - len(study.trials)
            asked: list[tuple[Any, Trial]] = []
            for _ in range(min(self.at_once, left)):
                own, options = proposed(optuna, model, study.space)
                asked.append((own, study.add(options)))
            yield [Task(trial) for _, trial in asked]
            for own, trial in asked:
                if trial.has_score:
                    model.tell(own, study.gain(trial))
                else:
                    model.tell(own, state=optuna.trial.TrialState.FAIL)


STRATEGIES["model"] = ModelBased


def imported() -> Any:
    """Optuna; raises with the command that installs it."""
    try:
        import optuna
    except ImportError:
        raise MissingExtra(
            "strategy='model' needs Optuna: pip install 'steepest[tune]'; or take strategy='random'"
        ) from None
    return optuna


@contextlib.contextmanager
def quiet(optuna: Any) -> Iterator[None]:
    """Lets Optuna log warnings only."""
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)


def enqueue(model: Any, space: Space, options: Options, place: int | None = None) -> None:
    """Lets Optuna's study propose these options next; `place` is theirs among the first ones."""
    picked = space.found(options)
    if picked is None:
        raise ArgumentError(
            f"first: the model-based strategy needs a value of the space for each option, got "
            f"{options}"
        )
    model.enqueue_trial(picked, user_attrs=None if place is None else {"first": place})


def proposed(optuna: Any, model: Any, space: Space) -> tuple[Any, Options]:
    """A trial of Optuna's study and its options, which meet the constraints."""
    for _ in range(MOST_REJECTED):
        own = model.ask()
        options = space.options(lambda path, part, own=own: part.suggested(own, path))  # type: ignore[misc]
        if space.allows(options):
            return own, options
        model.tell(own, state=optuna.trial.TrialState.FAIL)
    raise ArgumentError(
        f"space: {MOST_REJECTED:,} proposals in a row did not meet the constraints; loosen them"
    )


def learn_from(optuna: Any, model: Any, space: Space, earlier: Study | None) -> None:
    """Adds the scores of an earlier study whose options are of the space."""
    for trial in earlier.ranked() if earlier is not None else ():
        picked = space.found(trial.options)
        if earlier is None or picked is None:
            continue
        fixed = optuna.trial.FixedTrial(picked)
        space.options(lambda path, part, fixed=fixed: part.suggested(fixed, path))  # type: ignore[misc]
        model.add_trial(
            optuna.trial.create_trial(
                params=picked,
                distributions=fixed.distributions,
                value=earlier.gain(trial),
                user_attrs={"earlier": True},
            )
        )
