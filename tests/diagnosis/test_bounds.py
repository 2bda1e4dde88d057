"""Rules by known values, without a training: each at its bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.data.columns import DenseColumn, SparseColumn
from steepest.diagnosis import first_layers
from steepest.diagnosis.advice import rate_advice, stands_still
from steepest.diagnosis.data import (
    column_name,
    finite_findings,
    scale_findings,
    weight_findings,
)
from steepest.diagnosis.diverged import (
    FailedInputs,
    divergence,
    divergence_of_whole_set,
    first_not_finite,
)
from steepest.diagnosis.first_layers import reader_findings, scale, take_gaps
from steepest.diagnosis.last_activation import ending_of, softmax_input
from steepest.diagnosis.loss_and_labels import (
    bound_findings,
    first_wrong,
    label_findings,
    quantity_findings,
)
from steepest.diagnosis.loss_and_output import output_findings
from steepest.diagnosis.nothing_to_train import epoch_findings, frozen_findings
from steepest.diagnosis.rate import lower_rate, rate_findings
from steepest.diagnosis.settings import class_weight_findings, idle_findings, steps_findings
from steepest.diagnosis.standstill import equal_units, zero_gradient
from steepest.finding import Where


def rules(findings: Any) -> list[str]:
    return [found.rule for found in findings]


def output(function: Any, *shape: int | None) -> Any:
    return st.trace(function, [st.TensorSpec(shape)]).outputs[0]


# ---------------------------------------------------------------- learning rates


def name_of(value: Any) -> str:
    """A value in a test's name; every process must give it the same one."""
    return str(getattr(value, "__name__", value))


@pytest.mark.parametrize(
    ("losses", "rule"),
    [
        ([1.0, 0.99, 0.98, 0.97], []),  # fewer than five epochs
        ([1.0, 1.0, 1.0, 1.0, 1.0], ["rate-too-small"]),
        ([1.0, 1.1, 1.05, 1.0, 0.99], ["rate-overshoots"]),  # 1 of 4, 0.1 against 0.11
        ([1.0, 1.1, 1.05, 1.0, 0.98], []),  # 0.1 against 0.12
        ([1.0, 1.1, 1.08, 1.05, 1.02, 0.99], []),  # 1 of 5
        ([1.0, 1.03125, 1.03, 1.03, 1.03], []),  # no more than noise
        ([1.0, 0.3, 0.5, 0.2, 0.1], ["rate-overshoots"]),  # by a fifth of the first loss
        ([1.0, 0.3, 0.4, 0.2, 0.1], []),  # by a tenth
        ([1.0, 0.3, 0.5, 0.2, 0.1, 0.05], []),  # 1 of 5
        ([1.0, 1.0625, 0.5, 0.4, 0.3], []),  # it gains more than it loses
        ([-1.0, -0.9, -2.0, -3.0, -4.0], []),  # negative losses have no floor
        ([1.0, 1e-4, 2e-4, 1e-4, 2e-4], []),  # arrived: noise at the minimum
        ([1.0, 1e-2, 2e-2, 1e-2, 1e-3], []),  # far below the first loss
        ([1.0, 0.995, 0.994, 0.993, 0.992], ["rate-too-small"]),
        ([1.0, 0.9951, 0.9926, 0.9901, 0.9876], ["rate-too-small"]),  # as fast as before
        ([1.0, 0.98, 0.979, 0.978, 0.977], []),  # fast at first
        ([1.0, 0.985, 0.98, 0.98, 0.98], []),  # it has come to rest
        ([1.0, 0.98, 0.96, 0.94, 0.92], []),  # it falls by more than a twentieth
        ([1.0, 1.0, 1.0, 0.98, 0.98], []),  # it has begun to fall
        ([1.0, 0.998, 0.999, 0.998, 0.999], []),  # it rises as often as it falls
        ([1.0, 0.998, 0.999, 0.998, 0.997, 0.996], ["rate-too-small"]),  # falls in 4 of 5
        ([1.0, 0.998, 0.999, 0.998, 0.997], []),  # falls in 3 of 4
        ([20.0, 19.75, 19.5, 19.25, 19.0], []),  # by a twentieth
        ([1e-7, 1e-7, 1e-7, 1e-7, 1e-7], []),
        ([1.0, 1.0, np.nan, 1.0, 1.0], []),
        ([], []),
    ],
    ids=name_of,
)
def test_advice_by_the_course_of_the_loss(losses: list[float], rule: list[str]) -> None:
    assert rules(rate_advice(losses, lambda epoch: 0.5)) == rule
    assert rules(rate_advice(losses, lambda epoch: 0.0)) == []


