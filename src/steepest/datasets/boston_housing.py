"""Boston housing: 506 districts, thirteen measures each, and their median price (1978).

One column was computed from the share of Black residents; `california_housing` has none such.
Depends on housing.py.
"""

from __future__ import annotations

from steepest.datasets.housing import load_houses, npz_file
from steepest.datasets.tables import Pair

FILE = npz_file(
    "boston_housing", "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"
)
FILES = (FILE,)


def load_data(*, test_split: float = 0.2, seed: int = 113) -> tuple[Pair, Pair]:
    """((x_train, y_train), (x_test, y_test)): the measures, and the price in thousands of dollars.

    The same seed gives the same parts as in Keras. Reads
    STEEPEST_DATA/boston_housing/boston_housing.npz, or downloads it.

    >>> (x_train, y_train), (x_test, y_test) = load_data()  # doctest: +SKIP
    >>> x_train.shape, x_test.shape  # doctest: +SKIP
    ((404, 13), (102, 13))
    """
    return load_houses(FILE, test_split, seed)
