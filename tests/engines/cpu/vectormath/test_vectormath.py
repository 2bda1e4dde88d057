"""Every function of vectormath over its whole range: errors in ulp, and special cases.

float32 is compared with float64 at every n-th bit pattern, float64 with the wider long double of
this machine or with integer arithmetic.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable

import numpy as np
import pytest

from steepest.core.erf import erf as wide_erf
from steepest.engines.cpu import ir
from steepest.engines.cpu.machine.jit import compile_module
from steepest.engines.cpu.machine.processor import processor
from steepest.engines.cpu.vectormath import FUNCTIONS
from steepest.engines.cpu.vectormath.apply import apply, loop_text
from steepest.errors import DTypeError, ShapeError, UnknownNameError

Array = np.ndarray
DTYPES = (np.float32, np.float64)

# The largest error in ulp, as the docstrings state it.
LARGEST = {
    "exp": 1.0, "expm1": 2.0, "log": 1.0, "log1p": 1.5, "tanh": 1.5, "logistic": 2.5, "erf": 1.5,
    "sin": 1.0, "cos": 1.0, "sqrt": 0.5, "rsqrt": 1.5,
}  # fmt: skip
LONG_DOUBLE_IS_WIDER = np.finfo(np.longdouble).nmant >= 63
needs_long_double = pytest.mark.skipif(
    not LONG_DOUBLE_IS_WIDER, reason="long double is float64 on this machine"
)


def logistic(x: Array) -> Array:
    small = np.exp(-np.abs(x))
    return np.where(x < 0, small, x.dtype.type(1)) / (1 + small)


WIDE: dict[str, Callable[[Array], Array]] = {
    "exp": np.exp, "expm1": np.expm1, "log": np.log, "log1p": np.log1p, "tanh": np.tanh,
    "logistic": logistic, "erf": wide_erf, "sin": np.sin, "cos": np.cos, "sqrt": np.sqrt,
    "rsqrt": lambda x: 1 / np.sqrt(x),
}  # fmt: skip
EXACT: dict[str, Callable[[Array], Array]] = {
    "abs": np.abs, "sign": np.sign, "floor": np.floor, "round": np.round, "negative": np.negative,
}  # fmt: skip


def second_of_equals(extreme: Callable[[Array, Array], Array]) -> Callable[[Array, Array], Array]:
    """NumPy's function, in which the processor decides whether 0 or -0 is the larger one."""
    return lambda x, y: np.where(x == y, y, extreme(x, y))


PAIRS: dict[str, Callable[[Array, Array], Array]] = {
    "maximum": second_of_equals(np.maximum), "minimum": second_of_equals(np.minimum),
    "floor_divide": np.floor_divide, "remainder": np.remainder,
}  # fmt: skip


@pytest.fixture(autouse=True)
def quiet() -> object:
    with np.errstate(all="ignore"):
        yield


def assert_same(found: Array, expected: Array, *inputs: Array) -> None:
    """Asserts equal numbers with equal signs, also of zeros, and NaN where it is expected."""
    same = (found == expected) & (np.signbit(found) == np.signbit(expected))
    wrong = ~(same | (np.isnan(found) & np.isnan(expected)))
    rows = zip(*(column[wrong][:5] for column in (*inputs, found, expected)), strict=True)
    assert not wrong.any(), f"inputs, found, expected: {list(rows)}"


def assert_within(ulps: float, found: Array, exact: Array, *inputs: Array) -> None:
    """Asserts that finite results are within `ulps` of the exact ones, and others are equal."""
    rounded = exact.astype(found.dtype)
    finite = np.isfinite(rounded) & np.isfinite(found)
    assert_same(found[~finite], rounded[~finite], *(column[~finite] for column in inputs))
    errors = np.abs(found.astype(exact.dtype) - exact) / np.spacing(np.abs(rounded))
    errors = np.where(finite, errors, 0)
    worst = int(np.argmax(errors)) if errors.size else 0
    message = (
        f"{errors[worst]:.3f} ulp at {[column[worst] for column in inputs]}" if len(errors) else ""
    )
    assert not (errors > ulps).any(), message


def patterns(stride: int, start: int = 0) -> Array:
    """The float32 numbers of every n-th bit pattern, from `start` on."""
    return np.arange(start, 2**32, stride, dtype=np.uint32).view(np.float32)