def test_advice_names_the_numbers() -> None:
    (found,) = rate_advice([1.0, 2.0, 0.5, 1.4, 0.8], lambda epoch: 0.5)
    assert found.evidence == {"rises": 2, "epochs": 4, "rate": 0.5, "suggested": 0.05}
    (found,) = rate_advice([2.0, 2.0, 2.0, 2.0, 1.99], lambda epoch: 0.5)
    assert found.evidence["suggested"] == 5.0 and found.evidence["epochs"] == 5
    assert found.evidence["gain"] == pytest.approx(0.005)


def test_advice_names_the_greatest_rate_at_which_the_loss_rose() -> None:
    rates = [0.9, 0.3, 0.4, 0.1, 0.2]
    (found,) = rate_advice([1.0, 2.0, 0.9, 1.8, 0.9], rates.__getitem__)
    assert (found.evidence["rate"], found.evidence["suggested"]) == (0.3, pytest.approx(0.03))
    (found,) = rate_advice([1.0, 2.0, 0.9, 1.8, 0.9], rates.__getitem__, lambda rate: 0.001)
    assert found.evidence["suggested"] == 0.001
    (found,) = rate_advice([2.0, 2.0, 2.0, 2.0, 1.99], rates.__getitem__)
    assert (found.evidence["rate"], found.evidence["suggested"]) == (0.9, 9.0)


@pytest.mark.parametrize(
    ("last_loss", "last_rate", "rule"),
    [
        (0.9, 0.1, []),  # the lowered rate ends at the lowest loss
        (0.9, 0.15, ["rate-overshoots"]),  # not below half of the rate at which it rose
        (1.2, 0.1, ["rate-overshoots"]),  # not at the lowest loss
    ],
)
def test_a_schedule_that_ends_well_is_left_alone(
    last_loss: float, last_rate: float, rule: list[str]
) -> None:
    losses, rates = [1.0, 2.0, 1.0, 1.8, 1.5, last_loss], [0.3, 0.3, 0.3, 0.3, 0.2, last_rate]
    assert rules(rate_advice(losses, rates.__getitem__)) == rule


def test_a_trained_model_whose_loss_hardly_moves_is_left_alone() -> None:
    assert list(rate_advice([2.0, 2.0, 2.0, 2.0, 1.99], lambda epoch: 0.5, is_new=False)) == []


@pytest.mark.parametrize(
    ("losses", "stands"),
    [
        ([1.0, 1.0, 1.0, 1.0], False),  # fewer than five epochs
        ([1.0, 1.0, 1.0, 1.0, 1.0], True),
        ([20.0, 20.75, 20.0, 19.8, 20.0], True),
        ([20.0, 21.0, 20.0, 20.0, 20.0], False),  # by a twentieth
        ([20.0, 19.0, 19.25, 19.25, 19.25], False),
        ([1e-7, 1e-7, 1e-7, 1e-7, 1e-7], False),
        ([1.0, np.nan, 1.0, 1.0, 1.0], False),
    ],
)
def test_a_loss_stands_still(losses: list[float], stands: bool) -> None:
    assert stands_still(losses) is stands


