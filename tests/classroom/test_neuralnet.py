"""The course's network: its loop, the compiled form, and parts that are written by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.classroom import (
    SGD,
    ActivationLayer,
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Dataset,
    DenseLayer,
    Layer,
    LossFunction,
    MeanSquaredError,
    NeuralNetwork,
    ReLUActivation,
    SigmoidActivation,
    TanhActivation,
    accuracy,
    answers,
)
from steepest.errors import ArgumentError

XOR = Dataset(np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32), [[0], [1], [1], [0]])


def network(dense: type = DenseLayer, loss: Any = MeanSquaredError, **options: Any) -> Any:
    st.random.set_seed(3)
    net = NeuralNetwork(batch_size=4, learning_rate=0.5, loss=loss, **options)
    net.add(dense(8, (2,))).add(TanhActivation())
    return net.add(dense(1)).add(SigmoidActivation())


def weights_of(net: NeuralNetwork) -> list[np.ndarray]:
    dense = [layer for layer in net.layers if isinstance(layer, DenseLayer)]
    return [array.copy() for layer in dense for array in (layer.weights, layer.biases)]


def assert_same_weights(one: NeuralNetwork, other: NeuralNetwork) -> None:
    for ours, theirs in zip(weights_of(one), weights_of(other), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)


def test_losses_are_those_of_the_library() -> None:
    assert (LossFunction, MeanSquaredError) == (st.losses.Loss, st.losses.MeanSquaredError)
    assert BinaryCrossEntropy is st.losses.BinaryCrossentropy
    assert CategoricalCrossEntropy is st.losses.CategoricalCrossentropy


def test_steps_by_hand_are_the_steps_of_fit() -> None:
    by_hand, fitted = network(epochs=3), network(epochs=3)
    for _ in range(3):
        output = by_hand.forward_propagation(XOR.X)
        by_hand.backward_propagation(np.asarray(by_hand.loss.derivative(XOR.y, output)))
    assert fitted.fit(XOR).is_compiled()
    assert_same_weights(by_hand, fitted)


def hand_written(part: str) -> Any:
    """A network in which one part is written by hand, with the right formulas."""
    if part == "layer":
        return network(answers.MyDenseLayer, epochs=3)
    if part == "loss":
        return network(loss=answers.MyMeanSquaredError, epochs=3)
    if part == "optimizer":
        return network(optimizer=answers.MySGD, epochs=3)
    net = network(epochs=3)
    if part == "activation":
        net.layers[3] = answers.MySigmoid()
    else:
        net.__class__ = answers.MyNeuralNetwork
    return net


@pytest.mark.parametrize("part", ["layer", "loss", "optimizer", "activation", "network"])
def test_a_part_written_by_hand_trains_to_the_same_weights(part: str) -> None:
    net, fitted = hand_written(part), network(epochs=3).fit(XOR)
    net.fit(XOR)
    assert not net.is_compiled() and fitted.is_compiled()
    assert_same_weights(net, fitted)
    np.testing.assert_allclose([h["loss"] for h in net.history.values()],
                               [h["loss"] for h in fitted.history.values()], rtol=1e-6)  # fmt: skip
    np.testing.assert_allclose(net.predict(XOR), fitted.predict(XOR), rtol=1e-6)


def test_a_layer_and_a_loss_of_a_student_are_trained() -> None:
    class Scale(Layer):
        def initialize(self, optimizer: Any) -> Any:
            self.factors, self.rule = np.ones(self.input_shape()), optimizer
            return self

        def forward_propagation(self, input: Any, training: bool = True) -> Any:
            self.input = input
            return input * self.factors

        def backward_propagation(self, output_error: Any) -> Any:
            error = output_error * self.factors
            self.factors = self.rule.update(self.factors, (output_error * self.input).sum(axis=0))
            return error

    class SquareSum(LossFunction):
        def loss(self, y_true: Any, y_pred: Any) -> Any:
            return np.sum((y_pred - y_true) ** 2)

        def derivative(self, y_true: Any, y_pred: Any) -> Any:
            return 2 * (y_pred - y_true)

    st.random.set_seed(0)
    net = NeuralNetwork(60, 2, "adam", loss=SquareSum)
    net.add(DenseLayer(3, (2,))).add(Scale()).add(st.layers.Dense(1, "sigmoid", dtype="float64"))
    net.fit(Dataset([[0.0, 1.0], [1.0, 0.0]], [0, 1]))
    assert net.history[60]["loss"] < net.history[1]["loss"]
    assert (net.layers[1].factors != 1.0).all()
    with pytest.raises(ArgumentError, match="Scale has hand-written steps"):
        _ = net.model


def test_xor_is_learned_and_scored() -> None:
    net = network(epochs=800, metric="binary_accuracy").fit(XOR)
    assert list(net.history) == list(range(1, 801))
    assert net.history[800]["loss"] < net.history[1]["loss"] / 10
    assert (net.history[800]["metric"], net.score(XOR)) == (1.0, 1.0)
    net.metric = lambda y, made: np.mean(np.abs(y - made))
    assert net.score(XOR) < 0.2 and net.score(XOR, np.ones((4, 1))) == 0.5


def test_the_history_has_the_metric_of_a_function() -> None:
    named = network(epochs=2, metric=accuracy).fit(XOR)
    assert sorted(named.history[1]) == ["loss", "metric"]
    shapes: list[Any] = []
    own = network(epochs=2, metric=lambda y, made: float(bool(shapes.append(made.shape))))
    own.fit(XOR)
    assert own.history[2]["metric"] == 0.0 and shapes == [(4, 1), (4, 1)]
    assert sorted(network(epochs=1).fit(XOR).history[1]) == ["loss"]


def test_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    network(answers.MyDenseLayer, epochs=2, verbose=True, metric=accuracy).fit(XOR)
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("Epoch 1/2 - loss: 0.") and " - metric: 0." in first
    assert second.startswith("Epoch 2/2")


def test_labels_are_a_column_for_one_output() -> None:
    flat = SimpleNamespace(X=XOR.X, y=XOR.y.ravel())
    one, other = network(epochs=2).fit(XOR), network(epochs=2).fit(flat)
    assert_same_weights(one, other)
    with pytest.raises(ArgumentError, match="the data set has no labels y"):
        one.fit(Dataset(XOR.X))


@pytest.mark.parametrize("method", ["fit", "predict"])
def test_what_is_no_data_set_is_refused(method: str) -> None:
    with pytest.raises(
        ArgumentError, match=f"{method}: a data set with rows X .* got 3; .*Dataset"
    ):
        getattr(network(), method)(3)
    with pytest.raises(ArgumentError, match=f"{method}: the network has no layers; add some"):
        getattr(NeuralNetwork(), method)(XOR)


def test_the_model_has_the_same_weights() -> None:
    net = network(epochs=2).fit(XOR)
    assert isinstance(net.model, st.Sequential)
    np.testing.assert_array_equal(net.model.get_weights()[0], net.layers[0].weights)


def test_a_function_by_name_and_no_metric() -> None:
    net = NeuralNetwork(epochs=1).add(DenseLayer(2, (2,))).add(ActivationLayer("softmax"))
    assert net.is_compiled()
    with pytest.raises(ArgumentError, match=r"NeuralNetwork\(metric=\.\.\.\)"):
        network().score(XOR)


def test_the_optimizer_may_be_a_class_or_a_name() -> None:
    assert float(NeuralNetwork(learning_rate=0.25).optimizer.learning_rate) == 0.25
    assert isinstance(NeuralNetwork(optimizer=SGD).optimizer, SGD)
    assert isinstance(NeuralNetwork(optimizer="adam").optimizer, st.optimizers.Adam)


@pytest.mark.parametrize("shuffle", [True, False])
def test_mini_batches_hold_every_row_once(shuffle: bool) -> None:
    net, x = NeuralNetwork(batch_size=4), np.arange(10)
    batches = list(net.get_mini_batches(x, x * 2, shuffle))
    assert [len(part) for part, _ in batches] == [4, 4, 2]
    rows = np.concatenate([part for part, _ in batches])
    assert sorted(rows.tolist()) == x.tolist() and (shuffle or rows.tolist() == x.tolist())
    assert all((labels == part * 2).all() for part, labels in batches)


@pytest.mark.parametrize(
    ("layer", "message"),
    [(3, "a layer was expected, got 3$"), (ReLUActivation, r"make one: ReLUActivation\(\)$")],
)
def test_what_is_no_layer_is_refused(layer: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        NeuralNetwork().add(layer)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": -1}, "epochs"),
        ({"epochs": 1.5}, "epochs"),
        ({"batch_size": 0}, "batch_size"),
        ({"metric": "acuracy"}, "did you mean 'accuracy'"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_once(options: Any, message: str) -> None:
    with pytest.raises(st.errors.SteepestError, match=message):
        NeuralNetwork(**options)
