"""The order of an epoch follows from the seed and its number alone."""

from __future__ import annotations

import numpy as np

from steepest.core.epochs import epoch_order


def test_the_order_of_an_epoch() -> None:
    order = epoch_order(3, 0, 50)
    assert sorted(order.tolist()) == list(range(50)) and order.dtype == np.int64
    assert order.tolist() == epoch_order(3, 0, 50).tolist()
    assert order.tolist() != epoch_order(3, 1, 50).tolist() != epoch_order(4, 1, 50).tolist()
    assert epoch_order(-1, 0, 50).tolist() != epoch_order(-2, 0, 50).tolist()