EDGES = np.array(
    [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 2.5, -2.5, 1e-8, -1e-8, 1e-30, 88.72283, 88.72284,
     -87.33655, -103.97208, -103.97209, 709.782712893384, 709.7827128933841, -708.3964185322641,
     -745.1332191019411, -745.1332191019412, math.pi, 1e22, 2.0**30, -(2.0**31) - 1, 1e-310, 5e-324,
     2.2250738585072014e-308, 1.1754943508222875e-38, 1e-45, 1.7976931348623157e308,
     3.4028234663852886e38, math.inf, -math.inf, math.nan]
)  # fmt: skip


def doubles(rng: np.random.Generator, count: int) -> Array:
    """float64 numbers of every magnitude, and more of those where the functions change."""
    return np.concatenate([
        rng.integers(0, 2**64, count, dtype=np.uint64).view(np.float64),
        rng.normal(0, 1, count),
        rng.uniform(-760, 760, count),
        np.exp(rng.uniform(-40, 5, count)) * rng.choice([-1, 1], count),
        rng.uniform(0, 1e-300, 100),
        EDGES,
    ])


# ---------------------------------------------------------------- known answers


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("name", "x", "expected"),
    [
        ("exp", 1.0, math.e),
        ("expm1", 1e-5, 1.0000050000166667e-5),
        ("log", 10.0, 2.302585092994046),
        ("log1p", 1e-5, 9.999950000333332e-6),
        ("logistic", 2.0, 0.8807970779778823),
        ("logistic", -9.0, 0.00012339457598623172),
        ("tanh", 0.5, 0.46211715726000979),
        ("erf", 1.0, 0.84270079294971487),
        ("sqrt", 2.0, 1.4142135623730951),
        ("rsqrt", 4.0, 0.5),
        ("sin", 1.0, 0.8414709848078965),
        ("cos", 1.0, 0.5403023058681398),
    ],
)
def test_known_answers(dtype: type, name: str, x: float, expected: float):
    (found,) = apply(name, np.array([x], dtype))
    spread = 3 * np.finfo(dtype).eps
    assert found == pytest.approx(expected, rel=spread + abs(np.float64(dtype(x)) / x - 1))


def test_a_very_large_angle_is_reduced_exactly():
    assert apply("sin", np.array([1e22]))[0] == -0.8522008497671888
    assert apply("cos", np.array([1e22]))[0] == 0.523214785395139


def test_the_angle_nearest_to_an_odd_multiple_of_half_pi():
    """No other float64 is nearer to an odd multiple of pi/2 (Muller, 2006)."""
    found = apply("cos", np.array([math.ldexp(6381956970095103.0, 797)]))[0]
    assert found == pytest.approx(-4.68716592425462761112e-19, rel=3e-16)


# ---------------------------------------------------------------- float32


@pytest.mark.parametrize("name", LARGEST)
def test_single_precision(name: str):
    x = np.concatenate([patterns(5003), EDGES.astype(np.float32)])
    assert_within(LARGEST[name], apply(name, x), WIDE[name](x.astype(np.float64)), x)


@pytest.mark.long
@pytest.mark.parametrize("name", LARGEST)
def test_single_precision_densely(name: str):
    for start in range(0, 61 * 8, 61):
        x = patterns(61 * 8, start)
        assert_within(LARGEST[name], apply(name, x), WIDE[name](x.astype(np.float64)), x)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", EXACT)
def test_exact_functions(name: str, dtype: type, rng: np.random.Generator):
    x = np.concatenate([
        patterns(50021).astype(dtype),
        EDGES.astype(dtype),
        np.arange(-9, 9, dtype(0.5)),
    ])
    assert_same(apply(name, x), EXACT[name](x), x)


# ---------------------------------------------------------------- float64


@needs_long_double
@pytest.mark.parametrize("name", [name for name in LARGEST if name != "erf"])
def test_double_precision(name: str, rng: np.random.Generator):
    x = doubles(rng, 20_000)
    assert_within(LARGEST[name], apply(name, x), WIDE[name](x.astype(np.longdouble)), x)


@needs_long_double
@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in LARGEST if name != "erf"])
def test_double_precision_densely(name: str, rng: np.random.Generator):
    for _ in range(10):
        x = doubles(rng, 200_000)
        assert_within(LARGEST[name], apply(name, x), WIDE[name](x.astype(np.longdouble)), x)


_BITS = 512


