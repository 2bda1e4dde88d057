"""Layers and the weights of a file: by name, place or shape, and what is left out when asked."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import DataError, ShapeError
from steepest.storage.foreign.matching import (
    Source,
    WeightTable,
    assign_fitting,
    by_names,
    by_order_or_shape,
    in_file_order,
    natural,
    weighted_layers,
)
from steepest.storage.foreign.state_dict import assign_state


def dense(units: int, name: str | None = None) -> st.layers.Dense:
    return st.layers.Dense(units, name=name)


def model_of(*layers: st.layers.Layer) -> st.Model:
    return st.Sequential([st.Input((3,)), *layers])


def source(name: str, number: float, units: int = 3, inputs: int = 3) -> Source:
    kernel, bias = np.full((inputs, units), number, "float32"), np.zeros(units, "float32")
    return Source(name, {"0": kernel, "1": bias})


def first_numbers(model: st.Model) -> list[float]:
    return [float(layer.kernel.numpy()[0, 0]) for layer in model.layers]


def filled(model: st.Model) -> st.Model:
    """The model with zeros as weights."""
    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    return model


def test_a_table_aligns_its_columns() -> None:
    table = WeightTable([("a/kernel", "b/0", (2, 1)), ("a/b", "long/number/1", (1,))])
    assert repr(table).splitlines() == [
        "weight    from           shape",
        "a/kernel  b/0            (2, 1)",
        "a/b       long/number/1  (1,)",
    ]


def test_a_count_that_only_the_file_has_is_left_out() -> None:
    layer = model_of(dense(3)).layers[0]
    given = source("a", 1.0)
    for dtype, fits in (("int64", True), ("uint64", True), ("float32", False)):
        counted = Source("a", {"count": np.zeros((), dtype), **given.arrays})
        found = in_file_order(layer, counted)
        assert (found is not None) is fits
        if found is not None:
            assert [(w.name, name) for w, name, _ in found] == [("kernel", "0"), ("bias", "1")]
    longer = Source("a", {"list": np.zeros(2, "int64"), **given.arrays})
    assert in_file_order(layer, longer) is None
    assert in_file_order(layer, Source("a", {"0": given.arrays["0"]})) is None


def test_whole_numbers_are_weights_where_the_counts_are_equal() -> None:
    layer = model_of(dense(1)).layers[0]
    numbers = Source("a", {"0": np.ones((3, 1), "int64"), "1": np.zeros(1, "int64")})
    found = in_file_order(layer, numbers)
    assert found is not None and [array.dtype.kind for *_, array in found] == ["i", "i"]


def test_names_match_if_all_of_both_sides_have_a_partner() -> None:
    layers = list(model_of(dense(3, "a"), dense(3, "b")).layers)
    one, two, three = (source(name, 1.0) for name in "abc")
    assert by_names(layers, [two, one]) == [one, two]
    assert by_names(layers, [one]) is None
    assert by_names(layers, [one, three]) is None
    assert by_names(layers, [one, two, three]) is None
    assert by_names(layers, [one, two, two]) is None
    assert by_names([*layers, layers[0]], [one, two]) is None


def test_without_names_numbers_decide_then_shapes() -> None:
    layers = list(model_of(dense(3), dense(2)).layers)
    wide, narrow = source("x10", 1.0), source("x9", 2.0, units=2)
    assert by_order_or_shape("f", layers, [wide, narrow], in_file_order) == [narrow, wide]
    first, second = source("in", 1.0), source("out", 2.0, units=2)
    assert by_order_or_shape("f", layers, [second, first], in_file_order) == [first, second]
    for wrong in ([first], [first, second, second], [first, source("same", 3.0)]):
        with pytest.raises(ShapeError, match=r"f: its weights cannot be matched"):
            by_order_or_shape("f", layers, wrong, in_file_order)


def test_numbers_in_names_are_compared_as_numbers() -> None:
    names = ["b1", "a10", "a9b", "a9", "10", "9", "a"]
    assert sorted(names, key=natural) == ["a", "a9", "a9b", "a10", "b1", "9", "10"]


def test_a_model_without_weights_and_a_file_without_layers_say_so() -> None:
    with pytest.raises(ShapeError, match=r"no weights: build it first\. The file has: a \(0 \(3"):
        by_order_or_shape("f", [], [source("a", 1.0)], in_file_order)
    with pytest.raises(ShapeError, match=r"dense_9 \(\(3, 3\), \(3,\)\)\. The file has: none"):
        by_order_or_shape("f", list(model_of(dense(3, "dense_9")).layers), [], in_file_order)


def test_layers_that_fit_are_loaded_by_name_and_the_others_named() -> None:
    model = filled(model_of(dense(3, "a"), dense(3, "b"), dense(2, "c")))
    sources = [source("b", 1.0), source("c", 2.0), source("z", 3.0)]
    with pytest.warns(UserWarning, match=r"nothing was loaded for 'a', 'c': the file has no wei"):
        table = assign_fitting("f", model, sources, in_file_order)
    assert first_numbers(model) == [0.0, 1.0, 0.0]
    assert [(to, by) for to, by, _ in table.rows] == [("b/kernel", "b/0"), ("b/bias", "b/1")]


def test_places_count_where_no_layer_has_the_name_of_a_source() -> None:
    model = filled(model_of(dense(3, "a"), dense(3, "b"), dense(2, "c")))
    sources = [source("x", 1.0), source("y", 2.0)]
    with pytest.warns(UserWarning, match="nothing was loaded for 'c'"):
        assign_fitting("f", model, sources, in_file_order)
    assert first_numbers(model) == [1.0, 2.0, 0.0]
    assign_fitting("f", model, [*sources, source("z", 3.0, units=2)], in_file_order)
    assert first_numbers(model) == [1.0, 2.0, 3.0]


def test_weights_of_inner_layers_are_theirs() -> None:
    inner = st.Sequential([dense(3, "inside")])
    model = model_of(inner, dense(2, "after"))
    assert [layer.name for layer in weighted_layers(model)] == ["inside", "after"]


# ---------------------------------------------------------------- state dictionaries of PyTorch


def test_kernels_are_transposed_and_one_slope_is_repeated() -> None:
    model = model_of(dense(2, "fc"), st.layers.PReLU(name="slope"))
    state = {
        "fc.weight": np.arange(6.0).reshape(2, 3), "fc.bias": np.array([1.0, 2.0]),
        "slope.weight": np.array([0.25]),
    }  # fmt: skip
    table = assign_state("f", model, state)
    kernel, bias, alpha = model.get_weights()
    assert kernel.tolist() == [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]
    assert bias.tolist() == [1.0, 2.0] and alpha.tolist() == [0.25, 0.25]
    sources = ["fc.weight (transposed)", "fc.bias", "slope.weight (repeated)"]
    assert [by for _, by, _ in table.rows] == sources
    assign_state("f", model, {**state, "slope.weight": np.array([0.5, 0.75])})
    assert model.get_weights()[2].tolist() == [0.5, 0.75]


def test_normalisations_take_their_statistics_and_leave_the_count() -> None:
    model = model_of(st.layers.BatchNormalization(name="norm"))
    parts = "weight", "bias", "running_mean", "running_var"
    state = {f"norm.{part}": np.full(3, n + 1.0) for n, part in enumerate(parts)}
    assign_state("f", model, {**state, "norm.num_batches_tracked": np.array(7)})
    assert [w.tolist()[0] for w in model.get_weights()] == [1.0, 2.0, 3.0, 4.0]


def test_a_part_too_many_or_too_few_does_not_fit() -> None:
    model = st.Sequential([st.Input((3,)), st.layers.Dense(2, use_bias=False, name="fc")])
    kernel = np.ones((2, 3))
    assign_state("f", model, {"fc.weight": kernel})
    with pytest.raises(ShapeError, match="'fc' does not fit the layer 'fc'"):
        assign_state("f", model, {"fc.weight": kernel, "fc.bias": np.zeros(2)})
    with pytest.raises(ShapeError, match="'fc' does not fit the layer 'fc'"):
        assign_state("f", model, {"fc.bias": np.zeros(2)})
    with pytest.raises(ShapeError, match="'fc' does not fit the layer 'fc'"):
        assign_state("f", model, {"fc.weight": kernel.T})
    with pytest.raises(DataError, match="'alone' has no counterpart"):
        assign_state("f", model, {"alone": kernel})


@pytest.mark.parametrize("names", [None, {"a": "x"}])
def test_names_count_for_what_fits_of_a_state(names: dict[str, str] | None) -> None:
    model = filled(model_of(dense(3, "a"), dense(3, "b")))
    state = {
        "b.weight": np.full((3, 3), 2.0), "b.bias": np.zeros(3),
        "x.weight": np.full((3, 3), 1.0), "x.bias": np.zeros(3),
    }  # fmt: skip
    if names is None:
        with pytest.warns(UserWarning, match="nothing was loaded for 'a'"):
            assign_state("f", model, state, skip_mismatch=True)
    else:
        assign_state("f", model, state, names, skip_mismatch=True)
    assert first_numbers(model) == [0.0 if names is None else 1.0, 2.0]
