"""Rules on networks that are smaller or larger than their task needs.

Depends on course_facts, judged, baselines, budget and changes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from steepest.doctor.baselines import baselines
from steepest.doctor.budget import operations
from steepest.doctor.changes import layer_added
from steepest.doctor.course_facts import training_score, validation_score
from steepest.doctor.facts import Facts
from steepest.doctor.judged import judged
from steepest.doctor.layer_kinds import kernel_positions
from steepest.doctor.rule import Looks, Suspected, rule
from steepest.doctor.scoring import Score
from steepest.finding import Severity, Where
from steepest.layers import Dense
from steepest.neuralnet.input.feeds import columns_of

UNITS = 16
MANY_TIMES = 1000


@rule(
    "S31",
    "no-hidden-layer",
    Looks.TRAINED,
    meaning="The network has no hidden layer: it computes a linear function of its inputs.",
    sentence="the network is one layer of {units} units, and reaches {score:.3g} on its training "
    "rows; it cannot use products of columns, or curves",
    remedy="add a hidden layer, such as Dense(16, 'relu')",
    threshold="one layer with a kernel, and training rows that it misses by a point or more",
    source="theory; a point is the least difference that matters",
    severity=Severity.ADVICE,
)
def no_hidden_layer(facts: Facts) -> Iterator[Suspected]:
    """Linear models that leave errors."""
    kernels = kernel_positions(facts.layers)
    score = training_score(facts)
    if len(kernels) != 1 or facts.setup.template is not None or facts.rows.x.ndim != 2:
        return
    if score <= 1.0 - Score.of(facts).relevant:
        spec = facts.layers[kernels[0]]
        added = layer_added(lambda: Dense(UNITS, "relu", name="added_hidden"), spec.name)
        evidence = {"units": spec["units"], "score": score}
        yield Suspected(Where(layer=spec.name), evidence, (added,))


@rule(
    "A7",
    "larger-than-needed",
    Looks.TRAINED,
    meaning="A linear model is as good on validation rows, in a thousandth of the parameters.",
    sentence="the network has {parameters:,} parameters ({kilobytes:,.0f} kB) and "
    "{operations:,.0f} operations a row for {score:.3g} on {rows} validation rows; a linear model "
    "of {few:,} parameters reaches {simple:.3g}",
    remedy="where size or latency counts, take fewer units, or the linear model",
    threshold="1,000 times the parameters of a linear model whose score is not lower, on 20 "
    "validation rows or more",
    source="the same rows for both; counted parameters and operations, and no times",
    severity=Severity.ADVICE,
)
def larger_than_needed(facts: Facts) -> Iterator[Suspected]:
    """Networks whose size buys nothing."""
    found, watched = judged(facts), facts.validation
    if found is None or watched is None or not found.is_held_out or facts.model is None:
        return
    outputs = max(facts.class_count, 1 if facts.task == "classes" else facts.output_width)
    few = (math.prod(facts.rows.x.shape[1:]) + 1) * outputs
    parameters = facts.model.count_params()
    if parameters < MANY_TIMES * few:
        return
    simple = baselines(facts.rows, watched, facts.task)["linear"].score
    score = validation_score(facts)
    if simple >= score:
        column = columns_of(watched.first(1).x, "x", facts.model.compute_dtype)
        graph = facts.model.recorded_step("predict", (column,)).graph
        evidence = {
            "parameters": parameters, "kilobytes": 4 * parameters / 1000, "score": score,
            "operations": operations(graph, 1), "rows": len(watched), "few": few,
            "simple": simple,
        }  # fmt: skip
        action = "compare it with a network of a tenth of the units"
        yield Suspected(Where("layers"), evidence, next_action=action)
