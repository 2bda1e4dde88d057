"""Python functions among operations of tensors."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, DTypeError, TraceError


def test_results_have_the_given_dtypes() -> None:
    one = st.py_function(lambda x: x.numpy() + 0.5, [st.constant([1.0, 2.0])], st.int32)
    assert one.dtype == st.int32 and one.tolist() == [1, 2]
    text, number = st.numpy_function(lambda x: [str(x), x], [3], [st.string, st.TensorSpec(())])
    assert text.numpy() == "3" and number.dtype == st.float32
    assert st.py_function(lambda: None, [], []) == []


def test_a_pipeline_that_calls_python_runs_element_by_element() -> None:
    def square(x: np.ndarray) -> np.ndarray:
        assert isinstance(x, np.ndarray) or np.isscalar(x)
        return x * x

    rows = st.data.Dataset.range(4).map(lambda x: st.numpy_function(square, [x], st.int64))
    assert [x.item() for x in rows] == [0, 1, 4, 9]


def test_wrong_uses_are_errors() -> None:
    recorded = st.function(lambda x: st.py_function(lambda v: v, [x], st.float32))
    with pytest.raises(TraceError, match="a recorded program cannot call Python"):
        recorded(st.constant(1.0))
    with pytest.raises(ArgumentError, match="Tout has 2 dtypes, the function returned 1 results"):
        st.py_function(lambda: [1], [], [st.int32, st.int32])
    with pytest.raises(DTypeError, match="Tout says"):
        st.py_function(lambda: "a", [], st.int32)
