"""Points of the playground: data sets, formulas, painted points and tables."""

from __future__ import annotations

import base64
import json
import re
import zlib
from pathlib import Path

import numpy as np
import pytest

from scripts.page_module import PAGE
from steepest.studio.fields import FieldError, check
from steepest.studio.session import Session
from steepest.studio.view import Opened
from steepest.studio.views import playground_frames as frames
from steepest.studio.views import playground_python
from steepest.studio.views.playground_data import CLASSES, VALUES, points_of, read_data
from steepest.studio.views.playground_experiment import Experiment
from steepest.studio.views.playground_network import NETWORK, SETTINGS
from steepest.studio.views.playground_tables import OPENED, tables_of


def points(**data):
    return points_of(read_data(data, "data"))


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("classes", [2, 3, 8])
def test_data_sets_have_the_classes_asked_for(name, classes):
    found = points(name=name, classes=classes, points=400, noise=0.1, share=0.75)
    assert found.x_train.shape == (300, 2) and found.x_test.shape == (100, 2)
    y = np.concatenate([found.y_train, found.y_test])
    assert found.classes == classes and set(y) == set(range(classes))
    assert np.bincount(y).min() > 400 / classes / 2
    assert np.abs(found.x_train).max() < 12 and found.x_train.dtype == np.float32


@pytest.mark.parametrize("name", VALUES)
def test_data_sets_of_values_lie_from_minus_1_to_1(name):
    found = points(name=name)
    assert found.classes == 0 and found.y_train.dtype == np.float32
    assert 0.5 < np.abs(found.y_train).max() <= 1.0


def test_known_points():
    found = points(name="xor", points=200)
    assert np.array_equal(found.y_train, (np.prod(found.x_train, axis=1) < 0).astype(int))
    plane = points(name="plane", points=50)
    np.testing.assert_allclose(plane.y_train, plane.x_train.sum(axis=1) / 12, rtol=1e-5)
    circle = points(name="circle", points=100)
    radius = np.hypot(*circle.x_train.T)
    assert radius[circle.y_train == 0].min() > radius[circle.y_train == 1].max()


def test_the_seed_decides_and_noise_moves_points():
    one, again, other = (points(name="gauss", seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.x_train, again.x_train)
    assert not np.array_equal(one.x_train, other.x_train)
    plain, noisy = (points(name="spiral", noise=noise) for noise in (0.0, 0.5))
    assert 0.1 < np.abs(plain.x_train - noisy.x_train).max() <= 0.5


def test_a_formula_gives_values_or_classes():
    found = points(expression="x*y", points=60)
    np.testing.assert_allclose(found.y_train, found.x_train.prod(axis=1), rtol=1e-4, atol=1e-5)
    classes = points(expression="x - 1", task="classes", points=60)
    assert np.array_equal(classes.y_train, (classes.x_train[:, 0] > 1).astype(int))


def test_painted_points_are_taken_as_they_are():
    rows = [[0.5, 1.0, 7], [-2.0, 3.0, 4], [1.0, 1.0, 7]]
    found = points(rows=rows, share=1.0)
    assert found.names == ("4", "7") and len(found.x_test) == 0
    assert sorted(found.y_train) == [0, 1, 1]
    assert sorted(map(tuple, found.x_train)) == [(-2.0, 3.0), (0.5, 1.0), (1.0, 1.0)]
    assert points(rows=rows, task="values").classes == 0


TABLE = "height, weight ,age,kind\n1,10,3,cat\n2,20,4,dog\n3,30,5,cat\n\n5,50,9,dog\n"


def test_a_table_gives_two_columns_and_a_target():
    found = points(table=TABLE, share=1.0)
    assert found.columns == ("height", "weight") and found.names == ("cat", "dog")
    assert found.spans == ((1.0, 5.0), (10.0, 50.0))
    assert sorted(found.x_train[:, 0]) == [-5.0, -2.5, 0.0, 5.0]
    assert np.array_equal(found.x_train[:, 0], found.x_train[:, 1])
    chosen = points(table=TABLE, columns=["age", "height"], target="kind")
    assert chosen.columns == ("age", "height")


def test_a_table_with_many_targets_is_of_values():
    lines = "\n".join(f"{k},{k * k},{k / 10}" for k in range(20))
    found = points(table=f"a,b,c\n{lines}", share=1.0)
    assert found.classes == 0
    assert found.y_train.min() == -1.0 and found.y_train.max() == 1.0


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ({"name": "circel"}, "data.name", "did you mean 'circle'"),
        ({"name": "xor", "noise": 2}, "data.noise", "from 0 to 0.5"),
        ({"expression": "x +"}, "data.expression", "position 4"),
        ({"expression": "1/x^0.5"}, "data.expression", "not finite everywhere"),
        ({"rows": [[1, 2]]}, "data.rows", "2 to 5000"),
        ({"rows": [[1, 2], [1, 2, 3]]}, "data.rows.0", "3 values"),
        ({"table": "a,b"}, "data.table", "at least two rows"),
        ({"table": "a,b\n1,2\n3"}, "data.table", "line 3 has 1 fields, the first 2"),
        ({"table": "a,b\n1,2\n3,4"}, "data.table", "two columns and a target"),
        ({"table": TABLE, "target": "knd"}, "data.target", "did you mean 'kind'"),
        ({"table": TABLE, "columns": ["kind", "age"]}, "data.columns", "column 'kind', line 2"),
        ({"table": "a,b,c\n1,2,x\n3,4,x"}, "data.target", "2 to 8 classes were expected, got 1"),
        ({"table": "a,b,c\n1,nan,x\n3,4,y"}, "data.columns", "got 'nan'"),
        ({"table": "a,b,c\n" + "1,2,x\n" * 5001}, "data.table", "at most 5000 rows"),
        ({"nmae": "xor"}, "data.nmae", "did you mean 'name'"),
    ],
)
def test_wrong_data_are_refused_with_the_field(data, field, message):
    with pytest.raises(FieldError) as caught:
        points_of(read_data(data, "data"))
    assert caught.value.field == field and message in str(caught.value)


