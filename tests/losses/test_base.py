"""Weights, reductions, shapes, names and configurations of losses."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import losses
from steepest.errors import ArgumentError, ShapeError, UnknownNameError
from steepest.registry import to_config

Y, P = np.array([[0.0], [1.0], [2.0]]), np.array([[1.0], [1.0], [5.0]])
EACH = np.array([1.0, 0.0, 9.0])
WEIGHTS = np.array([2.0, 7.0, 0.5])


@pytest.mark.parametrize(
    ("reduction", "plain", "weighted"),
    [
        ("sum_over_batch_size", 10 / 3, 6.5 / 3),
        ("mean", 10 / 3, 6.5 / 3),
        ("sum", 10.0, 6.5),
        ("mean_with_sample_weight", 10 / 3, 6.5 / 9.5),
        ("none", EACH, EACH * WEIGHTS),
        (None, EACH, EACH * WEIGHTS),
    ],
)
def test_reductions_with_and_without_weights(reduction, plain, weighted):
    loss = losses.MeanSquaredError(reduction=reduction)
    np.testing.assert_allclose(loss(Y, P).numpy(), plain)
    np.testing.assert_allclose(loss(Y, P, WEIGHTS).numpy(), weighted)
    np.testing.assert_allclose(loss(Y, P, WEIGHTS[:, None]).numpy(), weighted)
    np.testing.assert_allclose(loss.loss(Y, P, sample_weight=WEIGHTS).numpy(), weighted)


def test_one_weight_for_each_example_of_several_values():
    values = np.arange(6.0).reshape(3, 2)
    found = losses.reduced(st.constant(values), WEIGHTS, reduction="sum")
    assert found.item() == (values * WEIGHTS[:, None]).sum()


def test_the_derivative_has_the_same_weights_and_reduction():
    loss = losses.MeanSquaredError()
    wanted = 2 * (P - Y) * WEIGHTS[:, None] / 3
    np.testing.assert_allclose(loss.derivative(Y, P, WEIGHTS).numpy(), wanted)


def test_weights_that_do_not_fit_are_refused():
    with pytest.raises(ShapeError, match=r"sample_weight: shape \(2,\).*\(3,\)"):
        losses.MeanSquaredError()(Y, P, [1.0, 2.0])


def test_in_arrays_with_one_axis_each_entry_is_an_example():
    loss = losses.MeanSquaredError(reduction=None)
    np.testing.assert_allclose(loss(Y[:, 0], P[:, 0]).numpy(), EACH)
    assert losses.BinaryCrossentropy()([1, 0], [0.5, 0.5], [1.0, 0.0]).item() == pytest.approx(
        np.log(2.0) / 2
    )


def test_single_numbers_are_one_example():
    assert losses.MeanSquaredError()(1.0, 3.0).item() == 4.0
    assert losses.get("bce").derivative(1.0, 0.5).item() == -2.0


ALIGNED = [name for name in losses.__all__ if isinstance(getattr(losses, name), type)
           and name not in (
               "Loss", "LossFunction", "SparseCategoricalCrossentropy", "Circle")]  # fmt: skip


@pytest.mark.parametrize("name", ALIGNED)
def test_a_missing_axis_is_shown_with_both_shapes_and_the_remedy(name):
    loss = getattr(losses, name)()
    with pytest.raises(ShapeError, match=r"y_true has shape \(3,\).*\(3, 1\).*y_true\.reshape"):
        loss(np.ones(3), np.ones((3, 1)))
    with pytest.raises(ShapeError, match=r"y_pred has shape \(3,\).*\(3, 1\).*y_pred\.reshape"):
        loss(np.ones((3, 1)), np.ones(3))
    with pytest.raises(ShapeError, match=r"\(3, 2\).*\(3, 4\)"):
        loss(np.ones((3, 2)), np.ones((3, 4)))


def test_a_users_function_gets_the_same_error():
    loss = losses.get(lambda y_true, y_pred: (y_true - y_pred) ** 2)
    with pytest.raises(ShapeError, match="reshape"):
        loss(np.ones(3), np.ones((3, 1)))


def test_sparse_labels_must_match_the_rows():
    loss = losses.SparseCategoricalCrossentropy()
    with pytest.raises(ShapeError, match="one-hot targets use the categorical form"):
        loss(np.eye(3), np.eye(3))
    with pytest.raises(ShapeError, match=r"\(2,\).*\(3, 3\)"):
        loss([0, 1], np.eye(3))


# ---------------------------------------------------------------- dtypes


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "float32", "float64"])
def test_targets_may_be_of_any_dtype(dtype):
    y = np.array([[1], [0]], dtype)
    found = losses.BinaryCrossentropy()(y, np.float32([[0.5], [0.5]]))
    assert found.dtype == st.float32
    assert found.item() == pytest.approx(np.log(2.0))


def test_integer_predictions_become_floats():
    assert losses.MeanSquaredError()([[1]], [[3]]).item() == 4.0


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("mse", losses.MeanSquaredError),
        ("MSE", losses.MeanSquaredError),
        ("mean_squared_error", losses.MeanSquaredError),
        ("MeanSquaredError", losses.MeanSquaredError),
        ("mae", losses.MeanAbsoluteError),
        ("mape", losses.MeanAbsolutePercentageError),
        ("msle", losses.MeanSquaredLogarithmicError),
        ("huber", losses.Huber),
        ("log_cosh", losses.LogCosh),
        ("logcosh", losses.LogCosh),
        ("bce", losses.BinaryCrossentropy),
        ("binary_crossentropy", losses.BinaryCrossentropy),
        ("BinaryCrossEntropy", losses.BinaryCrossentropy),
        ("categorical_crossentropy", losses.CategoricalCrossentropy),
        ("sparse_categorical_crossentropy", losses.SparseCategoricalCrossentropy),
        ("binary_focal_crossentropy", losses.BinaryFocalCrossentropy),
        ("categorical_focal_crossentropy", losses.CategoricalFocalCrossentropy),
        ("hinge", losses.Hinge),
        ("squared_hinge", losses.SquaredHinge),
        ("categorical_hinge", losses.CategoricalHinge),
        ("poisson", losses.Poisson),
        ("kl_divergence", losses.KLDivergence),
        ("kld", losses.KLDivergence),
        ("cosine_similarity", losses.CosineSimilarity),
    ],
)
def test_is_found_by_name(name, kind):
    assert type(losses.get(name)) is kind


def test_a_function_form_is_its_class():
    assert isinstance(losses.get(losses.mean_squared_error), losses.MeanSquaredError)
    assert isinstance(losses.get(losses.huber), losses.Huber)


def test_objects_classes_and_nothing_pass():
    loss = losses.Huber(2.0)
    assert losses.get(loss) is loss
    assert isinstance(losses.get(losses.Huber), losses.Huber)
    assert losses.get(None) is None


def test_a_misspelt_name_gets_suggestions():
    with pytest.raises(UnknownNameError, match="did you mean 'mse'"):
        losses.get("msee")
    with pytest.raises(UnknownNameError, match="no reduction is called 'avg'"):
        losses.MeanSquaredError(reduction="avg")
    with pytest.raises(ArgumentError, match="label_smoothing"):
        losses.BinaryCrossentropy(label_smoothing=2.0)


@pytest.mark.parametrize(
    "name", [name for name in losses.__all__ if isinstance(getattr(losses, name), type)][2:]
)
def test_the_configuration_makes_an_equal_one(name):
    kind = getattr(losses, name)
    loss = kind(reduction="sum", name="mine")
    twin = kind.from_config(loss.get_config())
    assert twin.get_config() == loss.get_config()
    assert (twin.name, twin.reduction) == ("mine", "sum")


def test_options_go_through_configurations():
    loss = losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1)
    twin = losses.get({"class_name": "BinaryCrossentropy", "config": loss.get_config()})
    assert (twin.from_logits, twin.label_smoothing) == (True, 0.1)
    assert twin([[1.0]], [[0.3]]).item() == loss([[1.0]], [[0.3]]).item()


def test_a_function_with_options_is_a_loss():
    def power(y_true, y_pred, exponent):
        return st.reduce_mean(abs(y_true - y_pred) ** exponent, axis=-1)

    loss = losses.LossFunction(power, exponent=3)
    assert loss.name == "power"
    assert loss([[0.0]], [[2.0]]).item() == 8.0
    with st.custom_objects({"power": power}):
        twin = losses.LossFunction.from_config(loss.get_config())
    assert twin([[0.0]], [[2.0]]).item() == 8.0


def test_a_loss_without_call_says_so():
    with pytest.raises(NotImplementedError, match="call"):
        losses.Loss()([[0.0]], [[0.0]])


def test_a_loss_around_a_known_function_goes_through_its_configuration():
    loss = losses.LossFunction(losses.huber, delta=2.0)
    again = losses.get(to_config(loss))
    assert again.options == {"delta": 2.0}
    assert again([[1.0]], [[5.0]]).item() == loss([[1.0]], [[5.0]]).item() == 6.0


def test_the_best_constant_of_the_quantile_loss_is_the_quantile(rng):
    y = rng.normal(size=(401, 1))
    loss = losses.Quantile(0.9)
    costs = [loss(y, np.full_like(y, level)).item() for level in np.sort(y[:, 0])]
    assert int(np.argmin(costs)) == 360


def test_sets_without_an_axis_are_those_of_the_whole_batch():
    y, p = [[1.0, 0.0], [1.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]
    assert losses.Dice()(y, p).item() == pytest.approx(1 - 4 / 5)
    assert losses.Dice(axis=1, reduction="none")(y, p).numpy() == pytest.approx([0.0, 1 / 3])
    assert losses.Dice(axis=[0, 1])(y, p).item() == pytest.approx(1 - 4 / 5)


@pytest.mark.parametrize("kind", [losses.LossFunction, st.metrics.MeanMetricWrapper])
def test_a_function_must_take_targets_and_predictions_and_give_something(kind):
    with pytest.raises(ArgumentError, match=r"function of \(y_true, y_pred\).*takes \(y\)"):
        kind(lambda y: y)
    with pytest.raises(ArgumentError, match=r"takes \(y_true, y_pred\)"):
        kind(losses.mean_squared_error, power=2)
    with pytest.raises(ArgumentError, match="'silent' returned nothing"):
        kind(lambda y, p: None, name="silent")([[1.0]], [[1.0]])


def test_one_weight_for_all_and_weights_of_too_many_axes() -> None:
    values = st.constant([1.0, 3.0])
    assert losses.base.weights_like(2.0, values).shape == ()
    assert losses.base.weights_like([[1.0], [2.0]], values).tolist() == [1.0, 2.0]
    with pytest.raises(ShapeError, match=r"sample_weight: shape \(2, 3\) does not fit"):
        losses.base.weights_like(np.ones((2, 3)), values)


def test_a_loss_is_computed_in_its_dtype() -> None:
    loss = st.losses.MeanSquaredError(dtype="float64")
    assert loss([[1.0]], [[3.0]]).dtype == np.float64
    assert st.losses.MeanSquaredError.from_config(loss.get_config()).dtype == "float64"
    assert repr(st.losses.MeanSquaredError()) == "MeanSquaredError()"
