"""Points of the playground: data sets, formulas, painted points and tables."""

from __future__ import annotations

import numpy as np
import pytest

from steepest.studio.fields import FieldError
from steepest.studio.views.playground_data import CLASSES, VALUES, points_of, read_data


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
