"""The rules of the doctor, by what they look at; importing this package enters all of them."""

from steepest.doctor.rules import (  # noqa: F401 - each enters its rules in TABLE
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
    regularization,
    scales,
    signal,
    splits,
    start,
    targets,
    units,
    values,
)
