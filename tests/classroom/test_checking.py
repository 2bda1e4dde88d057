"""check names the entry that is wrong and the mistake, and finds nothing in right formulas."""

from __future__ import annotations

import copy
import re
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest import classroom
from steepest.classroom import (
    SGD,
    ActivationLayer,
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    DenseLayer,
    Layer,
    LossFunction,
    MeanSquaredError,
    NeuralNetwork,
    ReLUActivation,
    SigmoidActivation,
    SoftmaxActivation,
    TanhActivation,
    answers,
    check,
)
from steepest.classroom.differences import compared, gradient_by_differences
from steepest.errors import ArgumentError


def network(kind: type = NeuralNetwork, **options: Any) -> NeuralNetwork:
    net = kind(**options)
    for layer in (DenseLayer(3, (2,)), TanhActivation(), DenseLayer(3), SigmoidActivation()):
        net.add(layer)
    return net


RIGHT = [
    DenseLayer(2, (3,)),
    DenseLayer(2),
    classroom.LibraryLayer(st.layers.LayerNormalization()),
    ReLUActivation(),
    SigmoidActivation(),
    TanhActivation(),
    SoftmaxActivation(),
    ActivationLayer("gelu"),
    MeanSquaredError(),
    BinaryCrossEntropy(),
    CategoricalCrossEntropy(),
    st.losses.Huber(),
    SGD(0.1, 0.9),
    SGD(0.1, 0.0),
    network(),
    network(loss=BinaryCrossEntropy),
    network().add(st.layers.Dense(2)).add(SoftmaxActivation()),
]


@pytest.mark.parametrize("part", RIGHT, ids=lambda part: type(part).__name__)
def test_right_parts_are_right(part: Any) -> None:
    found = check(part)
    assert found.ok and found and not found.differences, found
    assert repr(found) == f"{type(part).__name__} is right."


# ---------------------------------------------------------------- methods with a mistake


def wrong_class(base: type, **methods: Any) -> type:
    return type("Mine", (base,), methods)


def dense(backward: Any) -> Any:
    """A dense layer with a backward step made of (error, layer): its three arrays."""

    def backward_propagation(self: Any, error: Any) -> Any:
        returned, of_weights, of_biases = backward(error, self)
        self.weights = self.w_opt.update(self.weights, of_weights)
        self.biases = self.b_opt.update(self.biases, of_biases)
        return returned

    return wrong_class(DenseLayer, backward_propagation=backward_propagation)(3, (3,))


def updated_first(self: Any, error: Any) -> Any:
    self.weights = self.w_opt.update(self.weights, self.input.T @ error)
    self.biases = self.b_opt.update(self.biases, error.sum(axis=0))
    return error @ self.weights.T


def never_updated(self: Any, error: Any) -> Any:
    return error @ self.weights.T


def right(error: Any, layer: Any) -> tuple[Any, Any, Any]:
    return error @ layer.weights.T, layer.input.T @ error, error.sum(axis=0)


def replaced(at: int, wrong: Any) -> Any:
    """The right arrays with one of them replaced by a wrong one."""

    def backward(error: Any, layer: Any) -> list[Any]:
        arrays: list[Any] = [*right(error, layer)]
        arrays[at] = wrong(error, layer)
        return arrays

    return dense(backward)


IN_DENSE = [
    (replaced(0, lambda e, s: e @ s.weights), "weights are not transposed: output_error @"),
    (replaced(0, lambda e, s: e), "the error of the output is returned unchanged"),
    (replaced(0, lambda e, s: -e @ s.weights.T), "the sign is reversed"),
    (replaced(0, lambda e, s: e @ s.weights.T / len(e)), "divided by the number of rows"),
    (replaced(0, lambda e, s: None), "end the method with return"),
    (replaced(1, lambda e, s: e.T @ s.input), "the gradient is transposed"),
    (replaced(1, lambda e, s: s.output.T @ e), "the output is used in place of the input"),
    (replaced(1, lambda e, s: s.input.T @ e / len(e)), "divided by the number of rows"),
    (replaced(1, lambda e, s: -s.input.T @ e), "the sign is reversed, so that the loss rises"),
    (replaced(1, lambda e, s: 3 * s.input.T @ e), "all entries are 3 times what they should be"),
    (replaced(1, lambda e, s: 0 * s.weights), "not updated, or with a gradient of 0"),
    (replaced(1, lambda e, s: s.input @ e.T), "not transposed, or summed over the wrong axis"),
    (replaced(2, lambda e, s: e.mean(axis=0)), "divided by the number of rows"),
    (replaced(2, lambda e, s: np.full(3, e.sum())), "sum over the rows alone"),
    (replaced(2, lambda e, s: e), "not transposed, or summed over the wrong axis"),
    (replaced(2, lambda e, s: -e.sum(axis=0)), "the sign is reversed"),
    (wrong_class(DenseLayer, backward_propagation=updated_first)(3, (3,)),
     "updated before the error of the input is computed"),
    (wrong_class(DenseLayer, backward_propagation=never_updated)(3, (3,)),
     "it is not updated, or with a gradient of 0"),
]  # fmt: skip


