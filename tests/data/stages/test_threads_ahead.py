"""Work on background threads gives the results of the same work on the calling thread."""

from __future__ import annotations

import steepest as st
from steepest.data.stages.threads_ahead import ahead, side_by_side


def draw(number: int = 0) -> list[float]:
    return st.random.normal((2,)).tolist()


def test_random_numbers_come_from_the_generator_of_the_caller() -> None:
    with st.random.seeded(1):
        wanted = [draw(), draw()]
    with st.random.seeded(1):
        assert list(ahead(lambda: (draw() for _ in range(2)), depth=1)) == wanted
    with st.random.seeded(1):
        assert list(side_by_side(draw, range(2), workers=1)) == wanted
