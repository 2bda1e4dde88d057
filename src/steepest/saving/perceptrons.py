"""Fitted multi-layer perceptrons of scikit-learn as models; their numbers are read as attributes.

Depends on models and layers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest import layers
from steepest.errors import ArgumentError
from steepest.neuralnet import Sequential

ACTIVATIONS = {
    "identity": "linear",
    "logistic": "sigmoid",
    "tanh": "tanh",
    "relu": "relu",
    "softmax": "softmax",
}


def from_sklearn(estimator: Any, name: str | None = None) -> Sequential:
    """The model of a fitted `MLPClassifier` or `MLPRegressor`, in the precision of its weights.

    A classifier's model predicts what `predict_proba` does, in the order of `classes_`; of two
    classes, or of several labels a row, the probability of each label. A regressor's model has a
    column for each target. Scale the inputs as they were scaled for the estimator.

    >>> import steepest as st
    >>> class Fitted:  # in place of sklearn.neural_network.MLPRegressor().fit(x, y)
    ...     coefs_, intercepts_ = [np.ones((2, 1))], [np.zeros(1)]
    ...     activation, out_activation_ = "relu", "identity"
    >>> st.saving.from_sklearn(Fitted())([[1.0, 2.0]]).tolist()
    [[3.0]]
    """
    kind = type(estimator).__name__
    for attribute in ("coefs_", "intercepts_", "activation", "out_activation_"):
        if not hasattr(estimator, attribute):
            raise ArgumentError(
                f"from_sklearn: a fitted MLPClassifier or MLPRegressor was expected, and this "
                f"{kind} has no {attribute}; call its fit first"
            )
    kernels = [np.asarray(part) for part in estimator.coefs_]
    for given in (estimator.activation, estimator.out_activation_):
        if given not in ACTIVATIONS:
            raise ArgumentError(f"from_sklearn: the activation {given!r} of this {kind} is unknown")
    hidden, last = ACTIVATIONS[estimator.activation], ACTIVATIONS[estimator.out_activation_]
    dtype = kernels[0].dtype.name
    model = Sequential(
        [
            layers.Dense(kernel.shape[1], last if kernel is kernels[-1] else hidden, dtype=dtype)
            for kernel in kernels
        ],
        name=name,
    )
    model.build((None, kernels[0].shape[0]))
    pairs = zip(kernels, estimator.intercepts_, strict=True)
    model.set_weights([part for pair in pairs for part in pair])
    return model
