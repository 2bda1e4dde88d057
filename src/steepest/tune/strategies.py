"""Strategies: which options are tried, and for how many epochs, round by round.

A strategy yields rounds. A round is a list of tasks, each of which trains one trial up to an epoch;
they run side by side, and the strategy goes on when all of them are done. So no result depends on
how many run at once. An asynchronous strategy is asked for a round whenever a worker is free.
Depends on sequences and space.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

import numpy as np

from steepest.arguments import whole
from steepest.errors import ArgumentError, unknown_name
from steepest.tune.distributions import Distribution
from steepest.tune.sequences import halton
from steepest.tune.space import Options, Space
from steepest.tune.trial import Trial

if TYPE_CHECKING:
    from steepest.tune.study import Study

MOST_REJECTED = 10_000


class Task(NamedTuple):
    """Training of a trial up to an epoch, or to its end; `level` counts its tasks from 0."""

    trial: Trial
    level: int = 0
    epochs: int | None = None


@runtime_checkable
class Strategy(Protocol):
    """Chooses the trials of a study: what `search(strategy=)` takes.

    Any object with these two members is one:

    >>> isinstance(st.tune.Random(), st.tune.Strategy), isinstance("random", st.tune.Strategy)
    (True, False)
    """

    waits: bool
    """Whether a round depends on the scores of the rounds before it."""

    def rounds(self, study: Study) -> Iterator[list[Task]]:
        """The rounds of tasks; the scores of one are in its trials when the next is asked for."""


class Proposing:
    """The base of strategies that choose options without looking at scores."""

    waits = False

    def proposals(self, space: Space, seed: int, trials: int | None) -> Iterator[Options]:
        """The options of one trial after the other."""
        raise NotImplementedError

    def rounds(self, study: Study) -> Iterator[list[Task]]:
        """One round of all trials; if their number is not limited, rounds of `study.at_once`."""
        proposed = self.started(study)
        count = study.at_once if study.size is None else study.size
        while tasks := [Task(study.add(each)) for each in itertools.islice(proposed, count)]:
            yield tasks

    def started(self, study: Study) -> Iterator[Options]:
        """The options of the trials of a study: those to run first, then the proposals."""
        proposed = self.proposals(study.space, study.seed, study.size)
        given = list(study.first)
        new = (options for options in proposed if options not in given) if given else proposed
        return itertools.islice(itertools.chain(given, new), study.size)


@dataclass(frozen=True)
class Random(Proposing):
    """Options at random; by default of a sequence of low discrepancy, which fills the space evenly.

    No combination of lists is tried twice; if there are no more, the search ends. The options of
    trial i do not depend on the number of trials: a search can be continued with more.

    >>> study = st.tune.Study({"units": [16, 64], "rate": [0.1, 0.01]}, st.tune.Random(), seed=1)
    >>> len({tuple(study.ask().options.values()) for _ in range(4)}), study.ask()
    (4, None)
    """

    low_discrepancy: bool = True

    def proposals(self, space: Space, seed: int, trials: int | None) -> Iterator[Options]:
        """The options of one trial after the other."""
        paths = list(space.dimensions)
        rng = np.random.default_rng(seed)
        independent = (rng.random(len(paths)) for _ in itertools.count())
        points = halton(len(paths), seed) if self.low_discrepancy else independent
        seen: set[tuple[tuple[str, Any], ...]] = set()
        rejected = 0
        for point in points:
            pick = _AtPoint(dict(zip(paths, point.tolist(), strict=True)))
            options = space.options(pick)
            chosen = tuple(pick.picked.items())
            if chosen not in seen and space.allows(options):
                seen.add(chosen)
                rejected = 0
                yield options
                continue
            rejected += 1
            if len(seen) == space.size or (rejected == MOST_REJECTED and seen):
                return
            if rejected == MOST_REJECTED:
                raise ArgumentError(
                    f"space: none of {MOST_REJECTED:,} random combinations meets the constraints; "
                    "loosen them"
                )


class _AtPoint:
    """Picks the value at a point of the cube, and notes what was picked."""

    def __init__(self, fractions: dict[str, float]) -> None:
        self._fractions = fractions
        self.picked: dict[str, Any] = {}

    def __call__(self, path: str, distribution: Distribution) -> Any:
        self.picked[path] = distribution.at(self._fractions[path])
        return self.picked[path]


@dataclass(frozen=True)
class Grid(Proposing):
    """All combinations of the lists of a space; of an interval so many `points`.

    If the number of trials is given, they are a random part of the grid.

    >>> study = st.tune.Study({"units": [16, 64], "rate": [0.1, 0.01]}, "grid")
    >>> [list(study.ask().options.values()) for _ in range(3)]
    [[16, 0.1], [16, 0.01], [64, 0.1]]
    """

    points: int | None = None

    def __post_init__(self) -> None:
        if self.points is not None:
            whole("Grid: points", self.points, 1)

    def proposals(self, space: Space, seed: int, trials: int | None) -> Iterator[Options]:
        """The options of one trial after the other."""
        if trials is None or trials >= self.count(space):
            yield from space.combinations(self.points)
            return
        several = list(space.combinations(self.points))
        for place in np.random.default_rng(seed).permutation(len(several)):
            yield several[place]

    def count(self, space: Space) -> int:
        """The number of combinations."""
        return sum(1 for _ in space.combinations(self.points))


STRATEGIES: dict[str, Any] = {"random": Random, "grid": Grid}  # others add their names


def strategy_of(given: Any) -> Any:
    """The strategy of a name: "random", "grid", "halving" or "model"; an object is returned itself.

    >>> strategy_of("grid")
    Grid(points=None)
    """
    if not isinstance(given, str):
        if not hasattr(given, "rounds") or isinstance(given, type):
            raise ArgumentError(
                f"strategy: a name or an object such as st.tune.Random() was expected, got "
                f"{given!r}"
            )
        return given
    if given not in STRATEGIES:
        raise unknown_name("strategy", given, STRATEGIES)
    return STRATEGIES[given]()