def exact_erf(x: float) -> int:
    """2**512 erf(x) as an integer: 2 / sqrt(pi) sum (-1)**k x**(2k+1) / (k! (2k+1))."""
    numerator, denominator = x.as_integer_ratio()
    power, total, k = (numerator << _BITS) // denominator, 0, 0
    square = power * power >> _BITS
    while power:
        total += power // (2 * k + 1)
        k += 1
        power = -(power * square >> _BITS) // k
        power += power == -1  # a floor of a negative number never reaches 0
    return (total << 2 * _BITS) // (math.isqrt(pi_bits() << 3 * _BITS)) * 2


def pi_bits() -> int:
    """2**512 pi, by Machin's formula."""

    def arctangent(inverse: int) -> int:
        term, total, k = (1 << _BITS + 32) // inverse, 0, 0
        while term:
            total += (-1) ** k * (term // (2 * k + 1))
            term //= inverse * inverse
            k += 1
        return total

    return (16 * arctangent(5) - 4 * arctangent(239)) >> 32


def erf_error(x: float, found: float) -> float:
    numerator, denominator = found.as_integer_ratio()
    error = exact_erf(x) - (numerator << _BITS) // denominator
    return abs(error) / 2**_BITS / float(np.spacing(abs(found)))


def test_error_function_in_double_precision(rng: np.random.Generator):
    near = np.exp(rng.uniform(-20, 0, 100))
    x = np.concatenate([rng.uniform(-6.2, 6.2, 300), rng.uniform(0.9, 1.3, 200), near])
    errors = [erf_error(float(a), float(b)) for a, b in zip(x, apply("erf", x), strict=True)]
    assert max(errors) <= LARGEST["erf"], f"at {x[int(np.argmax(errors))]}"


def test_special_cases_of_the_error_function():
    x = np.array([0.0, -0.0, math.inf, -math.inf, math.nan, 7.0, -7.0])
    assert_same(apply("erf", x), np.array([0.0, -0.0, 1.0, -1.0, math.nan, 1.0, -1.0]), x)


# ---------------------------------------------------------------- two arguments


SPECIAL = np.array(
    [0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 0.5, -0.5, 2.5, -2.5, math.inf, -math.inf,
     math.nan, 2.0**24, 2.0**53, 2.0**53 + 2, 1e30, -1e30, 1e-45, -1e-45]
)  # fmt: skip


def every_pair(dtype: type) -> list[Array]:
    return [column.ravel() for column in np.meshgrid(SPECIAL.astype(dtype), SPECIAL.astype(dtype))]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", PAIRS)
def test_functions_of_two(name: str, dtype: type, rng: np.random.Generator):
    x, y = every_pair(dtype)
    assert_same(apply(name, x, y), PAIRS[name](x, y), x, y)
    x, y = rng.normal(0, 10, (2, 50_001)).astype(dtype)
    assert_same(apply(name, x, y), PAIRS[name](x, y), x, y)


@needs_long_double
@pytest.mark.parametrize("dtype", DTYPES)
def test_power(dtype: type, rng: np.random.Generator):
    x, y = every_pair(dtype)
    assert_within(1.0, apply("power", x, y), np.power(x.astype(np.longdouble), y), x, y)
    sizes = 700 if dtype is np.float64 else 88
    x = np.concatenate([
        np.exp(rng.uniform(-sizes, sizes, 30_000)),
        1 + rng.normal(0, 1e-3, 30_000),
        -np.round(rng.uniform(0, 50, 30_000)),
        rng.integers(0, 2**64, 30_000, dtype=np.uint64).view(np.float64),
    ]).astype(dtype)
    y = np.concatenate([
        rng.uniform(-3, 3, 30_000),
        rng.uniform(-5e4, 5e4, 30_000),
        np.round(rng.uniform(-50, 50, 30_000)),
        rng.integers(0, 2**64, 30_000, dtype=np.uint64).view(np.float64),
    ]).astype(dtype)
    assert_within(1.0, apply("power", x, y), np.power(x.astype(np.longdouble), y), x, y)


@pytest.mark.parametrize("dtype", DTYPES)
def test_integer_powers_are_exact_where_possible(dtype: type):
    x = np.repeat(np.arange(1, 30, dtype=dtype), 4)
    y = np.tile(np.arange(4, dtype=dtype), 29)
    assert_same(apply("power", x, y), np.round(x.astype(np.float64) ** y).astype(dtype), x, y)


# ---------------------------------------------------------------- vectors and scalars


OPERANDS = {"power": 2, **dict.fromkeys(PAIRS, 2)}


def some(name: str, dtype: type, count: int = 67) -> list[Array]:
    """Arguments of all magnitudes, more than fill a vector, and no multiple of a vector."""
    rng = np.random.default_rng(7)
    mixed = np.concatenate([EDGES, rng.normal(0, 3, count)]).astype(dtype)
    return [rng.permutation(mixed)[:count] for _ in range(OPERANDS.get(name, 1))]


def bits(x: Array) -> Array:
    """The bits, with the same NaN for every NaN."""
    return np.where(np.isnan(x), np.nan, x).view(f"u{x.itemsize}")


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_vector_has_the_bits_of_its_scalars(name: str, dtype: type):
    columns = some(name, dtype)
    alone = [apply(name, *(column[i : i + 1] for column in columns))[0] for i in range(67)]
    np.testing.assert_array_equal(bits(apply(name, *columns)), bits(np.array(alone, dtype)))


@pytest.mark.parametrize("vector_bits", [128, 256])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_width_of_vector_has_the_same_bits(name: str, dtype: type, vector_bits: int):
    columns = some(name, dtype)
    target = processor().narrowed(vector_bits)
    element = ir.FloatType() if dtype is np.float32 else ir.DoubleType()
    lanes = target.lanes(8 * columns[0].itemsize)
    text = loop_text(name, FUNCTIONS[name], element, len(columns), lanes)
    module = compile_module(text, target=target)
    result = np.empty_like(columns[0])
    entry = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * (len(columns) + 1), ctypes.c_int64)
    pointers = [array.ctypes.data for array in (*columns, result)]
    entry(module.address(name))(*pointers, result.size)
    np.testing.assert_array_equal(bits(result), bits(apply(name, *columns)))


