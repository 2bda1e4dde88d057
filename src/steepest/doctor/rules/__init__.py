"""The rules of the doctor, by what they look at; importing this package enters all of them."""

from steepest.doctor.rules import columns  # noqa: F401 - each enters its rules in TABLE