def forward(compute: Any, stored: bool = True) -> Any:
    def forward_propagation(self: Any, input: Any, training: bool = True) -> Any:
        self.input = input if stored else None
        return compute(input, self.weights, self.biases)

    return wrong_class(DenseLayer, forward_propagation=forward_propagation)(3, (3,))


IN_FORWARD = [
    (forward(lambda x, w, b: x @ w), "the biases are missing"),
    (forward(lambda x, w, b: x @ w - b), "the biases are subtracted"),
    (forward(lambda x, w, b: x @ w.T + b), "the weights are transposed"),
    (forward(lambda x, w, b: w @ x + b), "not transposed"),
    (forward(lambda x, w, b: None), "end the method with return"),
    (forward(lambda x, w, b: x @ w + b, stored=False), "store it, self.input = input"),
]


def activation(base: type, derivative: Any) -> Any:
    return wrong_class(base, derivative=lambda self, x: derivative(x))()


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


IN_ACTIVATIONS = [
    (activation(ReLUActivation, lambda x: np.maximum(x, 0)), "the values of the function"),
    (activation(ReLUActivation, lambda x: 1.0 * (x < 0)), "0 where it should be 1"),
    (activation(ReLUActivation, lambda x: -1.0 * (x > 0)), "the sign is reversed"),
    (activation(SigmoidActivation, sigmoid), "the values of the function are returned"),
    (activation(SigmoidActivation, lambda x: x * (1 - x)), "input in place of s"),
    (activation(SigmoidActivation, lambda x: 1 - sigmoid(x)), "the factor s of s (1 - s)"),
    (activation(SigmoidActivation, lambda x: sigmoid(x) * (sigmoid(x) - 1)), "sign is reversed"),
    (activation(TanhActivation, lambda x: 1 - x**2), "input in place of t"),
    (activation(TanhActivation, lambda x: 1 - np.tanh(x)), "the square"),
    (activation(TanhActivation, lambda x: 0.5 * (1 - np.tanh(x) ** 2)), "0.5 times"),
    (activation(TanhActivation, lambda x: None), "end the method with return"),
    (wrong_class(SoftmaxActivation, backward_propagation=lambda self, e: (
        self.derivative(self.input) * e))(), "only the diagonal of the Jacobian"),
    (wrong_class(TanhActivation, backward_propagation=lambda self, e: (
        self.derivative(self.input)))(), "not multiplied by the error of the output"),
    (wrong_class(TanhActivation, backward_propagation=lambda self, e: e)(),
     "returned without the derivative"),
]  # fmt: skip


def loss(base: type, derivative: Any) -> Any:
    return wrong_class(base, derivative=lambda self, y, p: derivative(y, p))()


