"""Equal distributions are recognised as equal; columns that differ are named."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, DataError, DTypeError, ShapeError
from steepest.evaluate.same_distribution import _logistic


def sets(seed: int, rows: int = 300, columns: int = 4) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((rows, columns)), rng.standard_normal((rows, columns))


def test_one_distribution_is_not_flagged_over_twenty_seeds() -> None:
    results = [st.data.same_distribution(*sets(seed), seed=seed) for seed in range(20)]
    assert all(result.same for result in results)
    assert sum(bool(result.columns) for result in results) <= 1
    assert np.mean([result.score for result in results]) == pytest.approx(0.5, abs=0.02)
    values = np.array([result.p_value for result in results])
    assert (values < 0.5).sum() in range(4, 17)


def test_the_shifted_column_is_named() -> None:
    a, b = sets(1)
    b[:, 2] -= 1.0
    result = st.data.same_distribution(a, b)
    assert not result.same and result.verdict == "different"
    assert [(column.name, column.kind) for column in result.columns] == [("column 2", "value")]
    # The probability that a normal number shifted by 1 is the larger of two: Phi(1 / sqrt 2).
    assert result.columns[0].score == pytest.approx(1 - 0.7602, abs=0.04)
    assert result.score == pytest.approx(0.7602, abs=0.04)
    assert "column 2: lower in the second set" in repr(result)


def test_a_wider_column_is_named() -> None:
    a, b = sets(2)
    b[:, 0] *= 3.0
    result = st.data.same_distribution(a, b)
    assert not result.same
    assert [(column.name, column.kind) for column in result.columns] == [("column 0", "spread")]
    assert "more spread" in repr(result)


def test_columns_that_differ_only_together() -> None:
    """Each column alone is the same; their product has one sign in a and the other in b."""
    a, b = np.abs(sets(3, 600, 2)[0]), np.abs(sets(4, 600, 2)[0])
    signs = np.random.default_rng(5).choice([-1.0, 1.0], 600)[:, None]
    result = st.data.same_distribution(a * signs, b * signs * [1.0, -1.0])
    assert result.verdict == "very different" and result.score > 0.95
    assert result.columns == []


def test_gaps_tell_too() -> None:
    a, b = sets(6)
    b[::2, 1] = np.nan
    result = st.data.same_distribution(a, b)
    assert not result.same and "column 1 is missing" in {c.name for c in result.columns}


def test_sets_of_unequal_size_and_constant_columns() -> None:
    a, b = sets(7)
    a[:, 3] = b[:, 3] = 5.0
    assert st.data.same_distribution(a, b[:60]).same
    b[:, 3] = 6.0
    found = st.data.same_distribution(a, b[:60]).columns[0]
    assert (found.name, found.score) == ("column 3", 1.0)


def test_pictures_from_elsewhere() -> None:
    """The course's example: pictures from the web against darker ones from telephones."""
    rng = np.random.default_rng(8)
    web = rng.integers(0, 256, (120, 8, 8, 3)).astype("uint8")
    phone = (rng.integers(0, 256, (120, 8, 8, 3)) * 0.8).astype("uint8")
    assert st.data.same_distribution(web[:60], web[60:]).same
    assert not st.data.same_distribution(web, phone).same


def test_names_of_frames() -> None:
    pandas = pytest.importorskip("pandas", reason="missing peer: pip install pandas")
    a, b = sets(9, columns=2)
    b[:, 1] += 2.0
    frames = [pandas.DataFrame(part, columns=["age", "income"]) for part in (a, b)]
    assert st.data.same_distribution(*frames).columns[0].name == "income"
    with pytest.raises(ArgumentError, match="'age', 'income'"):
        st.data.same_distribution(frames[0], frames[1][["income", "age"]])


def test_large_sets_are_sampled() -> None:
    a, b = sets(10, 30_000, 2)
    b[:, 1] += 0.2
    result = st.data.same_distribution(a, b)
    assert result.verdict == "slightly different" and result.columns[0].name == "column 1"


def test_wrong_inputs() -> None:
    a, b = sets(11)
    with pytest.raises(ShapeError, match="4 and of 3 columns"):
        st.data.same_distribution(a, b[:, :3])
    with pytest.raises(DataError, match="the first set: at least 10 rows"):
        st.data.same_distribution(a[:3], b)
    with pytest.raises(DataError, match="the second set contains infinity"):
        st.data.same_distribution(a, np.where(b > 2, np.inf, b))
    with pytest.raises(ShapeError, match="3 names for 4 columns"):
        st.data.same_distribution(a, b, names=["x", "y", "z"])
    with pytest.raises(DTypeError, match="no numbers"):
        st.data.same_distribution(a.astype(str), b)


def scenes(rows: int, seed: int) -> np.ndarray:
    """Smooth pictures of which no two are alike, with a sensor's noise on them."""
    rng = np.random.default_rng(seed)
    across, down, start = rng.random((3, rows, 1, 1))
    waves = np.sin(across * np.arange(16)[:, None] + down * np.arange(16) + 6.0 * start)
    colour = rng.random((rows, 1, 1, 3)) * 60.0
    return 120.0 + waves[..., None] * colour + rng.normal(0.0, 8.0, (rows, 16, 16, 3))


def blurred(pictures: np.ndarray) -> np.ndarray:
    return (pictures + np.roll(pictures, 1, axis=1) + np.roll(pictures, 1, axis=2)) / 3.0


def test_pictures_of_the_web_differ_from_blurred_ones_of_phones():
    web, phone = scenes(300, 0).astype(np.uint8), blurred(scenes(300, 1)).astype(np.uint8)
    found = st.data.same_distribution(web, phone)
    assert found.verdict == "very different"
    assert found.columns[0].name.startswith("detail") and found.columns[0].score < 0.3
    assert st.data.same_distribution(web, scenes(300, 2).astype(np.uint8)).same


def test_pixels_are_named_by_their_place():
    pictures = np.random.default_rng(0).normal(size=(100, 5, 4))
    changed = pictures.copy()
    changed[:, 2, 1] += 3.0
    assert st.data.same_distribution(pictures, changed).columns[0].name == "pixel (2, 1)"


def test_pictures_with_gaps_are_compared_by_their_pixels():
    pictures = np.random.default_rng(0).normal(size=(100, 5, 4))
    pictures[3, 1, 1] = np.nan
    assert st.data.same_distribution(pictures[:50], pictures[50:]).same


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_both_sets_weigh_the_same_whatever_their_sizes(share: float) -> None:
    """Where nothing distinguishes them the classifier says one half, which is a logit of 0."""
    labels = (np.arange(200) < 200 * share).astype(float)
    np.testing.assert_allclose(_logistic(np.ones((200, 1)), labels), [0.0], atol=1e-6)


def test_the_classifier_finds_the_direction_in_which_sets_differ() -> None:
    values = np.array([-1.0, -1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    labels = np.array([0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    constant, slope = _logistic(np.stack([np.ones(8), values], 1), labels)
    assert slope > 0.5 and abs(constant) < 1e-6
