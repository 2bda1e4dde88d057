"""The error function, which NumPy lacks. Depends on NumPy only.

W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969).
"""

from __future__ import annotations

import numpy as np

# fmt: off
_NEAR = ([1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2,
          3.77485237685302021e2, 3.20937758913846947e3],
         [1.0, 2.36012909523441209e1, 2.44024637934444173e2,
          1.28261652607737228e3, 2.84423683343917062e3])
_MIDDLE = ([2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0,
            6.61191906371416295e1, 2.98635138197400131e2, 8.81952221241769090e2,
            1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3],
           [1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2,
            1.62138957456669019e3, 3.29079923573345963e3, 4.36261909014324716e3,
            3.43936767414372164e3, 1.23033935480374942e3])
# fmt: on
_FAR = 6.0


def erf(x: np.ndarray) -> np.ndarray:
    """The error function, computed in float64, in the dtype of `x`.

    >>> erf(np.array([0.0, 1.0, -np.inf]))
    array([ 0.        ,  0.84270079, -1.        ])
    """
    wide = np.asarray(x, np.float64)
    size = np.abs(wide)
    near = wide * _ratio(_NEAR, np.minimum(size, 0.5) ** 2)
    middle = np.clip(size, 0.5, _FAR)
    beyond = 1.0 - np.exp(-middle * middle) * _ratio(_MIDDLE, middle)
    value = np.where(size <= 0.5, near, np.copysign(beyond, wide))
    return np.where(np.isnan(wide), wide, value).astype(x.dtype)


def _ratio(coefficients: tuple[list[float], list[float]], x: np.ndarray) -> np.ndarray:
    numerator, denominator = coefficients
    ratio: np.ndarray = np.polyval(numerator, x) / np.polyval(denominator, x)
    return ratio
