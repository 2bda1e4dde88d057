"""What a space holds, how options are chosen from it, and which errors wrong ones give."""

from __future__ import annotations

import pytest

import steepest as st
from steepest.errors import ArgumentError
from steepest.tune.distributions import choice, integer, log_uniform, uniform
from steepest.tune.space import Space

CONDITIONAL = {
    "units": [16, 64],
    "optimizer": choice({
        "adam": {},
        "sgd": {"momentum": [0.0, 0.9], "decay": choice({"none": {}, "step": {"every": [5, 9]}})},
    }),
}


def test_quantiles_of_distributions_are_known() -> None:
    assert [uniform(2.0, 4.0).at(q) for q in (0.0, 0.25, 1.0)] == [2.0, 2.5, 4.0]
    assert [log_uniform(1e-4, 1.0).at(q) for q in (0.0, 1.0)] == pytest.approx([1e-4, 1.0])
    assert log_uniform(1e-4, 1.0).at(0.5) == pytest.approx(1e-2)
    assert [integer(3, 6).at(q) for q in (0.0, 0.25, 0.49, 0.75, 0.99, 1.0)] == [3, 4, 4, 6, 6, 6]
    assert [choice("a b c".split()).at(q) for q in (0.0, 0.34, 0.99, 1.0)] == [0, 1, 2, 2]


def test_a_logarithmic_integer_gives_each_power_of_two_as_often() -> None:
    values = [integer(1, 64, log=True).at((i + 0.5) / 10_000) for i in range(10_000)]
    assert min(values) == 1 and max(values) == 64
    below = [sum(value < limit for value in values) for limit in (2, 8, 64)]
    # The quantile of a limit is log((limit - 1/2) / (1/2)) / log((64 + 1/2) / (1/2)).
    assert below == pytest.approx([2261, 5573, 9968], abs=3)


def test_options_that_come_with_a_value_are_part_of_no_other_trial() -> None:
    space = Space(CONDITIONAL)
    combinations = list(space.combinations())
    assert len(combinations) == space.size == 2 * (1 + 2 * (1 + 2))
    assert combinations[0] == {"units": 16, "optimizer": "adam"}
    last = {"units": 64, "optimizer": "sgd", "momentum": 0.9, "decay": "step", "every": 9}
    assert combinations[-1] == last
    assert space.names == ["units", "optimizer", "momentum", "decay", "every"]


def test_the_way_to_options_is_found_again() -> None:
    space = Space(CONDITIONAL)
    for options in space.combinations():
        picked = space.found(options)
        assert picked is not None and space.options(lambda at, _, own=picked: own[at]) == options  # type: ignore[misc]
    assert space.found({"units": 17, "optimizer": "adam"}) is None
    assert space.found({"units": 16}) is None
    assert Space({"rate": uniform(0, 1)}).found({"rate": 2.0}) is None


def test_lists_from_a_file_are_found_as_the_tuples_they_were() -> None:
    assert Space({"sizes": [(100,), (100, 50)]}).found({"sizes": [100, 50]}) == {"sizes": 1}
    assert Space({"flag": [1, True]}).found({"flag": True}) == {"flag": 1}


def test_a_constraint_applies_where_its_options_are_part_of_the_trial() -> None:
    space = Space(CONDITIONAL, [lambda units, momentum: units * momentum < 50])
    assert space.allows({"units": 64, "optimizer": "adam"})
    assert not space.allows({"units": 64, "optimizer": "sgd", "momentum": 0.9})
    assert len(list(space.combinations())) == 14 - 3


def test_intervals_have_no_end_of_combinations_but_points() -> None:
    space = Space({"rate": log_uniform(1e-4, 1e-2), "units": integer(1, 3)})
    assert space.size is None and Space({"units": integer(1, 3)}).size == 3
    rates = [options["rate"] for options in space.combinations(points=3)]
    assert rates[::3] == pytest.approx([1e-4, 1e-3, 1e-2]) and len(rates) == 9
    with pytest.raises(ArgumentError, match="grid: 'rate' is an interval; give a list of values"):
        list(space.combinations())


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({}, "it has no options; give at least one"),
        ([1], "a dictionary of lists or distributions"),
        ({"units": []}, "'units' has no values"),
        ({"units": 16}, r"write \[16\] for a single value"),
        ({"units": "relu"}, r"write \['relu'\] for a single value"),
        ({3: [1]}, "the name of an option was expected, got 3"),
        ({"a": choice({"x": {"a": [1]}})}, "'a' is an option of the whole and of a part"),
    ],
)
def test_a_wrong_space_is_refused(parts: object, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        Space(parts)  # type: ignore[arg-type]


def test_wrong_distributions_are_refused() -> None:
    for make, message in (
        (lambda: uniform(1, 1), "low must be below high, got 1 and 1"),
        (lambda: uniform(0, float("inf")), "two finite numbers were expected"),
        (lambda: log_uniform(0, 1), "low must be above 0, got 0"),
        (lambda: integer(3, 2), "low must be below high, got 3 and 2"),
        (lambda: integer(1.5, 2), "a whole number was expected, got 1.5"),  # type: ignore[arg-type]
        (lambda: integer(0, 2, log=True), "low must be at least 1, got 0"),
        (lambda: choice([]), "no values were given"),
        (lambda: choice("relu"), "a list of values was expected, got 'relu'"),
        (lambda: choice({"adam": 3}), "'adam' comes with 3, where a dictionary"),
    ):
        with pytest.raises(ArgumentError, match=message):
            make()


def test_a_constraint_on_an_unknown_option_is_refused() -> None:
    with pytest.raises(ArgumentError, match="no such option: did you mean 'units'"):
        Space({"units": [1]}, [lambda unit: True])
    with pytest.raises(ArgumentError, match="a function of options was expected, got 3"):
        Space({"units": [1]}, [3])  # type: ignore[list-item]


def test_options_to_run_first_must_be_of_the_space() -> None:
    with pytest.raises(ArgumentError, match="no option 'unit': did you mean 'units'"):
        st.tune.Study({"units": [1]}, first=[{"unit": 1}])