def test_units_of_equal_weights_are_found_in_the_first_such_layer() -> None:
    alike = np.float32([[1, 1, 1], [2, 2, 2]])
    (found,) = equal_units([("a", np.eye(2)), ("b", alike), ("c", alike)])
    assert found.where.layer == "b" and found.evidence == {"units": 3}
    nearly = alike + np.float32([[0, 0, 0], [0, 0, 1e-6]])
    assert list(equal_units([("a", nearly), ("one", alike[:, :1]), ("deep", alike[None])])) == []


def test_a_zero_gradient_is_one_of_all_kernels() -> None:
    zero, slope = np.zeros((2, 2)), np.float32([[0, 0], [0, 1e-30]])
    assert rules(zero_gradient([zero, None])) == ["zero-gradient"]
    assert list(zero_gradient([zero, slope])) == [] == list(zero_gradient([]))


@pytest.mark.parametrize(
    ("optimizer", "rate", "lower"),
    [
        (st.optimizers.Adam(), 0.1, 0.01),
        (st.optimizers.Adam(), 0.3, 0.001),  # a tenth fails too
        (st.optimizers.SGD(), 1.0, 0.1),
        (st.optimizers.SGD(), 100.0, 0.01),
        (st.optimizers.Lion(), 0.3, 0.03),  # no usual range is known
    ],
)
def test_a_lower_rate_is_one_that_may_work(optimizer: Any, rate: float, lower: float) -> None:
    assert lower_rate(optimizer, rate) == pytest.approx(lower)


@pytest.mark.parametrize("factor", [0.99, 1.0, 1.01])
@pytest.mark.parametrize("place", [0, 1])
def test_rates_outside_the_usual_range_are_too_low_or_too_high(factor: float, place: int) -> None:
    limits = st.optimizers.Adam.usual_rates
    assert limits is not None
    found = list(rate_findings(st.optimizers.Adam(limits[place] * factor)))
    outside = factor < 1.0 if place == 0 else factor > 1.0
    assert [each.evidence["word"] for each in found] == [("low", "high")[place]] * outside


# ---------------------------------------------------------------- data


def test_values_that_are_not_finite_are_named_by_row_and_column() -> None:
    values = np.zeros((3, 2, 2))
    values[1, 0, 1] = np.nan
    (found,) = finite_findings([DenseColumn(values)], "x", lambda: [False])
    assert (found.where.row, found.where.column) == (1, (0, 1))
    assert rules(finite_findings([DenseColumn(values)], "x", lambda: [True])) == []
    flat = DenseColumn(np.array([0.0, -np.inf]))
    (found,) = finite_findings([DenseColumn(np.zeros(2)), flat], "y", lambda: [False, True])
    assert (found.where.row, found.where.column) == (1, None)
    huge = DenseColumn(np.full(4, 1e308))  # whose sum is not finite
    assert rules(finite_findings([huge], "x", lambda: [False])) == []
    whole = DenseColumn(np.array([1, 2]))
    assert rules(finite_findings([whole, DenseColumn(np.zeros((0, 2)))], "x", list)) == []


def test_values_of_sparse_rows_are_checked() -> None:
    ends, places = np.array([0, 1, 3]), np.array([2, 0, 1])
    for last, rule in ((1.0, []), (np.nan, ["not-finite"])):
        column = SparseColumn(ends, places, np.array([1.0, 1.0, last]), 3)
        found = list(finite_findings([column], "x", lambda: [False]))
        assert rules(found) == rule
        if rule:
            assert (found[0].where.row, found[0].where.column) == (1, 1)
    ones = SparseColumn(ends, places, None, 3)
    assert rules(finite_findings([ones], "x", lambda: [False])) == []


def test_columns_are_named_by_their_names_else_by_their_places() -> None:
    named = DenseColumn(np.zeros((1, 2)), names=("age", "size"))
    assert column_name(named, [0]) == "age"
    plain = DenseColumn(np.zeros((1, 2, 2)))
    assert column_name(plain, [1]) == 1 and column_name(plain, [1, 0]) == (1, 0)


