"""Records of a training: known answers for layers, weights, changes and groups of rows."""

import numpy as np
import pytest

import steepest as st
from steepest.doctor.records import GROUP_ROWS, GROUPS, Recorder, _rms, _weight
from steepest.doctor.setup import Setup
from steepest.doctor.start_facts import LayerStart, WeightStart


def recorder_of(rows=8, activation=None):
    model = st.Sequential([
        st.Input((3,)), st.layers.Dense(2, activation, name="hidden"), st.layers.Dense(1),
    ])  # fmt: skip
    model.compile("sgd", "mse")
    return Recorder(Setup.of(model, np.ones((rows, 3), np.float32), np.ones(rows, np.float32)))


def layer_of(outputs, activation=None, parts=2):
    """The record of a layer whose outputs come in parts."""
    pieces = np.array_split(np.asarray(outputs, np.float32), parts)
    return recorder_of(activation=activation)._layer([
        LayerStart("hidden", piece, piece) for piece in pieces
    ])


def weights_of(*values):
    return [WeightStart("w", np.array(value, np.float32), None) for value in values]


def gradients_of(*gradients, values=(3.0, 4.0)):
    return [WeightStart("w", np.array(values), np.array(one)) for one in gradients]


@pytest.mark.parametrize(
    ("rows", "groups", "size"),
    [
        (1, 1, 1),
        (3, 3, 1),
        (4, 4, 1),
        (7, 4, 1),
        (8, 4, 2),
        (11, 4, 2),
        (GROUPS * GROUP_ROWS, GROUPS, GROUP_ROWS),
        (GROUPS * GROUP_ROWS + 9, GROUPS, GROUP_ROWS),
    ],
)
def test_groups_have_equally_many_rows(rows, groups, size):
    assert [len(group) for group in recorder_of(rows).groups] == [size] * groups


def test_groups_have_different_rows():
    model = st.Sequential([st.layers.Dense(1, input_shape=(1,))])
    model.compile("sgd", "mse")
    numbers = np.arange(12, dtype=np.float32)
    groups = Recorder(Setup.of(model, numbers[:, None], numbers)).groups
    assert np.concatenate([group.y for group in groups]).tolist() == numbers.tolist()


def test_a_layer_by_its_outputs():
    record = layer_of([[0, 1, 2, 0], [0, 1, 3, 1], [0, 1, 4, 0], [0, 1, 5, 1]])
    assert record.name == "hidden" and record.saturated is None
    assert record.dead == 0.25  # the first unit
    assert record.constant == 0.5  # the first and the second
    assert record.mean == 20 / 16
    assert record.deviation == pytest.approx(np.sqrt((4 + 54 + 2) / 16 - 1.25**2))


@pytest.mark.parametrize(
    ("activation", "outputs", "share"),
    [
        ("tanh", [[0.96, 0.94], [-0.96, 0.0]], 0.5),
        ("sigmoid", [[0.98, 0.97], [0.02, 0.03]], 0.5),
        ("hard_sigmoid", [[1.0, 0.5], [0.0, 0.4]], 0.5),
        ("relu", [[1.0, 0.5], [0.0, 0.4]], None),
    ],
)
def test_saturated_values_are_near_the_bounds_of_their_activation(activation, outputs, share):
    assert layer_of(outputs, activation).saturated == share


def test_a_weight_by_its_gradients():
    record = _weight(gradients_of([1.0, 0.0], [3.0, 0.0]), 0.5, rows=6)
    assert (record.path, record.change) == ("w", 0.5)
    assert record.size == pytest.approx(np.sqrt(12.5))
    assert record.gradient == pytest.approx(np.sqrt(2.0))
    assert record.noise == pytest.approx(2.0 * 6 / (4.0 - 2.0 / 2))


def test_noise_is_infinite_where_the_gradient_is_not_seen():
    assert _weight(gradients_of([1.0], [-1.0], values=[2.0]), None, 6).noise == np.inf
    known = _weight(gradients_of([1.0], [1.0], values=[2.0]), None, 6)
    assert (known.noise, known.gradient, known.change) == (0.0, 1.0, None)


def test_one_group_shows_no_noise_and_no_gradient_no_more():
    one = _weight(gradients_of([1.0, 7.0]), None, 6)
    assert one.noise is None and one.gradient == pytest.approx(5.0)
    none = _weight(weights_of([3.0, 4.0], [3.0, 4.0]), 0.25, 6)
    assert (none.gradient, none.noise, none.change) == (None, None, 0.25)
    assert none.size == pytest.approx(np.sqrt(12.5))


def test_changes_are_by_step_and_relative_to_the_values_before():
    recorder = recorder_of()
    assert recorder._changes(weights_of([3.0, 4.0], [0.0]), 10) == [None, None]
    found = recorder._changes(weights_of([3.0, 9.0], [1.0]), 15)
    assert found == [pytest.approx(1.0 / 5), None]  # 5 of 5, in 5 steps; nothing of nothing
    assert recorder._changes(weights_of([3.0, 9.0], [3.0]), 16) == [0.0, 2.0]
    assert recorder._changes(weights_of([3.0, 9.0], [3.0]), 16) == [None, None]
    assert recorder._changes(weights_of([3.0, 9.0], [3.0]), 3) == [None, None]


@pytest.mark.parametrize(("values", "size"), [([3.0, 4.0], 12.5**0.5), ([-2.0], 2.0), ([], 0.0)])
def test_root_mean_squares(values, size):
    assert _rms(np.array(values)) == pytest.approx(size)