IN_LOSSES = [
    (loss(MeanSquaredError, lambda y, p: 2 * (y - p) / y.size), "the sign is reversed"),
    (loss(MeanSquaredError, lambda y, p: 2 * (p - y)), "divide by the number of entries"),
    (loss(MeanSquaredError, lambda y, p: 2 * (p - y) / len(y)), "over the rows alone"),
    (loss(MeanSquaredError, lambda y, p: (p - y) / y.size), "the factor 2 is missing"),
    (loss(MeanSquaredError, lambda y, p: p - y), "the factor 2 and the mean are missing"),
    (loss(MeanSquaredError, lambda y, p: y - p), "mean are missing, and the sign is reversed"),
    (loss(MeanSquaredError, lambda y, p: (2 * (p - y) / y.size).sum()), "one number is returned"),
    (loss(BinaryCrossEntropy, lambda y, p: (1 - y) / (1 - p) - y / p), "the mean is missing"),
    (loss(BinaryCrossEntropy, lambda y, p: (y / p - (1 - y) / (1 - p)) / y.size), "sign"),
    (loss(BinaryCrossEntropy, lambda y, p: -y / p / y.size), "(1 - y) / (1 - p), is missing"),
    (loss(BinaryCrossEntropy, lambda y, p: -y / p), "is missing, and so is the mean"),
    (loss(BinaryCrossEntropy, lambda y, p: (p - y) / y.size), "not in the denominator"),
    (loss(BinaryCrossEntropy, lambda y, p: (y / p + (1 - y) / (1 - p)) / y.size), "are added"),
    (loss(CategoricalCrossEntropy, lambda y, p: p - y), "together, p - y"),
    (wrong_class(LossFunction, loss=lambda self, y, p: (p - y) ** 2)(), "the mean over all"),
]


def optimizer(update: Any) -> Any:
    """Gradient descent with an update made of (V before, gradient, w, momentum, rate)."""

    def both(self: Any, w: Any, grad: Any) -> Any:
        before = 0.0 if self.retained_gradient is None else self.retained_gradient
        made, self.retained_gradient = update(before, grad, w, self.momentum, self.rate())
        return made

    rate = {"rate": lambda self: float(np.asarray(self.learning_rate))}
    return wrong_class(SGD, update=both, **rate)(0.1, 0.9)


def stepped(v: Any, w: Any, a: float) -> tuple[Any, Any]:
    return w - a * v, v


IN_OPTIMIZERS = [
    (optimizer(lambda v, g, w, b, a: (w - a * g, None)), "the momentum is missing"),
    (optimizer(lambda v, g, w, b, a: (w - a * (1 - b) * g, None)), "not stored from step"),
    (optimizer(lambda v, g, w, b, a: stepped(b * v + (1 - b) * g, w, -a)), "the sign is reversed"),
    (optimizer(lambda v, g, w, b, a: stepped(b * v + g, w, a)), "factor (1 - b)"),
    (optimizer(lambda v, g, w, b, a: stepped((1 - b) * v + b * g, w, a)), "are exchanged"),
    (optimizer(lambda v, g, w, b, a: stepped(b * v + (1 - b) * g, w, 1)), "rate is missing"),
    (optimizer(lambda v, g, w, b, a: (None, None)), "end the method with return"),
]


def unpassed(self: Any, error: Any) -> Any:
    for layer in reversed(self.layers):
        returned = layer.backward_propagation(error)
    return returned


def wrong_order(self: Any, error: Any) -> Any:
    for layer in self.layers:
        error = layer.backward_propagation(error)
    return error


def returns_nothing(self: Any, error: Any) -> Any:
    for layer in reversed(self.layers):
        error = layer.backward_propagation(error)


def returns_its_input(self: Any, X: Any, training: bool = True) -> Any:
    for layer in self.layers:
        layer.forward_propagation(X)
    return X


def last_of_the_inputs(self: Any, X: Any, training: bool = True) -> Any:
    for layer in self.layers:
        output = layer.forward_propagation(X)
    return output


def in_network(**method: Any) -> Any:
    made = wrong_class(NeuralNetwork, **method)()
    for layer in (DenseLayer(3, (3,)), TanhActivation(), DenseLayer(3), SigmoidActivation()):
        made.add(layer)
    return made


IN_NETWORKS = [
    (in_network(backward_propagation=unpassed), "gets the error of the network's output"),
    (in_network(backward_propagation=returns_nothing), "end the method with return"),
    (in_network(forward_propagation=returns_its_input), "return the outputs of the last layer"),
    (in_network(forward_propagation=last_of_the_inputs), "the outputs of the layer before"),
    (network(loss=IN_LOSSES[0][0]), "the sign is reversed"),
    (network().add(IN_ACTIVATIONS[4][0]), "input in place of s"),
]

MISTAKES = [*IN_DENSE, *IN_FORWARD, *IN_ACTIVATIONS, *IN_LOSSES, *IN_OPTIMIZERS, *IN_NETWORKS]


@pytest.mark.parametrize(("part", "named"), MISTAKES, ids=[named for _, named in MISTAKES])
def test_the_mistake_is_named(part: Any, named: str) -> None:
    found = check(part)
    assert not found.ok and not found
    assert any(named in (one.mistake or "") for one in found.differences), found


