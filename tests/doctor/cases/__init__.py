"""The cases of each rule of the doctor: where it must suspect something, and where it must not."""

from tests.doctor.cases import (  # noqa: F401 - each enters its cases in CASES
    codes,
    columns,
    counts,
    divergence,
    fit,
    hidden,
    initial,
    leaks,
    monitoring,
    output,
    progress,
    rates,
    refused,
    regularization,
    repeated,
    scales,
    segments,
    signal,
    size,
    splits,
    start,
    target_noise,
    targets,
    trained,
    units,
    values,
)
from tests.doctor.cases.case import CASES, Cases

__all__ = ["CASES", "Cases"]
