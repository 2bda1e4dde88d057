"""Pictures in the PNG format: what another library reads is what was written."""

from __future__ import annotations

import io

import numpy as np
import pytest

from steepest.storage.png import png


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (5, 3, 3)])
def test_pictures_are_read_as_they_were_written(shape: tuple[int, ...], rng: np.random.Generator):
    image = pytest.importorskip("PIL.Image", reason="missing peer: pip install pillow")
    pixels = rng.integers(0, 256, shape).astype(np.uint8)
    np.testing.assert_array_equal(np.asarray(image.open(io.BytesIO(png(pixels)))), pixels)
