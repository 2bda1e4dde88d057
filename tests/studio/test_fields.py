"""Fields: values are read, limits hold, and an error names the field by its path."""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import strategies

from steepest.studio import fields
from steepest.studio.fields import FieldError, check

OPTIMIZER = {
    "name": fields.choice(["sgd", "adam"]),
    "options": fields.record({"learning_rate": fields.number(0, 10, 0.01)}, {}),
}
STATE = {
    "surface": fields.either(
        fields.choice(["bowl", "ravine"]), fields.record({"expression": fields.text(200)})
    ),
    "start": fields.pair(fields.number(-5, 5), [1, 2]),
    "steps": fields.whole(1, 2000, 500),
    "seed": fields.optional(fields.whole(0)),
    "noise": fields.flag(False),
    "optimizers": fields.list_of(fields.record(OPTIMIZER), most=3, default=[]),
}


def test_defaults_are_filled_in():
    assert check(STATE, {"surface": "bowl", "optimizers": [{"name": "adam"}]}) == {
        "surface": "bowl", "start": (1.0, 2.0), "steps": 500, "seed": None, "noise": False,
        "optimizers": [{"name": "adam", "options": {"learning_rate": 0.01}}],
    }  # fmt: skip


def test_default_lists_are_not_shared():
    first, second = (check(STATE, {"surface": "bowl"}) for _ in range(2))
    first["optimizers"].append(1)
    assert second["optimizers"] == []


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"steps": 0}, "steps", "a whole number from 1 to 2000 was expected, got 0"),
        ({"steps": 1.5}, "steps", "a whole number from 1 to 2000 was expected, got 1.5"),
        ({"steps": True}, "steps", "got True"),
        ({"seed": -1}, "seed", "a whole number from 0 was expected, got -1"),
        ({"start": [1]}, "start", "2 values was expected, got 1"),
        ({"start": [1, "a"]}, "start.1", "a number from -5 to 5 was expected, got 'a'"),
        ({"start": [1, float("inf")]}, "start.1", "got inf"),
        ({"start": [1, float("nan")]}, "start.1", "got nan"),
        ({"start": "ab"}, "start", "got 'ab'"),
        ({"noise": 1}, "noise", "true or false was expected, got 1"),
        ({"surface": "bowel"}, "surface", "unknown value 'bowel'; did you mean 'bowl'?"),
        ({"surface": {"expression": 3}}, "surface.expression", "got 3"),
        ({"surface": ["bowl"]}, "surface", "unknown value ['bowl']"),
        ({"surfaces": "bowl"}, "surfaces", "unknown field; did you mean 'surface'?"),
        ({"optimizers": [{}]}, "optimizers.0.name", "is missing"),
        ({"optimizers": 4 * [{"name": "sgd"}]}, "optimizers", "0 to 3 values was expected, got 4"),
        (
            {"optimizers": [{"name": "sgd", "options": {"learning_rate": -1}}]},
            "optimizers.0.options.learning_rate", "a number from 0 to 10 was expected, got -1",
        ),
        ({"steps": 10**400}, "steps", "got a number of many digits"),
    ],
)  # fmt: skip
def test_an_error_names_the_field_and_what_was_expected(change, field, message):
    with pytest.raises(FieldError) as caught:
        check(STATE, {"surface": "bowl", **change})
    assert caught.value.field == field
    assert str(caught.value).startswith(f"{field}: ") and message in str(caught.value)


def test_names_of_unknown_fields_are_shown_so_that_they_can_be_printed():
    with pytest.raises(FieldError) as caught:
        check({}, {"\ud800" + 1000 * "a": 1})
    assert str(caught.value).startswith("'\\ud800aaa") and len(caught.value.field) == 60


def test_numbers_beyond_float64_are_refused():
    with pytest.raises(FieldError, match=r"x: a number below 1\.8e308 was expected"):
        fields.number().read(10**400, "x")


JSON = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.floats()
    | strategies.text(),
    lambda inner: strategies.lists(inner) | strategies.dictionaries(
        strategies.sampled_from([*STATE, "name", "x"]), inner
    ),
)  # fmt: skip


@hypothesis.given(JSON)
def test_any_json_is_read_or_refused_by_a_field_error(given):
    try:
        found = check(STATE, given)
    except FieldError:
        return
    assert check(STATE, found) == found