# ---------------------------------------------------------------- columns, components, sent tables

WIDE = "a,b,c,name,kind\n" + "".join(
    f"{k},{2 * k + 0.01 * (k % 3)},{(k * 7) % 5},n{k},{'xy'[k % 2]}\n" for k in range(40)
)


def test_columns_of_numbers_are_the_usual_ones_and_all_can_be_chosen():
    found = points(table=WIDE)
    assert found.columns == ("a", "b") and found.names == ("x", "y")
    assert found.table == (("a", True), ("b", True), ("c", True), ("name", False), ("kind", False))
    assert points(table=WIDE, columns=["c", "a"]).columns == ("c", "a")


def test_two_principal_components_stand_for_all_columns():
    found = points(table=WIDE, columns="components", share=1.0)
    assert found.columns == ("component 1 (67%)", "component 2 (33%)")
    numbers = np.loadtxt(WIDE.splitlines()[1:], delimiter=",", usecols=(0, 1, 2))
    scaled = (numbers - numbers.mean(axis=0)) / numbers.std(axis=0)
    _, _, axes = np.linalg.svd(scaled, full_matrices=False)
    wanted = scaled @ axes[:2].T
    order = np.random.default_rng(1).permutation(40)
    ours = np.stack([np.interp(found.x_train[:, k], (-5, 5), found.spans[k]) for k in (0, 1)], 1)
    signs = np.sign((ours * wanted[order]).sum(axis=0))
    np.testing.assert_allclose(ours, wanted[order] * signs, atol=1e-4)
    with pytest.raises(FieldError, match="two columns of numbers that are not constant"):
        points(table="a,b,k\n1,u,x\n2,v,y\n", columns="components")


def test_one_class_can_be_painted():
    found = points(rows=[[0, 0, 3], [1, 1, 3]], share=1.0)
    assert found.classes == 2 and found.names == ("3",) and set(found.y_train) == {0}


def sent(name, text, **data):
    session = Session()
    frame = session.request({
        "view": "session",
        "do": "table",
        "with": {"name": name, "text": text},
    })
    assert frame.kind == "table", frame.data
    return points_of(read_data({"upload": name, **data}, "data"), tables=tables_of(session))


def test_a_table_that_was_sent_is_used_by_its_name_and_gaps_are_said():
    found = sent("towns.csv", "age,rent,city\n1,2,a\n,3,b\n3,,a\n4,5,b\n5,6,\n6,7,a\n", share=1.0)
    assert found.columns == ("age", "rent") and len(found.x_train) == 3
    assert found.words == "3 rows with gaps are left out"
    with pytest.raises(FieldError, match=r"'lost\.csv' is not here any more; choose"):
        points(upload="lost.csv")
    with pytest.raises(FieldError, match="'city', line 2: a number was expected, got 'a'"):
        sent("towns.csv", "age,rent,city\n1,2,a\n2,3,b\n", columns=["city", "age"], target="rent")


