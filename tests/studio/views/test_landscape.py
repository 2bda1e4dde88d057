"""The view `landscape`: its frames hold the numbers of `st.plot`, and a drag compiles nothing."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.engines import choose
from steepest.plot import descent
from steepest.plot.descent import Descent
from steepest.studio.catalogue import entries
from steepest.studio.session import Session
from tests.studio.snippets import assert_same_in_a_fresh_process

FORMULA = {"expression": "x^2 + 3*y^2 + sin(2*x)", "x": [-2, 2], "y": [-1, 1]}


@pytest.fixture
def ask():
    session = Session()

    def asked(do, view="landscape", **state):
        return session.request({"view": view, "do": do, "id": 1, "with": state})

    return asked


def refused(frame):
    assert frame.kind == "error", frame
    return frame.data["field"], frame.data["message"]


@pytest.mark.parametrize("name", st.plot.SURFACES)
def test_a_map_holds_the_heights_of_each_surface(ask, name):
    frame = ask("map", surface=name, points=8)
    data = st.plot.surface_data(name, 8)
    np.testing.assert_array_equal(frame.arrays["values"], np.float32(data.values))
    assert frame.data["formula"] and tuple(frame.data["x"]) == data.surface.x
    assert frame.data["low"] == frame.arrays["values"].min()


def test_a_map_of_a_formula_and_of_another_part_of_the_plane(ask):
    frame = ask("map", surface=FORMULA, points=5, x=[0, 1])
    x, y = np.meshgrid(np.linspace(0, 1, 5), np.linspace(-1, 1, 5))
    expected = x**2 + 3 * y**2 + np.sin(2 * x)
    np.testing.assert_allclose(frame.arrays["values"], expected, rtol=1e-6)
    assert frame.data["y"] == (-1.0, 1.0) and frame.data["start"] == (-1.5, 0.75)
    edge = ask("map", surface={"expression": "log(x)"}, points=4)
    assert edge.kind == "map" and np.isnan(edge.arrays["values"]).any()
    assert np.isfinite(edge.data["low"])
    nowhere = ask("map", surface={"expression": "log(-1 - x*x)"}, points=4)
    assert nowhere.data["low"] is None


def test_paths_are_those_of_the_library(ask):
    optimizers = [
        {"name": "SGD", "options": {"learning_rate": 0.01, "momentum": 0.9}},
        {"name": "Adam"},
        {"name": "SGD", "options": {"learning_rate": {"name": "PowerDecay", "options": {}}}},
    ]
    frame = ask("paths", surface="beale", start=[1, 1.2], steps=40, optimizers=optimizers)
    made = {
        "a": st.optimizers.SGD(0.01, momentum=0.9),
        "b": st.optimizers.Adam(),
        "c": st.optimizers.SGD(st.schedules.PowerDecay(0.1)),
    }
    data = st.plot.paths_data("beale", made, (1.0, 1.2), 40)
    for place, path in enumerate(data.paths.values()):
        np.testing.assert_array_equal(frame.arrays["points"][place], path.points)
        np.testing.assert_array_equal(frame.arrays["values"][place], path.values)
    assert frame.data["diverged"] == [path.diverged_at for path in data.paths.values()]


def test_the_limit_is_that_of_the_surface_and_none_is_infinity(ask):
    for name in ("ravine", "himmelblau", "rastrigin"):
        frame = ask("paths", surface=name, start=[0.2, 0.1], optimizers=[])
        expected = st.plot.SURFACES[name].stability_limit(0.2, 0.1)
        assert frame.data["limit"] == pytest.approx(expected, rel=1e-9)
        assert frame.arrays["points"].shape == (0, 501, 2)
    plane = ask("paths", surface={"expression": "x + y"}, optimizers=[])
    assert plane.data["limit"] == np.inf and plane.to_message()[0]["data"]["limit"] is None


def test_noise_is_the_same_for_all_optimizers_and_depends_on_the_seed(ask):
    state = {"surface": "bowl", "steps": 5, "noise": 0.5, "optimizers": ["SGD", "SGD"]}
    first, other = (ask("paths", **state, seed=seed).arrays["points"] for seed in (1, 2))
    np.testing.assert_array_equal(first[0], first[1])
    assert not np.array_equal(first, other)


def test_what_diverges_says_at_which_step(ask):
    sgd = {"name": "SGD", "options": {"learning_rate": 5}}
    frame = ask("paths", surface="rosenbrock", steps=20, optimizers=[sgd])
    assert 0 < frame.data["diverged"][0] < 10
    frame.to_bytes()


def test_moving_start_rate_betas_decay_and_noise_compiles_nothing(ask, monkeypatch):
    def state(k):
        return {
            "surface": "himmelblau",
            "start": [0.1 * k, 1],
            "steps": 100 + k,
            "noise": 0.1 * k,
            "seed": k,
            "optimizers": [
                {"name": "Adam", "options": {"learning_rate": 0.01 * k, "beta_1": 0.3 + 0.1 * k}},
                {"name": "SGD", "options": {"momentum": 0.5 + 0.1 * k, "weight_decay": 0.1 * k}},
            ],
        }

    ask("paths", **state(1))
    monkeypatch.setattr(choose, "_prepared", None)
    assert ask("paths", **state(2)).kind == "paths"
    monkeypatch.setattr(descent, "record", None)
    moved = {**state(2), "start": [2, 2], "steps": 77}
    moved["optimizers"][0]["options"]["learning_rate"] = 0.5
    assert ask("paths", **moved).kind == "paths"


def test_only_the_path_of_an_optimizer_that_is_moved_is_computed(ask, monkeypatch):
    computed = []
    path = Descent.path

    def counted(descent, *given):
        computed.append(type(descent.optimizer).__name__)
        return path(descent, *given)

    monkeypatch.setattr(Descent, "path", counted)
    racers = [{"name": "SGD"}, {"name": "Adam", "options": {"beta_1": 0.8}}]
    state = {"surface": "bowl", "start": [1.0, 2.0], "steps": 20, "optimizers": racers}
    before = ask("paths", **state)
    racers[1]["options"]["beta_1"] = 0.7
    after = ask("paths", **state)
    assert computed == ["SGD", "Adam", "Adam"]
    np.testing.assert_array_equal(before.arrays["points"][0], after.arrays["points"][0])
    assert not np.array_equal(before.arrays["points"][1], after.arrays["points"][1])
    for changed in ({"start": [1.0, 2.5]}, {"steps": 21}, {"noise": 0.1}, {"seed": 4}):
        ask("paths", **{**state, **changed})
        assert computed[-2:] == ["SGD", "Adam"]
    assert len(computed) == 11


def test_a_rate_that_was_moved_does_not_stay(ask):
    def path(options):
        given = [{"name": "SGD", "options": options}]
        return ask("paths", surface="bowl", steps=3, optimizers=given).arrays["points"]

    usual = path({})
    assert not np.array_equal(path({"learning_rate": 0.2}), usual)
    np.testing.assert_array_equal(path({}), usual)


@pytest.mark.parametrize("name", entries("optimizer"))
def test_each_optimizer_races(ask, name):
    frame = ask("paths", surface="ravine", steps=3, optimizers=[name])
    if name == "LevenbergMarquardt":
        field, message = refused(frame)
        assert field == "optimizers.0" and "needs residuals" in message
    else:
        assert np.isfinite(frame.arrays["points"]).all()


def test_basins_are_those_of_the_library_in_any_number_of_parts(ask):
    optimizer = {"name": "SGD", "options": {"learning_rate": 0.01}}
    state = {"surface": "himmelblau", "optimizer": optimizer, "points": 12, "steps": 80}
    data = st.plot.basins_data("himmelblau", st.optimizers.SGD(0.01), 12, 80)
    at_once = ask("basins", **state)
    for part in (1, 2, 3):
        frame = ask("basins", **state, parts=3, part=part)
        assert frame.data["done"] == part / 3
        assert (frame.arrays["which"][4 * part :] == -3).all()
        assert (frame.arrays["which"][: 4 * part] > -3).all()
    for each in (at_once, frame):
        np.testing.assert_array_equal(each.arrays["which"], data.which)
        np.testing.assert_array_equal(each.arrays["ends"], np.float32(data.ends))
        np.testing.assert_array_equal(each.arrays["heights"], np.float32(data.heights))
        assert each.data["shares"] == data.shares.tolist()


def test_a_part_of_other_basins_begins_anew(ask):
    state = {"surface": "bowl", "points": 8, "steps": 30, "parts": 4}
    first = {"optimizer": {"name": "SGD", "options": {"learning_rate": 0.3}}}
    other = {"optimizer": {"name": "SGD", "options": {"learning_rate": 1.5}}}
    assert ask("basins", **state, **first, part=2).data["done"] == 0.5
    assert ask("basins", **state, **other, part=1).data["done"] == 0.25
    assert ask("basins", **state, **first, part=1).data["done"] == 0.25
    assert ask("basins", **state, **first, part=4).data["done"] == 1.0


@pytest.mark.parametrize(
    ("do", "state", "field", "message"),
    [
        ("map", {"surface": "bowll"}, "surface", "did you mean 'bowl'"),
        ("map", {"surface": {"expression": "x + zz"}}, "surface", "position 5: 'zz'"),
        ("map", {"surface": {"expression": "x", "x": [1, 1]}}, "surface", "x: a range"),
        ("map", {"surface": "bowl", "x": [2, 1]}, "x", "x: a range"),
        ("map", {"surface": "bowl", "points": 1}, "points", "from 2 to 512"),
        ("paths", {"surface": "bowl", "optimizers": ["SGD"] * 25}, "optimizers", "0 to 24 values"),
        ("paths", {"surface": "bowl", "optimizers": ["SDG"]}, "optimizers.0.name", "SGD"),
        ("paths", {"surface": "bowl", "steps": 2001, "optimizers": []}, "steps", "1 to 2000"),
        ("paths", {"surface": "bowl", "start": [0], "optimizers": []}, "start", "2 values"),
        (
            "paths",
            {"surface": "bowl", "noise": 1, "optimizers": ["SGD", "LBFGS"]},
            "optimizers.1",
            "without noise",
        ),
        ("basins", {"surface": "bowl", "optimizer": "Muon", "points": 4}, "optimizer", "depends"),
        ("python", {"of": "paths", "with": {"surface": "bowl"}}, "with.optimizers", "missing"),
        ("python", {"of": "all", "with": {}}, "of", "unknown value"),
    ],
)
def test_wrong_states_are_refused_with_the_field(ask, do, state, field, message):
    named, said = refused(ask(do, **state))
    assert named == field and message in said


def random_options(rng, name):
    """Some options of an optimizer with random values of their ranges."""
    options = {}
    for option in entries("optimizer")[name].options.values():
        if option.kind == "number" and option.scheduled and rng.random() < 0.6:
            part = rng.random()
            low, high = option.low, option.high
            options[option.name] = (
                low * (high / low) ** part if option.logarithmic else low + (high - low) * part
            )
        if option.kind == "flag":
            options[option.name] = bool(rng.random() < 0.5)
    if rng.random() < 0.3:
        decay = {"decay_steps": float(rng.integers(5, 50)), "decay_rate": 0.9}
        options["learning_rate"] = {"name": "ExponentialDecay", "options": decay}
    return {"name": name, "options": options}


def test_snippets_give_the_same_bits_in_a_fresh_process(ask, tmp_path):
    rng = np.random.default_rng(5)
    surfaces = ["bowl", "ravine", "himmelblau", FORMULA]
    racers = [name for name in entries("optimizer") if name != "LevenbergMarquardt"]
    asked = [
        ("map", {"surface": "bowl", "points": 16}),
        ("map", {"surface": "himmelblau", "points": 9, "x": [0.5, 1.75]}),
        ("map", {"surface": FORMULA, "points": 9, "y": [0, 0.5]}),
        ("paths", {"surface": "bowl", "optimizers": ["SGD"]}),
        ("paths", {"surface": FORMULA, "optimizers": ["Adam"], "steps": 9}),
        ("basins", {"surface": "himmelblau", "optimizer": "SGD", "points": 8, "steps": 30}),
    ]
    for name in racers:
        noisy = name != "LBFGS" and rng.random() < 0.5
        asked.append((
            "paths",
            {
                "surface": surfaces[rng.integers(len(surfaces))],
                "start": rng.uniform(-1, 1, 2).tolist(),
                "steps": int(rng.integers(1, 60)),
                "noise": float(rng.random()) if noisy else 0.0,
                "seed": int(rng.integers(100)),
                "optimizers": [random_options(rng, name) for _ in range(1 + (name != "LBFGS"))],
            },
        ))
    cases = []
    for do, state in asked:
        frame = ask(do, **state)
        assert frame.kind == do, frame.data
        snippet = ask("python", of=do, **{"with": state}).data["text"]
        cases.append((snippet, frame))
    assert_same_in_a_fresh_process(tmp_path, cases)
