"""Effects of a change: known answers of their statistics, and the arguments of short runs."""

import numpy as np
import pytest

import steepest as st
from steepest.doctor.experiment import Effect, shortened, t_tail
from steepest.doctor.scoring import Score
from steepest.doctor.setup import Setup


def effect(*gains):
    return Effect("accuracy", [0.5] * len(gains), [0.5 + gain for gain in gains])


@pytest.mark.parametrize(
    ("freedom", "t"),
    [
        (1, 12.7062), (2, 4.30265), (3, 3.18245), (4, 2.77645), (5, 2.57058), (6, 2.44691),
        (7, 2.36462), (8, 2.30600), (9, 2.26216), (10, 2.22814), (15, 2.13145), (30, 2.04227),
    ],
)  # fmt: skip
def test_the_tail_of_students_t_is_that_of_tables(freedom, t):
    assert t_tail(t, freedom) == pytest.approx(0.025, rel=2e-4)
    assert t_tail(-t, freedom) == pytest.approx(0.975, rel=2e-4)
    assert t_tail(0.0, freedom) == pytest.approx(0.5)


def test_an_effect_by_its_differences():
    found = Effect("accuracy", [0.5, 0.52, 0.48, 0.5], [0.75, 0.52, 0.23, 1.0])
    assert found.differences == pytest.approx([0.25, 0.0, -0.25, 0.5])
    assert found.gain == pytest.approx(0.125)
    assert (found.better, found.seeds) == (2, 4)
    assert found.interval.low < 0 < found.interval.high and not found.is_clear(0.0)


def test_the_probability_is_that_of_a_paired_test():
    gains = [0.1, 0.3, 0.2, 0.2, 0.25]
    t = np.mean(gains) / (np.std(gains, ddof=1) / np.sqrt(5))
    assert effect(*gains).p_value == pytest.approx(t_tail(t, 4))
    assert effect(*(-gain for gain in gains)).p_value == pytest.approx(1 - t_tail(t, 4))


@pytest.mark.parametrize(("gain", "p_value"), [(0.0, 0.5), (0.25, 0.0), (-0.25, 1.0)])
def test_equal_gains_of_all_seeds(gain, p_value):
    assert effect(gain, gain, gain).p_value == p_value


def test_an_effect_is_clear_above_zero_and_from_the_least_gain():
    assert effect(0.25, 0.25, 0.25).is_clear(0.25)
    assert not effect(0.25, 0.25, 0.25).is_clear(0.26)
    assert not effect(0.0, 0.0, 0.0).is_clear(0.0)
    assert not effect(0.9, -0.1, 0.1).is_clear(0.1)


def test_an_effect_as_text():
    found = Effect("accuracy", [0.5, 0.52, 0.48], [0.9, 0.93, 0.91])
    assert str(found) == "accuracy 0.5 -> 0.913, by +0.413 (+0.375 to +0.451) over 3 seeds"


@pytest.mark.parametrize(
    ("share", "changed"),
    [
        (1.0, {}),
        (2.0, {}),
        (0.6, {"epochs": 6}),
        (0.1, {"epochs": 1}),
        (0.05, {"epochs": 1, "steps_per_epoch": 5}),
        (0.001, {"epochs": 1, "steps_per_epoch": 1}),
    ],
)
def test_a_share_of_ten_epochs_of_ten_steps(share, changed):
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    setup = Setup.of(model, np.ones((320, 2)), np.ones(320), epochs=10)
    given = setup.fit_arguments()
    found = shortened(setup, share)
    assert found.keys() == given.keys() | changed.keys()
    plain = {"epochs": 10} | changed
    assert {name: found[name] for name in plain} == plain


def test_a_whole_run_has_the_arguments_of_the_setup():
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    setup = Setup.of(model, np.ones((8, 2)), np.ones(8))
    assert shortened(setup, 1.0).keys() == setup.fit_arguments().keys()


@pytest.mark.parametrize(
    ("rows", "better", "is_clear"),
    [(50, 1, False), (50, 2, False), (50, 10, True), (400, 10, True)],
)
def test_a_gain_by_few_rows_is_not_clear_for_other_rows(rows, better, is_clear):
    """All seeds agree on it: their spread says nothing of other rows."""
    before, after = np.zeros((8, rows)), np.zeros((8, rows))
    before[:, better:] = after[:] = 1.0
    effect = Effect.by_row("accuracy", before, after)
    assert effect.gain == pytest.approx(better / rows)
    assert (effect.interval.low > 0.0) is is_clear is effect.is_clear(0.01)
    assert Effect("accuracy", effect.before, effect.after).is_clear(0.01)


def test_the_error_of_an_effect_is_that_of_seeds_and_rows():
    """Checked by many samples of both: the interval holds the true gain 95 times of 100."""
    random, held = np.random.default_rng(0), 0
    for _ in range(400):
        parts = 0.3 * random.normal(size=(8, 1)) + random.normal(size=(1, 40))
        effect = Effect.by_row("score", np.zeros((8, 40)), 1.0 + parts)
        held += effect.interval.low < 1.0 < effect.interval.high
    assert 370 <= held <= 392


def test_rows_that_a_change_leaves_out_do_not_count():
    effect = Effect.by_row("accuracy", np.zeros((8, 5)), np.ones((8, 4)))
    assert (effect.gain, effect.row_error) == (1.0, 0.0)


def test_the_error_of_a_ratio_is_less_than_that_of_its_first_part():
    """From a constant answer to a good one: all rows are explained, whatever they count."""
    random = np.random.default_rng(0)
    sizes = random.chisquare(1, 40)
    sizes /= sizes.mean()
    before, after = np.tile(1 - sizes, (8, 1)), np.tile(1 - 0.1 * sizes, (8, 1))
    as_mean = Effect.by_row("score", before, after)
    as_ratio = Effect.by_row("score", before, after, sizes)
    assert as_mean.gain == pytest.approx(0.9) == as_ratio.gain
    assert as_mean.row_error == pytest.approx(0.9 * sizes.std(ddof=1) / np.sqrt(40))
    assert as_ratio.row_error < 1e-12


def test_the_error_of_a_ratio_is_that_of_other_samples():
    """Gains of samples of 40 rows spread as the error of one of them says."""
    random = np.random.default_rng(1)
    gains, errors = [], []
    for _ in range(400):
        y = random.normal(size=40)
        sizes = Score("quantities").sizes(y)
        noise = random.normal(0, 0.4, size=(2, 40))
        before, after = (
            1 - 40 * error**2 / np.sum((y - y.mean()) ** 2)
            for error in (0.7 * y + noise[0], 0.3 * y + noise[1])
        )
        effect = Effect.by_row("score", before[None], after[None], sizes)
        gains.append(effect.gain)
        errors.append(effect.row_error)
    assert np.mean(errors) == pytest.approx(np.std(gains), rel=0.15)
