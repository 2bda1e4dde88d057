"""The cases of each rule of the doctor: where it must suspect something, and where it must not."""

from tests.doctor.cases import (  # noqa: F401 - each enters its cases in CASES
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
from tests.doctor.cases.case import CASES, Cases

__all__ = ["CASES", "Cases"]
