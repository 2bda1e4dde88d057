"""The rule table of the XLA engine: all primitives, and the bits that are the same everywhere."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import steepest as st
from steepest.core.dtype import float32, float64
from steepest.core.numpy_rules import RULES as NUMPY
from steepest.core.primitives import PRIMITIVES
from steepest.engines.choose import prepare
from steepest.engines.xla.engine import XlaEngine
from steepest.engines.xla.library import jnp, wide
from steepest.engines.xla.program import XlaProgram
from steepest.engines.xla.rules import RULES
from steepest.engines.xla.transfer import to_host
from steepest.errors import EngineUnavailable
from steepest.program.trace import record
from tests.core.primitive_table import EDGES, ROWS
from tests.core.test_primitives import in_dtype, legal


def on_xla(function: object, *arrays: np.ndarray) -> list[np.ndarray]:
    """The outputs of a function for arrays whose shapes are fixed."""
    recording = record(function, [st.TensorSpec(array.shape, array.dtype) for array in arrays])
    return XlaProgram(recording.graph).call(list(arrays), recording.state())


def test_there_is_a_rule_for_every_primitive() -> None:
    assert set(RULES) == set(PRIMITIVES)


def test_an_operation_without_a_rule_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = st.trace(lambda x: st.exp(x) + st.sin(x), [st.TensorSpec((None, 3))])
    assert XlaEngine().can(graph) is None
    for name in ("exp", "sin", "cos"):
        monkeypatch.delitem(RULES, name)
    reason = str(XlaEngine().can(graph))
    assert "has no rule for the operation 'exp', 'sin': use the" in reason
    with pytest.raises(EngineUnavailable, match="'exp', 'sin'"):
        prepare(graph, engine="xla")
    assert prepare(graph, engine="auto").graph is not None


@pytest.mark.parametrize("shape", [(7,), (5, 6), (3, 4, 3), (1, 1), (2, 0), (0, 3)])
def test_random_bits_are_those_of_the_definition(shape: tuple[int, ...]) -> None:
    for seed in ([0, 0, 0], [2**40 + 5, 3, 7], [-1, 2**30 - 1, 2**33]):
        state = np.array(seed, np.int64)
        generator = st.random.Generator(0)

        def draw(given: st.Tensor, generator: st.random.Generator = generator) -> list[st.Tensor]:
            generator.state.assign(given)
            return [generator.fractions(shape), generator.fractions(shape, "float64")]

        for got, want in zip(on_xla(draw, state), draw(st.constant(state)), strict=True):
            np.testing.assert_array_equal(got, want.numpy())


def test_slices_and_their_derivatives_run_in_both_directions() -> None:
    x = np.arange(42, dtype=np.float32).reshape(6, 7)

    def parts(x: st.Tensor) -> list[st.Tensor]:
        with st.GradientTape() as tape:
            tape.watch(x)
            taken = [x[::-2, 1:6:2], x[4:0:-1], x[:, :0]]
            total = sum(st.reduce_sum(part * part) for part in taken)
        return [*taken, tape.gradient(total, x)]

    for got, want in zip(on_xla(parts, x), parts(st.constant(x)), strict=True):
        np.testing.assert_array_equal(got, want.numpy())


def test_rows_outside_a_table_are_nan_or_zero_or_dropped() -> None:
    places = np.array([0, 5, -1, 2], np.int32)
    table, numbers = np.arange(6, dtype=np.float32).reshape(3, 2), np.array([4, 5, 6], np.int32)

    def look(places: st.Tensor) -> list[st.Tensor]:
        return [st.gather(table, places), st.gather(numbers, places)]

    rows, found = on_xla(look, places)
    np.testing.assert_array_equal(rows, [[0, 1], [np.nan] * 2, [np.nan] * 2, [4, 5]])
    assert found.tolist() == [4, 0, 0, 6]


def test_half_precision_is_stored_and_converted_as_numpy_does() -> None:
    x = np.float32([1.0, 1.00390625, 3.14159, np.nan, -np.inf, 1e-40])

    def narrow(x: st.Tensor) -> list[st.Tensor]:
        return [st.cast(x, "bfloat16"), st.cast(st.cast(x, "bfloat16"), "float32")]

    for got, want in zip(on_xla(narrow, x), narrow(st.constant(x)), strict=True):
        assert got.dtype == want.dtype
        assert got.tobytes() == want.data.tobytes()


def near(got: object, want: np.ndarray) -> None:
    found = to_host(got)
    assert found.dtype == want.dtype and found.shape == want.shape
    tolerance = 1e-12 if want.dtype == np.float64 else 3e-6
    np.testing.assert_allclose(found, want, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_every_rule_gives_what_numpy_gives(name: str) -> None:
    row, looked = ROWS[name], 0
    for params, dtype in itertools.product(row.params, row.dtypes):
        for inputs in row.inputs:
            given = in_dtype(inputs, dtype)
            if not legal(name, given, params) or not all(array.size for array in given):
                continue
            with wide(), np.errstate(all="ignore"):
                near(RULES[name](*map(jnp.asarray, given), **params), NUMPY[name](*given, **params))
            looked += 1
            break
    assert looked


@pytest.mark.parametrize("name", sorted(name for name, row in ROWS.items() if row.elementwise))
def test_rules_agree_at_the_edges(name: str) -> None:
    row = ROWS[name]
    for dtype in {*row.dtypes} & {float32, float64}:
        edges = EDGES.astype(dtype)
        given = [array.reshape(-1) for array in np.meshgrid(*[edges] * len(row.inputs[0]))]
        with wide(), np.errstate(all="ignore"):
            near(RULES[name](*map(jnp.asarray, given)), NUMPY[name](*given))
