"""Typical mistakes in the steps of a network, each as the values that it gives.

Every function returns a dictionary: what to say of a mistake, and the array that a step with it
computes; None where the mistake would fail. Depends on NumPy only.
"""

from __future__ import annotations

import numpy as np

Array = np.ndarray
Mistakes = dict[str, "Array | None"]


def of_derivative(x: Array, values: Array, slopes: Array) -> Mistakes:
    """Mistakes in the derivative of an activation with these values and slopes at x.

    >>> one = np.ones(2)
    >>> [*of_derivative(one, one, one)][0]
    'the values of the function are returned, not its derivative'
    """
    return {
        "the values of the function are returned, not its derivative": values,
        "s (1 - s) is computed with the input in place of s = sigmoid(input)": x * (1 - x),
        "1 - t^2 is computed with the input in place of t = tanh(input)": 1 - x**2,
        "the derivative is multiplied by the input": slopes * x,
        "the derivative is squared": slopes**2,
        "it is 1 where it should be 0, and 0 where it should be 1": 1 - slopes,
        "1 minus the value is returned: the factor s of s (1 - s), or the square of 1 - t^2, is "
        "missing": 1 - values,
    }


def of_activation_backward(error: Array, slopes: Array) -> Mistakes:
    """Mistakes in the backward step of an activation with a right derivative.

    >>> [*of_activation_backward(np.ones(1), np.ones(1))][0]
    'the derivative is not multiplied by the error of the output'
    """
    return {
        "the derivative is not multiplied by the error of the output": slopes,
        "the error of the output is returned without the derivative": error,
        "the error and the derivative are added, not multiplied": error + slopes,
        "only the diagonal of the Jacobian is used; each output of this function depends on "
        "several inputs, so write its backward_propagation": error * slopes,
    }  # fmt: skip


def of_dense_forward(x: Array, w: Array, b: Array) -> Mistakes:
    """Mistakes in the forward step of a dense layer.

    >>> wrong = of_dense_forward(np.ones((1, 2)), np.ones((2, 3)), np.ones(3))
    >>> wrong["the biases are missing"].tolist()
    [[2.0, 2.0, 2.0]]
    """
    return {
        "the biases are missing": x @ w,
        "the biases are subtracted": x @ w - b,
        "the weights are transposed": product(x, w.T, b),
        "the input is transposed": product(x.T, w, b),
        "the weights are multiplied entry by entry": x * w + b if x.shape == w.shape else None,
    }


def of_input_error(error: Array, w: Array | None, w_after: Array | None) -> Mistakes:
    """Mistakes in the error of the input of a layer with a matrix of weights.

    >>> w = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> [*of_input_error(np.ones((1, 2)), w, w)][1]
    'the weights are not transposed: output_error @ weights.T'
    """
    wrong: Mistakes = {"the error of the output is returned unchanged": error}
    if w is None or w_after is None or w.ndim != 2:
        return wrong
    return {
        **wrong,
        "the weights are not transposed: output_error @ weights.T": product(error, w),
        "the weights are updated before the error of the input is computed": product(
            error, w_after.T
        ),
        "the error is divided by the number of rows; the derivative of the loss has done that": (
            None if (found := product(error, w.T)) is None else found / len(error)
        ),
    }


def of_gradient(name: str, slopes: Array, x: Array, error: Array, output: Array) -> Mistakes:
    """Mistakes in the gradient of the weights or biases of a layer.

    >>> x, error = np.ones((2, 3)), np.ones((2, 3))
    >>> [*of_gradient("biases", error.sum(0), x, error, error)][2]
    'the error is not summed over the rows: axis=0'
    """
    divided = "it is divided by the number of rows; the derivative of the loss has done that"
    wrong: Mistakes = {
        "it is not updated, or with a gradient of 0": np.zeros_like(slopes),
        "the sign is reversed, so that the loss rises": -slopes,
    }
    if name == "biases":
        return {
            **wrong,
            "the error is not summed over the rows: axis=0": error,
            "the error is summed over the units: axis=1 in place of axis=0": (
                error.sum(axis=1) if error.ndim == 2 else None
            ),
            "all entries of the error are summed; sum over the rows alone: axis=0": np.full(
                slopes.shape, error.sum()
            ),
            divided: slopes / len(error),
        }
    return {
        **wrong,
        "the input is not transposed: input.T @ output_error": product(x, error),
        "the gradient is transposed": slopes.T,
        "the output is used in place of the input": product(output.T, error),
        "the error is transposed, not the input": product(error.T, x),
        divided: slopes / len(x),
    }


