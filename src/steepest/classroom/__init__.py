"""The classes of a NumPy course: networks with explicit forward and backward steps.

They are the layers, losses and optimizers of the package under the course's names, in the course's
files: `steepest.classroom.layers`, `activations`, `losses`, `optimizer`, `metrics`, `data`,
`neuralnet`. Their subclasses may have steps written in NumPy, which `check` compares with finite
differences; `exercises` has methods to write. Depends on neuralnet.
"""

from __future__ import annotations

from steepest.classroom import exercises
from steepest.classroom.activations import (
    ActivationLayer,
    ReLUActivation,
    SigmoidActivation,
    SoftmaxActivation,
    TanhActivation,
)
from steepest.classroom.checking import Check, Difference, check
from steepest.classroom.data import Dataset, read_csv
from steepest.classroom.layers import DenseLayer, Layer, LibraryLayer
from steepest.classroom.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    LossFunction,
    MeanSquaredError,
)
from steepest.classroom.metrics import accuracy, mse
from steepest.classroom.neuralnet import NeuralNetwork
from steepest.classroom.optimizer import SGD

__all__ = [
    "Layer",
    "DenseLayer",
    "LibraryLayer",
    "ActivationLayer",
    "ReLUActivation",
    "SigmoidActivation",
    "TanhActivation",
    "SoftmaxActivation",
    "LossFunction",
    "MeanSquaredError",
    "BinaryCrossEntropy",
    "CategoricalCrossEntropy",
    "SGD",
    "NeuralNetwork",
    "Dataset",
    "read_csv",
    "accuracy",
    "mse",
    "check",
    "Check",
    "Difference",
    "exercises",
]
