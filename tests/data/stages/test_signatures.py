"""Signatures of generators: as a signature, or as types and shapes."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.data import Dataset
from steepest.errors import ArgumentError, DataError, ShapeError


def pairs(count: int = 2):
    for number in range(count):
        yield np.full(3, number), number


def test_types_convert_and_shapes_are_known():
    rows = Dataset.from_generator(pairs, (st.float32, st.int64), ((3,), ()))
    x, y = next(iter(rows))
    assert (x.dtype, y.dtype) == (st.float32, st.int64)
    assert str(rows.batch(2).element_spec[0]) == "TensorSpec(float32(batch, 3))"
    model = st.Sequential([st.layers.Dense(1)])
    model.compile("sgd", "mse")
    assert len(model.fit(rows.batch(2), epochs=2, verbose=0).history["loss"]) == 2


def test_types_alone_leave_the_shapes_open():
    rows = Dataset.from_generator(lambda: iter([[1], [1, 2]]), "float32")
    assert [x.tolist() for x in rows] == [[1.0], [1.0, 2.0]]
    assert rows.element_spec is None
    several = Dataset.from_generator(lambda: iter([np.zeros((2, 5, 3))]), st.uint8, (None, None, 3))
    assert next(iter(several)).shape == (2, 5, 3)
    named = Dataset.from_generator(lambda: iter([{"a": 1}]), {"a": "int32"}, {"a": None})
    assert next(iter(named))["a"].dtype == st.int32


def test_arguments_are_passed_on():
    rows = Dataset.from_generator(pairs, output_types=("float32", "int64"), args=(3,))
    assert [int(y) for _, y in rows] == [0, 1, 2]


@pytest.mark.parametrize("place", ["output_types", "output_signature"])
def test_a_signature_is_taken_in_both_places(place):
    signature = (st.TensorSpec((3,)), st.TensorSpec((), "int32"))
    assert Dataset.from_generator(pairs, **{place: signature}).element_spec == signature


def test_an_element_that_does_not_fit_is_named_by_its_number():
    rows = Dataset.from_generator(lambda: iter([[1, 2], [3]]), "int32", (2,))
    with pytest.raises(ShapeError, match=r"says shape \(2,\), the generator gave \(1,\)") as found:
        list(rows)
    assert found.value.__notes__ == ["in the generator of a Dataset, at element 1"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"output_signature": "float32"}, "must be a nest of st.TensorSpec"),
        ({"output_types": "text"}, "'text', which is no dtype"),
        ({"output_shapes": (2,)}, "go with output_types"),
        ({"output_types": "int32", "output_signature": st.TensorSpec(())}, "not both"),
        ({"output_types": st.TensorSpec(()), "output_shapes": ()}, "leave output_shapes out"),
        ({"output_types": ("int32", "int32"), "output_shapes": ((),)}, "must have the form"),
        ({"output_types": "int32", "output_shapes": (2.5,)}, "whole numbers, or None"),
    ],
)
def test_invalid_signatures_are_refused(given, message):
    with pytest.raises(ArgumentError, match=message):
        Dataset.from_generator(pairs, **given)


@pytest.mark.parametrize(
    ("kind", "number"),
    [("int32", 2**40), ("uint8", -1), ("uint8", 256.0), ("int64", np.nan), ("int64", 2.0**63)],
)
def test_a_number_that_a_kind_cannot_hold_is_refused(kind, number):
    with pytest.raises(DataError, match=f"says {kind}, the generator gave"):
        list(Dataset.from_generator(lambda: iter([number]), kind))


def test_the_ends_of_a_kind_are_held():
    ends = [2**63 - 1, -(2**63)]
    assert [x.item() for x in Dataset.from_generator(lambda: iter(ends), "int64")] == ends
    fractions = Dataset.from_generator(lambda: iter([255.5, -0.5]), "uint8")
    assert [x.item() for x in fractions] == [255, 0]


def test_what_makes_no_iterator_is_refused():
    with pytest.raises(DataError, match=r"must return an iterator, .* it returned 5"):
        list(Dataset.from_generator(lambda: 5))
    with pytest.raises(ArgumentError, match="from_generator: args: a tuple was expected, got 3"):
        Dataset.from_generator(range, args=3)


def test_texts_have_a_signature():
    rows = [(["a", "b"], 1), (["c", "d"], 2)]
    signature = (st.TensorSpec((2,), st.string), st.TensorSpec((), "int32"))
    dataset = Dataset.from_generator(lambda: iter(rows), output_signature=signature)
    texts, numbers = next(iter(dataset.batch(2)))
    assert texts.tolist() == [["a", "b"], ["c", "d"]] and numbers.tolist() == [1, 2]
    assert dataset.element_spec == signature and repr(signature[0]) == "TensorSpec(string(2,))"
    typed = Dataset.from_generator(lambda: iter(["a"]), st.string)
    assert next(iter(typed)).dtype == st.string


def test_numbers_where_the_signature_says_texts_are_an_error():
    dataset = Dataset.from_generator(
        lambda: iter([5]), output_signature=st.TensorSpec((), st.string)
    )
    with pytest.raises(DataError, match="says texts, the generator gave 5"):
        next(iter(dataset))