@pytest.mark.parametrize(
    ("weights", "rule"),
    [
        ([0.0, 1.0], []), ([0.0, 0.0], ["zero-weights"]), ([1.0, -0.5], ["negative-weight"]),
        ([[1.0, 1.0], [1.0, -2.0]], ["negative-weight"]),
    ],
    ids=name_of,
)  # fmt: skip
def test_weights_are_from_0_and_not_all_0(weights: Any, rule: list[str]) -> None:
    found = list(weight_findings([DenseColumn(np.array(weights))]))
    assert rules(found) == rule
    if rule == ["negative-weight"]:
        assert found[0].where.row == 1 and found[0].evidence["weight"] == np.min(weights)


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([[1.0, 100.0], [1.0, 100.0]], False),
        ([[1.0, 101.0], [1.0, 1.0]], True),
        ([[1.0, -101.0], [1.0, 1.0]], True),
        ([[0.5, 60.0], [0.5, 1.0]], False),  # none is above 100
        ([[2.0, 200.0], [2.0, 1.0]], False),
        ([[2.0, 201.0], [2.0, 1.0]], True),
        ([[0.0, 201.0], [0.0, 1.0]], False),  # a column of zeros is not used
        ([[1.0, 101.0]], False),  # a single row
        ([[1, 101], [1, 1]], False),
        ([[np.nan, 101.0], [1.0, 1.0]], True),
    ],
    ids=name_of,
)
def test_columns_differ_in_scale_by_more_than_a_hundred(rows: Any, found: bool) -> None:
    column = DenseColumn(np.array(rows))
    assert bool(list(scale_findings([column], lambda: [False]))) is found
    assert not list(scale_findings([column], lambda: [True]))


def test_the_columns_of_largest_and_least_scale_are_named() -> None:
    rows = np.array([[5.0, 0.0, 2.0, -900.0], [5.0, 0.0, -1.0, 30.0]])
    (found,) = scale_findings([DenseColumn(rows)], lambda: [False])
    assert found.where.column == 3 and found.evidence["large"] == 900.0
    assert found.evidence["small"] == 2.0 and "column 2" in str(found)
    sparse = SparseColumn(np.array([0, 2, 3]), np.array([0, 2, 0]), np.array([4.0, 900.0, -5.0]), 3)
    (found,) = scale_findings([sparse], lambda: [False])
    assert found.where.column == 2 and found.evidence["small"] == 5.0
    least = SparseColumn(np.array([0, 2, 3]), np.array([0, 2, 0]), np.array([0.5, 100.0, 0.5]), 3)
    assert not list(scale_findings([least], lambda: [False]))
    late = np.ones((2001, 2))
    late[2000, 1] = 1e6
    assert not list(scale_findings([DenseColumn(late)], lambda: [False]))
    late[1999, 1] = 1e6
    assert list(scale_findings([DenseColumn(late)], lambda: [False]))


# ---------------------------------------------------------------- divergence


def step(x: Any) -> Any:
    return st.log(x) * 2.0


def test_the_first_operation_that_is_not_finite() -> None:
    graph = st.trace(step, [st.TensorSpec((None,))])
    for values, op in (([1.0, 2.0], None), ([1.0, 0.0], "log")):
        node = first_not_finite(graph, [np.float32(values)], [])
        assert (node and node.op) == op


@pytest.mark.parametrize(
    ("x", "options", "rule"),
    [
        ([[1.0, np.nan]], {}, "diverged-bad-data"),
        ([[1.0, np.nan]], {"is_filled": True}, "diverged-high-rate"),
        ([[1.0, 101.0]], {}, "diverged-unscaled-input"),
        ([[1.0, 100.0]], {}, "diverged-high-rate"),
        ([[1.0, 101.0]], {"is_scaled": True}, "diverged-high-rate"),
        ([[0.0, 1.0]], {}, "diverged-undefined-operation"),
    ],
    ids=name_of,
)
def test_the_likely_cause_of_a_divergence(x: Any, options: dict[str, bool], rule: str) -> None:
    graph = st.trace(step, [st.TensorSpec((None, 2))])
    inputs = FailedInputs([np.float32(x)], **options)
    found = divergence(graph, [], inputs, 0.5, Where(epoch=1, step=2))
    assert found.rule == rule
    if rule == "diverged-high-rate":
        assert found.evidence["suggested"] == 0.05
    if rule == "diverged-bad-data":
        assert (found.where.row, found.where.column) == (0, 1)
    if rule == "diverged-unscaled-input":
        assert found.where.column == 1 and found.evidence["size"] == 101.0