def of_loss_derivative(y: Array, p: Array, slopes: Array) -> Mistakes:
    """Mistakes in the derivative of a loss with respect to the predictions p.

    >>> y, p = np.array([[1.0]]), np.array([[0.5]])
    >>> [*of_loss_derivative(y, p, y)][0]
    'the sign is reversed: the prediction minus the target'
    """
    rows, entries = len(y), y.size
    binary = (1 - y) / (1 - p)
    wrong: Mistakes = {"the sign is reversed: the prediction minus the target": -slopes}
    for sign, also in ((1, ""), (-1, ", and the sign is reversed")):
        wrong |= {
            f"the mean is missing: divide by the number of entries{also}": sign * slopes * entries,
            f"the mean is missing: divide by the number of rows{also}": sign * slopes * rows,
            f"the mean is over the rows alone: divide by all entries{also}": (
                sign * slopes * entries / rows
            ),
            f"the factor 2 is missing{also}": sign * slopes / 2,
            f"the factor 2 and the mean are missing{also}": sign * slopes / 2 * entries,
        }
    missing = "the part of the targets that are 0, (1 - y) / (1 - p), is missing"
    is_binary = np.allclose(slopes * entries, binary - y / p)
    return {
        **wrong,
        missing: -y / p / entries if is_binary else None,
        f"{missing}, and so is the mean": -y / p if is_binary else None,
        "that is the derivative of the loss and its activation together, p - y": p - y,
        "the predictions are not in the denominator": (p - y) / entries,
        "the parts of 1 and 0 are added, not subtracted": (y / p + binary) / entries,
        "the logarithm is not differentiated": -np.log(p) * y / entries,
        "one number is returned, not one for each prediction": np.asarray(slopes.sum()),
    }


def paths_of_descent(
    w: Array, gradients: list[Array], rate: float, momentum: float
) -> dict[str, list[Array]]:
    """The weights after each step of the course's gradient descent, then those of mistakes.

    >>> paths = paths_of_descent(np.ones(1), [np.ones(1)], 0.1, 0.9)
    >>> [*paths][:2]
    ['right', 'the momentum is missing: w - a g']
    """
    b = momentum
    forms = {  # a factor of V, a factor of g, and a factor of V in the step
        "right": (b, 1 - b, rate),
        "the momentum is missing: w - a g": (0, 1, rate),
        "retained_gradient is not stored from step to step": (0, 1 - b, rate),
        "the sign is reversed: w - a V goes downhill": (b, 1 - b, -rate),
        "the factor (1 - b) of the gradient is missing: V = b V + (1 - b) g": (b, 1, rate),
        "b and 1 - b are exchanged: V = b V + (1 - b) g": (1 - b, b, rate),
        "the learning rate is missing: w - a V": (b, 1 - b, 1),
        "the gradient is added without momentum: w + a g": (0, 1, -rate),
    }
    return {text: _path(w, gradients, *factors) for text, factors in forms.items()}


def _path(w: Array, gradients: list[Array], b: float, share: float, rate: float) -> list[Array]:
    path, retained = [], np.zeros_like(w)
    for gradient in gradients:
        retained = b * retained + share * gradient
        w = w - rate * retained
        path.append(w)
    return path


def product(left: Array, right: Array, added: Array | float = 0.0) -> Array | None:
    """The matrix product plus an array; None if the shapes do not fit.

    >>> product(np.ones((1, 2)), np.ones((3, 1)))
    """
    if left.ndim != 2 or right.ndim != 2 or left.shape[1] != right.shape[0]:
        return None
    made = left @ right
    return made + added if np.broadcast_shapes(made.shape, np.shape(added)) == made.shape else None
