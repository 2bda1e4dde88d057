"""A setup as a program in Python: the texts of values, calls and whole programs."""

import numpy as np
import pytest

import steepest as st
from steepest.doctor.setup import LayerSpec, Preparation, Setup
from steepest.doctor.writing import (
    callback_text,
    changed_lines,
    difference,
    layer_text,
    value_text,
    written,
)

x, y = np.ones((4, 2), np.float32), np.ones(4, np.float32)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (0.5, "0.5"),
        (None, "None"),
        (True, "True"),
        ("a", '"a"'),
        ('say "hi"\\\n', '"say \\"hi\\"\\\\\\n"'),
        ([1, "a"], '[1, "a"]'),
        ([], "[]"),
        ((), "()"),
        ((1,), "(1,)"),
        ((1, 2), "(1, 2)"),
        ({"a": 1, 2: [3]}, '{"a": 1, 2: [3]}'),
        (np.float32(0.5), "0.5"),
        (np.array([1, 2]), "[1, 2]"),
        (np.mean, "mean"),
        (st.layers.Dense, "Dense"),
        (st.regularizers.L2(0.25), "st.regularizers.L2(0.25)"),
        ({"class_name": "L2", "config": {"l2": 0.1}}, "st.regularizers.L2(0.1)"),
        (
            {"class_name": "L2", "config": {"l2": 0.1}, "more": 1},
            '{"class_name": "L2", "config": {"l2": 0.1}, "more": 1}',
        ),
        ({"class_name": "HeNormal", "config": {"seed": None}}, '"he_normal"'),
        ({"class_name": "HeNormal", "config": {"seed": 5}}, "st.initializers.HeNormal(5)"),
        ({"class_name": "Own", "config": {"a": 1, "b": "c", "d": None}}, 'Own(1, "c", d=None)'),
        ({"class_name": "SGD", "config": {"learning_rate": 0.01}}, "st.optimizers.SGD(0.01)"),
    ],
)
def test_values(value, text):
    assert value_text(value) == text


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (st.layers.Dense(3), "st.layers.Dense(3)"),
        (st.layers.Dense(3, "relu"), 'st.layers.Dense(3, "relu")'),
        (st.layers.Dense(3, use_bias=False), "st.layers.Dense(3, use_bias=False)"),
        (st.layers.Dense(3, "relu", False), 'st.layers.Dense(3, "relu", use_bias=False)'),
        (st.layers.Dense(3, name="dense_7"), "st.layers.Dense(3)"),
        (st.layers.Dense(3, name="out"), 'st.layers.Dense(3, name="out")'),
        (st.layers.Dropout(0.25), "st.layers.Dropout(0.25)"),
        (st.layers.Flatten(), "st.layers.Flatten()"),
        (st.layers.BatchNormalization(), "st.layers.BatchNormalization()"),
        (
            st.layers.BatchNormalization(momentum=0.5),
            "st.layers.BatchNormalization(momentum=0.5)",
        ),
        (
            st.layers.Dense(3, kernel_initializer="he_normal"),
            'st.layers.Dense(3, kernel_initializer="he_normal")',
        ),
    ],
)
def test_layers_have_the_arguments_that_are_not_the_usual_ones(layer, text):
    assert layer_text(LayerSpec.of(layer)) == text


def test_callbacks():
    assert callback_text(st.callbacks.EarlyStopping()) == "st.callbacks.EarlyStopping()"
    stop = st.callbacks.EarlyStopping("loss", patience=3)
    assert callback_text(stop) == 'st.callbacks.EarlyStopping(monitor="loss", patience=3)'


@pytest.mark.parametrize(
    ("diff", "count"),
    [
        ("", 0),
        ("--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n", 1),
        ("--- a\n+++ b\n@@ -1 +1,2 @@\n-x\n+y\n+z\n", 2),
        ("--- a\n+++ b\n@@ -1,3 +1 @@\n-x\n-w\n-v\n+y\n", 3),
        ("--- a\n+++ b\n@@ -1 +0,0 @@\n-x\n", 1),
        ("--- a\n+++ b\n@@ -1,2 +1,2 @@\n same\n+y\n", 1),
    ],
)
def test_lines_that_a_difference_changes(diff, count):
    assert changed_lines(diff) == count


def test_a_program_with_all_its_parts():
    scaling = st.layers.Normalization(name="my scaling")
    scaling.adapt(x)
    model = st.Sequential([scaling, st.layers.Dense(1, name="dense")])
    model.compile(st.optimizers.SGD(0.5), "mae", metrics=["mse"])
    stop = st.callbacks.EarlyStopping("loss")
    setup = Setup.of(model, x, y, validation_data=(x, y), callbacks=[stop], epochs=2)
    code = "x_train = np.log(x_train)"
    prepared = setup.with_preparation(Preparation(code, lambda training: lambda rows: rows))
    assert written(prepared) == (
        "import numpy as np\n"
        "import steepest as st\n"
        "\n"
        "x_train = np.log(x_train)\n"
        'my_scaling = st.layers.Normalization(name="my scaling")\n'
        "my_scaling.adapt(x_train)\n"
        "model = st.Sequential([\n"
        "    st.Input((2,)),\n"
        "    my_scaling,\n"
        "    st.layers.Dense(1),\n"
        "])\n"
        'model.compile(st.optimizers.SGD(0.5), "mae", metrics=["mse"])\n'
        "model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=2, "
        'callbacks=[st.callbacks.EarlyStopping(monitor="loss")])\n'
    )
    assert not written(setup).startswith("import numpy")


def test_a_network_that_is_no_chain_is_written_as_its_layers():
    inputs = st.Input((2,))
    sides = [st.layers.Dense(3, name=name)(inputs) for name in ("left", "right")]
    model = st.Model(inputs, st.layers.Dense(1)(st.layers.Add()(sides)))
    model.compile("sgd", "mse")
    text = written(Setup.of(model, x, y))
    assert "model = st.Model(..., [  # layers\n    st.layers.InputLayer(" in text
    assert "    st.layers.Add(),\n    st.layers.Dense(1),\n])\n" in text
    assert "st.Input(" not in text


def test_a_difference_has_as_many_lines_around_it_as_asked_for():
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    setup = Setup.of(model, x, y)
    lengths = [
        len(difference(setup, setup.with_fit(epochs=9), context).splitlines())
        for context in (0, 1, 3)
    ]
    assert lengths == [5, 6, 8]