@pytest.mark.parametrize("count", [0, 1, 7, 8, 15, 16, 17, 33])
def test_every_length(count: int):
    x = np.linspace(-2, 2, 40, dtype=np.float32)
    np.testing.assert_array_equal(apply("tanh", x[:count]), apply("tanh", x)[:count])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - {"floor_divide", "remainder"}))
def test_nothing_outside_the_module_is_called(name: str, dtype: type):
    element = ir.FloatType() if dtype is np.float32 else ir.DoubleType()
    text = loop_text(name, FUNCTIONS[name], element, OPERANDS.get(name, 1), 4)
    assembly = compile_module(text).assembly
    calls = [line for line in assembly.splitlines() if "call" in line or "@PLT" in line]
    assert [line for line in calls if "steepest" not in line] == []


# ---------------------------------------------------------------- properties


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("tanh", -1, 1), ("erf", -1, 1), ("logistic", 0, 1), ("sin", -1, 1), ("cos", -1, 1)],
)
def test_results_are_within_their_bounds(name: str, dtype: type, low: float, high: float):
    y = apply(name, patterns(20011).astype(dtype))
    y = y[~np.isnan(y)]
    assert low <= y.min() and y.max() <= high


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["sin", "tanh", "erf", "expm1", "log1p"])
def test_odd_near_zero(name: str, dtype: type):
    tiny = np.array([0.0, 1e-40, 1e-30, 1e-20], dtype)
    assert_same(apply(name, -tiny), -apply(name, tiny), tiny)


# ---------------------------------------------------------------- the table and its helper


def test_the_table_has_every_mathematical_primitive():
    from steepest.core.primitives import PRIMITIVES

    arithmetic = set(
        """logical_not add subtract multiply divide equal less less_equal logical_and logical_or
        select cast""".split()
    )
    language = {name for name, p in PRIMITIVES.items() if p.form == "elementwise"}
    assert language - arithmetic == set(FUNCTIONS) - {"remainder"}


def test_errors_of_apply():
    with pytest.raises(UnknownNameError, match="did you mean 'tanh'"):
        apply("tahn", np.ones(1))
    with pytest.raises(DTypeError, match="takes float32, float64, got int64"):
        apply("exp", np.ones(1, np.int64))
    with pytest.raises(ShapeError, match="must have one dtype and shape"):
        apply("power", np.ones(2), np.ones(3))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_a_docstring(name: str):
    assert FUNCTIONS[name].__doc__