def test_a_hundred_thousand_rows_are_learned_and_some_are_drawn():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((100_000, 2)).round(3)
    lines = "\n".join(f"{a},{b},{int(a > b)}" for a, b in x.tolist())
    session = Session()
    given = {"name": "big.csv", "text": "a,b,k\n" + lines}
    session.request({"view": "session", "do": "table", "with": given})
    state = check(NETWORK, {"data": {"upload": "big.csv"}, "batch": 1000})
    one = Experiment(state, tables_of(session))
    one.advance(1)
    assert len(one.inputs[0]) == 50_000 and one.steps_per_epoch == 50
    frame = frames.points_frame(one)
    assert frame.data["rows"] == 100_000
    assert len(frame.arrays["x_train"]) == len(frame.arrays["y_test"]) == frames.MOST_DRAWN
    progress = frames.progress_frame(one, None).data["scores"]["test"]
    assert progress["confusion"].sum() == 50_000  # scores are of all rows
    with pytest.raises(FieldError, match="at most 5,000 rows"):
        playground_python.script(one)


def test_a_table_that_is_gone_is_still_there_for_undo_and_reset():
    tables = {"t": {"a": np.arange(9.0), "b": np.arange(9.0) ** 2, "k": np.arange(9) % 2}}
    one = Experiment(check(NETWORK, {"data": {"upload": "t"}}), tables.get)
    given = one.points.x_train
    one.change(check(NETWORK, {**one.state, "data": "xor"}))
    tables.clear()
    one.undo()
    assert one.points.x_train is given
    one.reset(one.state)
    one.change({**one.state, "other": {name: one.state[name] for name in SETTINGS}})
    assert one.other.points.x_train is given
    with pytest.raises(FieldError, match="choose its file again"):
        one.change(check(NETWORK, {**one.state, "data": {"upload": "t", "share": 0.7}}))
    assert one.points.x_train is given and one.state["data"]["share"] == 0.5


def test_the_rows_that_the_studio_was_opened_with_are_a_table():
    x, y = np.arange(12.0).reshape(6, 2), np.array([0, 1, 0, 1, 0, 1])
    tables = tables_of(Session(Opened(x=x, y=y, names=("a", "b"), target="k")))
    found = points_of(read_data({"upload": OPENED, "share": 1.0}, "data"), tables=tables)
    assert found.columns == ("a", "b") and found.classes == 2 and len(found.x_train) == 6
    pictures = tables_of(Session(Opened(x=np.zeros((2, 3, 3)), y=y[:2])))
    assert pictures(OPENED) is None


def test_a_very_wide_table_is_refused_with_a_sentence():
    text = ",".join(f"c{k}" for k in range(10_000)) + "\n" + ",".join(["1"] * 10_000) + "\n"
    given = {"name": "wide.csv", "text": text}
    refused = Session().request({"view": "session", "do": "table", "with": given})
    assert refused.kind == "error"
    assert "wide.csv: has 10,000 columns" in refused.data["message"]


# ---------------------------------------------------------------- links

LINKS = json.loads(
    (Path(__file__).parents[2] / "browser" / "links_of_the_playground.json").read_text()
)


@pytest.mark.parametrize("name", LINKS)
def test_states_of_old_links_are_still_read(name):
    packed = LINKS[name]["link"].rsplit("/", 1)[1]
    text = zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), -15)
    assert json.loads(text) == LINKS[name]["state"]
    given = {key: value for key, value in LINKS[name]["state"].items() if key in NETWORK}
    one = Experiment(check(NETWORK, given))
    one.advance(1)
    assert one.step or one.epoch


def test_a_link_with_the_most_points_that_are_painted_has_at_most_8_kilobytes():
    source = (PAGE / "source" / "playground_data.js").read_text()
    most = int(re.search(r"MOST_PAINTED = (\d+)", source)[1])
    rng = np.random.default_rng(0)
    places = rng.uniform(-6, 6, (most, 2)).round(2).tolist()
    rows = [[x, y, int(k)] for (x, y), k in zip(places, rng.integers(0, 8, most), strict=True)]
    state = {**LINKS["the whole state of November 2026"]["state"], "data": {"rows": rows}}
    packed = zlib.compress(json.dumps(state, separators=(",", ":")).encode(), 6)
    assert most >= 1000 and len(packed) <= 8192
