"""Search for good options of a network: `search`, and the parts it is made of."""

from __future__ import annotations

from steepest.errors import suggest_names
from steepest.tune.compare import Duel, compare
from steepest.tune.distributions import choice, integer, log_uniform, uniform
from steepest.tune.halving import Halving
from steepest.tune.honest import TestScore
from steepest.tune.model_based import ModelBased
from steepest.tune.search import search
from steepest.tune.space import Space
from steepest.tune.strategies import Grid, Random, Strategy
from steepest.tune.study import Study
from steepest.tune.trial import Trial

__all__ = [
    "search",
    "Space",
    "choice",
    "uniform",
    "log_uniform",
    "integer",
    "Random",
    "Grid",
    "Halving",
    "ModelBased",
    "Strategy",
    "Study",
    "Trial",
    "TestScore",
    "compare",
    "Duel",
]

suggest_names(__name__)