@pytest.mark.parametrize(
    ("inputs", "rule", "column"),
    [
        ([[[1.0, 100.0]]], "diverged-at-start", None),
        ([[[1.0, 101.0]]], "diverged-unscaled-input", 1),
        ([[[np.nan, 1.0]]], "diverged-bad-data", 0),
        ([[500.0, 1.0]], "diverged-at-start", None),
        ([[np.inf, 1.0]], "diverged-bad-data", None),
        ([[[1.0]], [[[np.nan, 1.0]]]], "diverged-bad-data", (0, 0)),
    ],
    ids=name_of,
)
def test_the_likely_cause_in_a_full_batch_method(inputs: Any, rule: str, column: Any) -> None:
    arrays = [np.float32(each) for each in inputs]
    found = divergence_of_whole_set(arrays, Where(epoch=1))
    assert found.rule == rule and found.where.column == column
    assert divergence_of_whole_set([np.zeros((0, 2), "f4")], Where()).rule == "diverged-at-start"


# ---------------------------------------------------------------- layers and activations


class Marked(st.layers.Dense):
    takes_gaps = scales = 1  # type: ignore[assignment]  # an attribute of another meaning


def test_all_readers_of_an_input_must_scale_it() -> None:
    dense, norm = st.layers.Dense(1), st.layers.Normalization()
    assert scale([[norm, norm], [norm, dense], [], [Marked(1)]]) == [True, False, False, False]
    gaps = st.layers.MissingValues()
    assert take_gaps([[gaps], [gaps, dense], [Marked(1)]]) == [True, False, False]


def test_layers_inspect_the_rows_that_are_read() -> None:
    layer = st.layers.CategoryEncoding(3)
    column = DenseColumn(np.array([[0], [7], [8]]))

    def rows(chosen: Any) -> list[Any]:
        return [
            found.evidence
            for found in reader_findings([column], [[layer, st.layers.Dense(1)]], chosen)
        ]

    assert len(rows(None)) == 1 and rows(np.array([0])) == []
    assert len(rows(np.array([2, 0]))) == 1
    assert len(rows(np.array([0, 0, 0]))) == 1, "as many rows as there are: all of them"
    assert list(reader_findings([column], [[]])) == []


def test_of_large_inputs_a_spread_sample_is_inspected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_layers, "MOST_VALUES", 9)
    monkeypatch.setattr(first_layers, "SAMPLE", 3)
    seen: list[list[int]] = []
    layer = st.layers.CategoryEncoding(99)
    monkeypatch.setattr(
        layer, "findings_in", lambda values: seen.append(values.ravel().tolist()) or []
    )
    for rows in (9, 10, 2):
        list(reader_findings([DenseColumn(np.arange(rows)[:, None])], [[layer]]))
    list(reader_findings([DenseColumn(np.arange(10)[:, None])], [[layer]], np.array([5, 6])))
    assert seen == [list(range(9)), [0, 4, 9], [0, 1], [0, 4, 9]]


