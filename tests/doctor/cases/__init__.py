"""The cases of each rule of the doctor: where it must suspect something, and where it must not."""

from tests.doctor.cases import columns  # noqa: F401 - enters its cases in CASES
from tests.doctor.cases.case import CASES, Cases

__all__ = ["CASES", "Cases"]
