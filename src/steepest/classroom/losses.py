"""The losses of the numpy course: those of `st.losses`, under the names of the course.

A loss written by hand subclasses `LossFunction` with `loss` and `derivative` in NumPy; one that
defines `call` with operations of steepest needs no derivative. Depends on losses.
"""

from __future__ import annotations

from steepest import losses

__all__ = ["LossFunction", "MeanSquaredError", "BinaryCrossEntropy", "CategoricalCrossEntropy"]

LossFunction = losses.Loss
MeanSquaredError = losses.MeanSquaredError
BinaryCrossEntropy = losses.BinaryCrossentropy
CategoricalCrossEntropy = losses.CategoricalCrossentropy
