"""Rules on settings of a fit that do not fit its data or its model. Depends on finding.py only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from steepest.finding import Finding, Rule, Severity, Where

STEPS_BEYOND_DATA = Rule(
    "steps-beyond-data",
    Severity.WARNING,
    "An epoch, an evaluation or a prediction has more steps than the data have batches.",
    "{where.argument}={steps} is more than the {batches} batches of the data, so they are gone "
    "through more than once (Keras ends with the data)",
    "leave {where.argument} out, or call repeat() on the data set, which says that it is meant",
)
TWO_WEIGHTS = Rule(
    "two-weights",
    Severity.WARNING,
    "Both class_weight and sample_weight are given.",
    "class_weight and sample_weight are both given: each row counts by their product (Keras "
    "refuses both)",
    "give one of them, or multiply them into sample_weight",
)
CLASS_WITHOUT_OUTPUT = Rule(
    "class-without-output",
    Severity.WARNING,
    "A weight is given for a class that the outputs do not have.",
    "class_weight has a weight for class {label}, and the outputs are {classes} classes, 0 to "
    "{greatest}",
    "leave it out, or number the classes from 0",
)
STATISTICS_OF_ONE = Rule(
    "statistics-of-one",
    Severity.WARNING,
    "Batch normalization has batches of one example.",
    "layer {where.layer!r} normalizes by the mean and variance of the batch, and a batch of one "
    "example has no variance: in training its outputs do not depend on its inputs",
    "give batches of several rows, or use st.layers.LayerNormalization",
)
UNEVEN_BATCHES = Rule(
    "uneven-batches",
    Severity.WARNING,
    "Batches do not divide among the devices of a distribution.",
    "batch_size={batch} does not divide by the {parts} devices that share a batch: each computes "
    "{rows} rows, as all compute equally many, and {idle} of them count for nothing; the results "
    "are the same",
    "give a multiple of {parts}, such as batch_size={multiple}",
)
IDLE_SETTING = Rule(
    "idle-setting",
    Severity.ADVICE,
    "A setting of Keras's compile changes nothing here.",
    "compile: {setting}={value} changes nothing: {reason}",
    "leave it out",
)
_IDLE = {
    "steps_per_execution": ((None, 1, "auto"), "an engine call runs many batches already"),
    "jit_compile": ((None, "auto"), "engine= decides how steps run, 'cpu' compiles them"),
    "auto_scale_loss": ((None, True), "losses are not scaled"),
}


def idle_findings(settings: Mapping[str, Any]) -> Iterator[Finding]:
    """Settings of Keras that the engines make idle, and that differ from Keras's defaults.

    >>> [str(found) for found in idle_findings({"steps_per_execution": 8, "jit_compile": "auto"})]
    ['compile: steps_per_execution=8 changes nothing: an engine call runs many batches already; ...
    """
    for setting, value in settings.items():
        usual, reason = _IDLE[setting]
        if value not in usual:
            yield IDLE_SETTING.finding(
                Where("compile"), setting=setting, value=value, reason=reason
            )


def uneven_findings(batch: int, parts: int) -> Iterator[Finding]:
    """A batch that does not divide by the number of devices that share it.

    >>> [found.remedy for found in uneven_findings(100, 8)], list(uneven_findings(96, 8))
    (['give a multiple of 8, such as batch_size=104'], [])
    """
    rows = -(-batch // parts)
    if idle := rows * parts - batch:
        where, multiple = Where("batch_size"), rows * parts
        yield UNEVEN_BATCHES.finding(
            where, batch=batch, parts=parts, rows=rows, idle=idle, multiple=multiple
        )


def steps_findings(
    steps: int | None, batches: int | None, argument: str = "steps_per_epoch"
) -> Iterator[Finding]:
    """More steps than batches, where the number of both is known.

    >>> [found.rule for found in steps_findings(6, 4)], list(steps_findings(3, 4))
    (['steps-beyond-data'], [])
    """
    if steps is not None and batches is not None and steps > batches:
        yield STEPS_BEYOND_DATA.finding(Where(argument), steps=steps, batches=batches)


def class_weight_findings(class_weight: Any, units: int) -> Iterator[Finding]:
    """Weights for classes that an output of so many units does not have; one unit has two classes.

    >>> [found.evidence["label"] for found in class_weight_findings({0: 1.0, 5: 2.0}, units=1)]
    [5]
    """
    classes = max(units, 2)
    for label in class_weight if isinstance(class_weight, Mapping) else ():
        if not 0 <= label < classes:
            at = Where("class_weight")
            yield CLASS_WITHOUT_OUTPUT.finding(
                at, label=label, classes=classes, greatest=classes - 1
            )