@pytest.mark.parametrize(
    ("function", "ending"),
    [
        (st.nn.sigmoid, "sigmoid"),
        (st.nn.softmax, "softmax"),
        (st.nn.relu, "relu"),
        (lambda x: st.nn.leaky_relu(x), "relu"),
        (lambda x: x @ np.ones((4, 2), "f4"), "linear"),
        (lambda x: x @ np.ones((4, 2), "f4") + 1.0, "linear"),
        (lambda x: 1.0 + st.reshape(x @ np.ones((4, 2), "f4"), (-1, 2)), "linear"),
        (lambda x: st.reshape(st.nn.sigmoid(x), (-1, 2, 2)), "sigmoid"),
        (lambda x: st.maximum(x, x * x), "other"),
        (lambda x: st.exp(x) / st.reduce_sum(x, -1, keepdims=True), "other"),
        (lambda x: st.where(x == 0.0, x, x), "other"),
        (lambda x: x + 1.0, "other"),
        (lambda x: x, "other"),
    ],
)
def test_endings_of_outputs(function: Any, ending: str) -> None:
    assert ending_of(output(function, None, 4)) == ending


def test_what_looks_like_a_softmax_and_is_none() -> None:
    def other_sum(x: Any) -> Any:
        raised = st.exp(x - 1.0)
        return raised / st.reduce_sum(st.exp(x - 2.0), -1, keepdims=True)

    def unshifted(x: Any) -> Any:
        raised = st.exp(x)
        return raised / st.reduce_sum(raised, -1, keepdims=True)

    for function in (other_sum, unshifted, lambda x: st.exp(x - 1.0) / x, lambda x: x / x):
        assert softmax_input(output(function, None, 4)) is None
    assert softmax_input(output(st.nn.softmax, None, 4)) is not None


# ---------------------------------------------------------------- labels and losses


@pytest.mark.parametrize(
    ("loss", "units", "values", "rule"),
    [
        ("sparse_categorical_crossentropy", 3, [0, 2], []),
        ("sparse_categorical_crossentropy", 3, [0, 3], ["label-outside-classes"]),
        ("sparse_categorical_crossentropy", 3, [-1, 2], ["label-outside-classes"]),
        ("sparse_categorical_crossentropy", 3, [0.0, 1.5], ["label-not-whole"]),
        ("sparse_categorical_crossentropy", 1, [0, 0], ["single-class"]),
        ("binary_crossentropy", 1, [0.0, 1.0], []),
        ("binary_crossentropy", 1, [0.0, 1.1], ["label-out-of-range"]),
        ("binary_crossentropy", 1, [-0.1, 1.0], ["label-out-of-range"]),
        ("hinge", 1, [-1, 1], []),
        ("hinge", 1, [-1, 2], ["label-out-of-range"]),
        ("poisson", 1, [0.0, 1e9], []),
        ("poisson", 1, [-1.0, 1e9], ["label-out-of-range"]),
        ("mse", 1, [-1e9, 1e9], []),
        ("dice", 1, [-1e9, 1e9], []),
        ("categorical_crossentropy", 2, [[0.5, 0.509], [1.0, 0.0]], []),
        ("categorical_crossentropy", 2, [[1.0, 0.0], [0.5, 0.52]], ["shares-not-adding-up"]),
        ("categorical_crossentropy", 2, [[1.0, 0.0], [0.5, 0.48]], ["shares-not-adding-up"]),
    ],
    ids=name_of,
)
def test_labels_that_losses_take(loss: str, units: int, values: Any, rule: list[str]) -> None:
    made = output(st.nn.sigmoid, None, units)
    found = list(label_findings(st.losses.get(loss), made, np.array(values)))
    assert rules(found) == rule
    if rule not in ([], ["single-class"]):
        wrong = (
            0 if rule != ["shares-not-adding-up"] and np.min(values) < 0 and loss != "hinge" else 1
        )
        assert found[0].where.row == wrong


def test_an_output_of_one_number_a_row_has_one_class() -> None:
    made = output(lambda x: st.reduce_sum(x, 1), None, 4)
    loss = st.losses.get("sparse_categorical_crossentropy")
    assert rules(bound_findings(loss, made, np.array([0, 0]))) == ["single-class"]
    for labels in (np.array([False, False]), np.array([0, 0], "uint8"), np.array([0.0, 0.0])):
        assert rules(bound_findings(loss, made, labels)) == ["single-class"]


