"""The rules of the doctor, by what they look at; importing this package enters all of them."""

from steepest.doctor.rules import (  # noqa: F401 - each enters its rules in TABLE
    codes,
    columns,
    divergence,
    fit,
    leaks,
    progress,
    scales,
    signal,
    splits,
    targets,
    units,
    values,
)
