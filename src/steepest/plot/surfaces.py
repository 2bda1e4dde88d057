"""The standard surfaces on which optimizers are compared, as values.

Their functions are written in tensor operations, so that the tape gives their derivatives. Depends
on the tape and NumPy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from steepest.core import ops
from steepest.core.tape import GradientTape
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, unknown_name
from steepest.functions import public

Point = tuple[float, float]


@dataclass(frozen=True)
class Surface:
    """A function of two numbers, the part of the plane to show, a start, and the known minima.

    `function` takes two tensors and uses their operations; `x` and `y` are the ranges to show. All
    `minima` are global ones, with equal values.

    >>> bowl = st.plot.Surface("my bowl", lambda x, y: x * x + 3.0 * y * y, start=(1.0, 1.0))
    >>> bowl.gradient(1.0, 1.0)
    array([2., 6.])
    >>> bowl.stability_limit(1.0, 1.0)
    0.333
    """

    takes_arrays: ClassVar[bool] = True
    """Whether `function` takes tensors of any shape; otherwise two numbers."""

    name: str
    function: Callable[[Tensor, Tensor], Tensor]
    x: Point = (-2.0, 2.0)
    y: Point = (-2.0, 2.0)
    start: Point = (-1.5, 1.5)
    minima: tuple[Point, ...] = ()
    formula: str = ""

    def __post_init__(self) -> None:
        if not callable(self.function):
            raise ArgumentError(
                f"Surface {self.name!r}: a function of two tensors was expected, as "
                f"lambda x, y: x * x + y * y, got {self.function!r:.60}"
            )
        for axis in ("x", "y"):
            low, high = getattr(self, axis)
            if not -np.inf < low < high < np.inf:
                raise ArgumentError(
                    f"Surface {self.name!r}: {axis}: a range (low, high) of finite numbers was "
                    f"expected, got {(low, high)}"
                )

    def __call__(self, x: Any, y: Any) -> Tensor:
        """The height as a tensor, which a tape differentiates.

        >>> st.plot.SURFACES["ravine"](st.constant(2.0), st.constant(3.0)).item()
        9.2
        """
        return ops.as_tensor(self.function(x, y))

    def values(self, x: Any, y: Any) -> np.ndarray:
        """The heights at points, in float64.

        >>> st.plot.SURFACES["rosenbrock"].values([1.0, 0.0], [1.0, 0.0])
        array([0., 1.])
        """
        given = np.broadcast_arrays(np.asarray(x, np.float64), np.asarray(y, np.float64))
        height = self(*map(ops.constant, given))
        return np.broadcast_to(height.numpy(), given[0].shape)

    def gradient(self, x: float, y: float) -> np.ndarray:
        """The two derivatives at a point, by the tape.

        >>> st.plot.SURFACES["saddle"].gradient(1.0, 2.0)
        array([ 2., -4.])
        """
        point = [ops.constant(x, "float64"), ops.constant(y, "float64")]
        with GradientTape() as tape:
            tape.watch(point)
            height = self(*point)
        slopes = tape.gradient(height, point, unconnected_gradients="zero")
        return np.array([slope.item() for slope in slopes])

    def curvature(self, x: float, y: float) -> np.ndarray:
        """The matrix of second derivatives (the Hessian) at a point, by two tapes.

        >>> st.plot.SURFACES["ravine"].curvature(3.0, 4.0)
        array([[0.1, 0. ],
               [0. , 2. ]])
        """
        point = [ops.constant(x, "float64"), ops.constant(y, "float64")]
        with GradientTape(persistent=True) as outer:
            outer.watch(point)
            with GradientTape() as inner:
                inner.watch(point)
                height = self(*point)
            slopes = inner.gradient(height, point, unconnected_gradients="zero")
        rows = [outer.gradient(slope, point, unconnected_gradients="zero") for slope in slopes]
        return np.array([[entry.item() for entry in row] for row in rows])

    def stability_limit(self, x: float, y: float) -> float:
        """The rate 2 / (largest curvature), above which gradient descent leaves this point.

        Infinity if the surface curves upwards in no direction.

        >>> st.plot.SURFACES["bowl"].stability_limit(0.0, 0.0)
        1.0
        """
        largest = float(np.linalg.eigvalsh(self.curvature(x, y)).max())
        return 2.0 / largest if largest > 0 else float("inf")


TURN = 2.0 * np.pi
CAMEL = (0.08984201310031806, -0.7126564030207396)
TANG = -2.903534027771178
HIMMELBLAU = (
    (3.0, 2.0),
    (-2.805118086952745, 3.131312518250573),
    (-3.779310253377747, -3.283185991286170),
    (3.584428340330492, -1.848126526964404),
)
SURFACES: dict[str, Surface] = {
    surface.name: surface
    for surface in (
        Surface(
            "bowl", lambda x, y: x * x + y * y,
            (-2.0, 2.0), (-2.0, 2.0), (-1.6, 1.2), ((0.0, 0.0),),
            "x² + y²",
        ),
        Surface(
            "ravine", lambda x, y: 0.05 * x * x + y * y,
            (-10.0, 10.0), (-4.0, 4.0), (-8.0, 3.0), ((0.0, 0.0),),
            "x²/20 + y²",
        ),
        Surface(
            "saddle", lambda x, y: x * x - y * y,
            (-2.0, 2.0), (-2.0, 2.0), (-1.6, 0.02), (),
            "x² - y²",
        ),
        Surface(
            "rosenbrock", lambda x, y: (1.0 - x) ** 2 + 100.0 * (y - x * x) ** 2,
            (-2.0, 2.0), (-1.0, 3.0), (-1.5, 2.5), ((1.0, 1.0),),
            "(1 - x)² + 100 (y - x²)²",
        ),
        Surface(
            "himmelblau", lambda x, y: (x * x + y - 11.0) ** 2 + (x + y * y - 7.0) ** 2,
            (-6.0, 6.0), (-6.0, 6.0), (0.0, -1.0), HIMMELBLAU,
            "(x² + y - 11)² + (x + y² - 7)²",
        ),
        Surface(
            "beale",
            lambda x, y: (
                (1.5 - x + x * y) ** 2
                + (2.25 - x + x * y * y) ** 2
                + (2.625 - x + x * y * y * y) ** 2
            ),
            (-4.5, 4.5), (-4.5, 4.5), (1.0, 1.5), ((3.0, 0.5),),
            "(1.5 - x + x y)² + (2.25 - x + x y²)² + (2.625 - x + x y³)²",
        ),
        Surface(
            "rastrigin",
            lambda x, y: (
                20.0 + x * x - 10.0 * public.cos(TURN * x) + y * y - 10.0 * public.cos(TURN * y)
            ),
            (-4.0, 4.0), (-4.0, 4.0), (2.6, -1.7), ((0.0, 0.0),),
            "20 + x² - 10 cos 2πx + y² - 10 cos 2πy",
        ),
        Surface(
            "six-hump camel",
            lambda x, y: (
                (4.0 - 2.1 * x * x + x * x * x * x / 3.0) * x * x
                + x * y
                + (4.0 * y * y - 4.0) * y * y
            ),
            (-2.0, 2.0), (-1.2, 1.2), (-1.4, 0.3), (CAMEL, (-CAMEL[0], -CAMEL[1])),
            "(4 - 2.1 x² + x⁴/3) x² + x y + (4 y² - 4) y²",
        ),
        Surface(
            "styblinski-tang",
            lambda x, y: (
                0.5
                * (x * x * x * x - 16.0 * x * x + 5.0 * x + y * y * y * y - 16.0 * y * y + 5.0 * y)
            ),
            (-5.0, 5.0), (-5.0, 5.0), (4.0, 0.5), ((TANG, TANG),),
            "½ (x⁴ - 16 x² + 5 x + y⁴ - 16 y² + 5 y)",
        ),
        Surface(
            "plateau", lambda x, y: (x * x + y * y) / (1.0 + x * x + y * y),
            (-5.0, 5.0), (-5.0, 5.0), (-3.2, 2.0), ((0.0, 0.0),),
            "r² / (1 + r²), r² = x² + y²",
        ),
    )
}  # fmt: skip
"""The standard surfaces by name."""


def surface_named(who: str, given: Any) -> Surface:
    """The surface of a name, or the given surface or function.

    >>> surface_named("surface", "bowl").minima
    ((0.0, 0.0),)
    """
    if isinstance(given, Surface):
        return given
    if isinstance(given, str):
        if given not in SURFACES:
            raise unknown_name("surface", given, SURFACES)
        return SURFACES[given]
    if callable(given):
        return Surface(getattr(given, "__name__", "function"), given)
    raise ArgumentError(
        f"{who}: a surface was expected: a name ({', '.join(SURFACES)}), an st.plot.Surface, or a "
        f"function of two tensors, got {given!r:.60}"
    )