def test_the_ignored_class_may_be_outside() -> None:
    loss = st.losses.SparseCategoricalCrossentropy(ignore_class=-1)
    made = output(st.nn.softmax, None, 3)
    assert rules(bound_findings(loss, made, np.array([0, -1]))) == []
    (found,) = bound_findings(loss, made, np.array([0, -1, -2, 3]))
    assert found.where.row == 2 and found.evidence["label"] == -2
    assert (found.evidence["classes"], found.evidence["greatest"]) == (3, 2)


@pytest.mark.parametrize(
    ("shape", "wrong", "column"),
    [
        ((3,), (1,), None),
        ((3, 1), (1, 0), None),
        ((3, 2), (1, 1), 1),
        ((3, 2, 2), (1, 1, 0), (1, 0)),
    ],
)
def test_the_place_of_the_first_wrong_label(
    shape: tuple[int, ...], wrong: tuple[int, ...], column: Any
) -> None:
    marks, values = np.zeros(shape, bool), np.arange(np.prod(shape)).reshape(shape)
    marks[wrong] = marks[-1] = True
    where, label = first_wrong(Where("y"), marks, values)
    assert (where.row, where.column, label) == (1, column, values[wrong])


@pytest.mark.parametrize(
    ("loss", "function", "values", "rule"),
    [
        ("mse", st.nn.softmax, [0.5, 0.7], ["regression-on-classes"]),
        ("mse", st.nn.sigmoid, np.arange(30) % 3, []),
        ("mse", lambda x: x + 1.0, np.arange(30) % 3, ["regression-on-classes"]),
        ("mse", lambda x: x + 1.0, np.arange(30) % 2, []),
        ("msle", lambda x: x + 1.0, [0.0, 1.5], []),
        ("msle", lambda x: x + 1.0, [-0.5, 1.5], ["label-below-zero"]),
        ("binary_crossentropy", st.nn.softmax, [0.5, 0.7], []),
    ],
    ids=name_of,
)
def test_losses_of_quantities_on_classes(
    loss: str, function: Any, values: Any, rule: list[str]
) -> None:
    made = output(function, None, 3)
    assert rules(quantity_findings(st.losses.get(loss), made, np.array(values))) == rule


@pytest.mark.parametrize(
    ("metric", "values", "rule"),
    [
        ("accuracy", [0.5, 1.0], ["accuracy-of-quantities"]), ("accuracy", [1.0, 2.0], []),
        ("accuracy", [1, 2], []), ("mae", [0.5, 1.0], []),
    ],
    ids=name_of,
)  # fmt: skip
def test_accuracy_of_quantities(metric: str, values: Any, rule: list[str]) -> None:
    made, metrics = output(lambda x: x + 1.0, None, 1), [st.metrics.get(metric)]
    for each in metrics:
        each.name = metric
    found = quantity_findings(st.losses.get("mse"), made, np.array(values), metrics)
    assert rules(found) == rule


def affine(x: Any) -> Any:
    return x @ np.ones((4, 4), "f4")