def test_the_wrong_order_is_found() -> None:
    found = check(in_network(backward_propagation=wrong_order))
    assert "layer 1 (DenseLayer), the gradient of weights" in found.differences[0].where


def test_the_part_of_a_network_is_said() -> None:
    net = network().add(IN_DENSE[0][0])
    assert check(net).differences[0].where.startswith("layer 5 (Mine), backward_propagation, the e")


def test_the_entry_and_both_values_are_said() -> None:
    wrong = np.array([[1.0, 2.0], [3.0, 4.5]])
    found = compared("slopes", wrong, np.array([[1.0, 2.0], [3.0, 4.0]]), {})
    assert found is not None and (found.entry, found.mistake) == ((1, 1), None)
    assert found.what == "entry (1, 1) is 4.5, 4 was expected (1 of 4 entries differ)"
    shape = compared("slopes", np.ones((2, 3)), np.ones((3, 2)), {})
    assert shape is not None and shape.mistake == "an array is transposed"
    assert compared("slopes", np.array([np.nan]), np.ones(1), {}) is not None


def test_of_large_arrays_some_entries_are_compared() -> None:
    slopes = gradient_by_differences(lambda x: float((x**2).sum()), np.ones((30, 40)))
    assert np.isfinite(slopes).sum() == 400
    assert compared("slopes", np.full((30, 40), 2.0), slopes, {}) is None
    assert compared("slopes", np.full((30, 40), -2.0), slopes, {}).mistake == "the sign is reversed"  # type: ignore[union-attr]


class Scale(Layer):
    """A layer of a student, with weights of its own names."""

    sign = 1.0

    def initialize(self, optimizer: Any) -> Any:
        self.factors, self.rule = np.array([1.0, -2.0]), copy.deepcopy(optimizer)
        self.fixed = np.array([3.0, 4.0])

    def forward_propagation(self, input: Any, training: bool = True) -> Any:
        self.input = input
        return input * self.factors * self.fixed

    def backward_propagation(self, output_error: Any) -> Any:
        error = output_error * self.factors * self.fixed
        slopes = (output_error * self.input * self.fixed).sum(axis=0)
        self.factors = self.rule.update(self.factors, self.sign * slopes)
        return error


def test_weights_of_any_name_are_found_and_constants_are_not_weights() -> None:
    layer = Scale()
    layer.set_input_shape((2,))
    assert check(layer).ok
    layer.sign = -1.0
    (found,) = check(layer).differences
    assert "factors" in found.where and "the sign is reversed" in (found.mistake or "")


def test_a_check_changes_nothing() -> None:
    layer, net = DenseLayer(2, (3,)), network()
    before = [layer.weights.copy(), net.layers[0].weights.copy()]
    check(layer)
    check(net, classroom.Dataset(np.ones((8, 2)), np.ones((8, 3))))
    np.testing.assert_array_equal(before[0], layer.weights)
    np.testing.assert_array_equal(before[1], net.layers[0].weights)


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (DenseLayer, r"got the class DenseLayer; make one: DenseLayer\(\.\.\.\)$"),
        (3, "a layer, loss, optimizer or network of the classroom was expected, got 3"),
        (st.layers.Dense(3), "got Dense.*; parts of st are checked by st.gradcheck"),
        (NeuralNetwork(), "the network has no layers"),
    ],
)
def test_what_cannot_be_checked_is_refused(part: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        check(part)


def test_errors_of_the_student_are_not_hidden() -> None:
    with pytest.raises(KeyError):
        check(activation(TanhActivation, lambda x: {}["a"]))
    assert check(answers.MySGD(0.1)).ok


@pytest.mark.parametrize(
    ("returned", "what"),
    [
        ("2 x", "derivative: an array of numbers was expected, got '2 x'"),
        (np.full((4, 3), np.nan), r"derivative: entry \(0, 0\) is nan, .* was expected$"),
    ],
)
def test_results_that_are_no_numbers_are_named(returned: Any, what: str) -> None:
    class Wrong(SigmoidActivation):
        def derivative(self, input: Any) -> Any:
            return returned

    (difference,) = check(Wrong()).differences
    assert re.fullmatch(what.removesuffix("$"), repr(difference))