@pytest.mark.parametrize(
    ("loss", "function", "units", "values", "rule"),
    [
        ("mse", st.nn.sigmoid, 1, [0.0, 1.0], []),
        ("mse", st.nn.sigmoid, 1, [0.5, 1.5], ["target-out-of-reach"]),
        ("mse", st.nn.sigmoid, 1, [0.5, -0.5], ["target-out-of-reach"]),
        ("mse", st.nn.relu, 1, [0.0, 1e9], []),
        ("mse", st.nn.relu, 1, [0.0, -1.0], ["target-out-of-reach"]),
        ("binary_crossentropy", st.nn.softmax, 1, [0, 1], ["softmax-of-one-unit"]),
        ("categorical_crossentropy", st.nn.softmax, 4, np.eye(4), []),
        ("categorical_crossentropy", lambda x: st.nn.softmax(st.nn.softmax(x)), 4, np.eye(4),
         ["softmax-twice"]),
        ("poisson", affine, 4, [1.0], ["output-may-be-negative"]),
        ("poisson", st.exp, 4, [1.0], []),
        ("binary_crossentropy", st.nn.sigmoid, 4, [[0, 1, 1, 0]], []),
        ("binary_crossentropy", st.nn.sigmoid, 4, np.eye(4), ["sigmoid-over-classes"]),
        ("binary_crossentropy", st.nn.sigmoid, 2, np.eye(2), []),
        ("sparse_categorical_crossentropy", st.nn.sigmoid, 4, [0, 1], ["sigmoid-over-classes"]),
        ("sparse_categorical_crossentropy", st.nn.sigmoid, 2, [0, 1], ["sigmoid-over-classes"]),
        ("sparse_categorical_crossentropy", st.nn.sigmoid, 1, [0, 0], []),
        ("binary_crossentropy", affine, 4, [[0.0] * 4], ["activation-missing"]),
        ("binary_crossentropy", st.nn.relu, 4, [[0.0] * 4], ["activation-missing"]),
    ],
    ids=name_of,
)  # fmt: skip
def test_endings_that_do_not_fit(
    loss: str, function: Any, units: int, values: Any, rule: list[str]
) -> None:
    made = output(function, None, units)
    assert rules(output_findings(st.losses.get(loss), made, np.array(values))) == rule


@pytest.mark.parametrize(
    ("function", "rule"),
    [(st.nn.sigmoid, ["activation-before-logits"]), (affine, []), (st.nn.relu, [])],
)
def test_logits_take_no_activation(function: Any, rule: list[str]) -> None:
    loss = st.losses.BinaryCrossentropy(from_logits=True)
    made = output(function, None, 4)
    assert rules(output_findings(loss, made, np.array([[0, 1, 1, 0]]))) == rule


# ---------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("epochs", "initial", "needed"),
    [(0, 0, None), (1, 0, None), (2, 2, 4), (2, 1, None), (1, 9, 10)],
)
def test_epochs_before_the_first(epochs: int, initial: int, needed: int | None) -> None:
    found = [each.evidence["needed"] for each in epoch_findings(epochs, initial)]
    assert found == ([] if needed is None else [needed])


def test_a_model_without_weights_is_not_frozen() -> None:
    assert rules(frozen_findings("net", 0)) == [] and rules(frozen_findings("net", 1)) != []


@pytest.mark.parametrize(
    ("steps", "batches", "found"), [(4, 4, 0), (5, 4, 1), (None, 4, 0), (5, None, 0), (3, 4, 0)]
)
def test_more_steps_than_batches(steps: int | None, batches: int | None, found: int) -> None:
    assert len(list(steps_findings(steps, batches))) == found


@pytest.mark.parametrize(
    ("weights", "units", "labels"),
    [
        ({0: 1.0, 1: 2.0}, 1, []), ({2: 1.0}, 1, [2]), ({2: 1.0}, 3, []), ({3: 1.0}, 3, [3]),
        ({-1: 1.0}, 3, [-1]), ("balanced", 3, []), (None, 3, []),
    ],
    ids=name_of,
)  # fmt: skip
def test_weights_of_classes_without_an_output(weights: Any, units: int, labels: list[int]) -> None:
    found = list(class_weight_findings(weights, units))
    assert [each.evidence["label"] for each in found] == labels
    assert all(each.evidence["greatest"] == max(units, 2) - 1 for each in found)


@pytest.mark.parametrize(
    ("setting", "value", "found"),
    [
        ("steps_per_execution", 1, 0), ("steps_per_execution", None, 0),
        ("steps_per_execution", 2, 1), ("steps_per_execution", "auto", 0),
        ("jit_compile", True, 1), ("auto_scale_loss", False, 1), ("auto_scale_loss", True, 0),
    ],
)  # fmt: skip
def test_settings_that_change_nothing(setting: str, value: Any, found: int) -> None:
    assert len(list(idle_findings({setting: value}))) == found
