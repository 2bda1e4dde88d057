"""Subclasses of Model: with a `call` of their own, or drawn from inputs to outputs."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError

X = np.random.default_rng(0).standard_normal((24, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


class Halved(st.Model):
    """A step of its own: the loss is halved."""

    def train_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        with st.GradientTape() as tape:
            loss = 0.5 * self.compute_loss(y=y, y_pred=self(x, training=True))
        self.optimizer.apply(tape.gradient(loss, self.trainable_variables))
        return {"halved": loss}


class Drawing(st.Model):
    """Draws for itself, in its constructor."""

    def __init__(self, units: int, **options: Any) -> None:
        x = st.Input((3,))
        super().__init__(inputs=x, outputs=st.layers.Dense(units)(x), **options)
        self.units = units


class Stack(st.Model):
    """Layers in a list, called one by one."""

    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(**options)
        self.units = units
        self.hidden = [st.layers.Dense(units, "relu"), st.layers.Dropout(0.5)]
        self.last = st.layers.Dense(1)

    def call(self, x: Any, training: bool = False) -> Any:
        for layer in self.hidden:
            x = layer(x, training=training)
        return self.last(x)


def halved() -> Any:
    x = st.Input((3,))
    return Halved(x, st.layers.Dense(1)(x), name="half")


def test_a_drawn_subclass_keeps_its_own_methods() -> None:
    model = halved()
    model.compile("sgd", "mse")
    history = model.fit(X, Y, epochs=3, verbose=0).history
    assert isinstance(model, Halved) and model.name == "half" and len(model.layers) == 2
    assert history["halved"][-1] < history["halved"][0]


def test_the_class_of_a_drawn_subclass_is_the_one_written() -> None:
    x = st.Input((3,))
    for model in (halved(), Halved(inputs=x, outputs=st.layers.Dense(1)(x))):
        assert type(model) is Halved and Halved.__mro__[1] is st.Model
    assert type(st.Model(x, st.layers.Dense(1)(x))) is st.Model
    assert Stack(2).links is None and Stack(2).first_layers == []


def test_a_subclass_may_use_the_names_of_what_a_drawing_tells() -> None:
    class Own(st.Model):
        def __init__(self, inputs: int) -> None:
            super().__init__()
            self.inputs = inputs
            self.layers = [st.layers.Dense(inputs), st.layers.Dense(1)]

        def call(self, x: Any) -> Any:
            return self.layers[1](self.layers[0](x))

    model = Own(4)
    assert model(X).shape == (24, 1) and model.get_config()["inputs"] == 4
    assert Own.from_config(model.get_config()).inputs == 4


def test_one_that_draws_in_its_constructor() -> None:
    model = Drawing(2, name="own")
    assert isinstance(model, Drawing) and model.output_shape == (None, 2) and model.name == "own"
    assert model.predict(X, verbose=0).shape == (24, 2)
    config = model.get_config()
    assert config["units"] == 2 and not {"inputs", "outputs", "calls"} & set(config)
    assert Drawing.from_config(config).output_shape == (None, 2)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
@pytest.mark.parametrize("make", [halved, lambda: Drawing(2)])
def test_copies_are_of_the_same_class_and_weights(make: Any, copied: Any) -> None:
    model = make()
    again = copied(model)
    assert type(again) is type(model)
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))


def test_saved_and_loaded_by_their_own_name(tmp_path: Path) -> None:
    for kind, model in ((Halved, halved()), (Drawing, Drawing(2))):
        path = tmp_path / "model.safetensors"
        model.save(path)
        again = st.load_model(path, custom_objects={kind.__name__: kind})
        assert isinstance(again, kind)
        np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))


def test_inputs_and_outputs_are_lists_and_layers_have_ends() -> None:
    x = st.Input((3,), name="x")
    model = st.Model(x, st.layers.Dense(1)(st.layers.Dense(2)(x)))
    assert [leaf.shape for leaf in model.inputs + model.outputs] == [(None, 3), (None, 1)]
    all_of = st.Model(model.inputs, [layer.output for layer in model.layers])
    assert [part.shape for part in all_of(X)] == [(24, 3), (24, 2), (24, 1)]


def test_build_makes_the_weights_of_a_subclass() -> None:
    model = Stack(4)
    model.build((None, 3))
    assert model.count_params() == 3 * 4 + 4 + 4 + 1
    assert Stack.from_config(model.get_config()).units == 4
    assert Stack(4, name="tower", trainable=False).trainable is False


def test_a_frozen_drawing_stays_frozen_in_its_configuration() -> None:
    x = st.Input((3,))
    model = st.Model(x, st.layers.Dense(1)(x), trainable=False)
    assert not model.trainable_weights
    assert not st.Model.from_config(model.get_config()).trainable_weights


def test_what_is_no_drawing_is_refused() -> None:
    with pytest.raises(st.errors.ArgumentError, match="inputs must come from"):
        st.Model(X, Y)
    with pytest.raises(st.errors.ArgumentError, match="outputs are missing"):
        st.Model(st.Input((3,)), None)
    with pytest.raises(st.errors.ArgumentError, match="outputs are missing"):
        st.Model(inputs=st.Input((3,)))


def test_the_line_length_of_a_summary_widens_it() -> None:
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,), name="out")])
    lines: list[str] = []
    model.summary(line_length=70, print_fn=lines.append)
    assert max(map(len, lines)) == 70
    lines.clear()
    model.summary(print_fn=lines.append)
    assert max(map(len, lines)) < 50


def test_one_output_in_a_list_is_one_output() -> None:
    x = st.Input((2,))
    model = st.Model(x, [st.layers.Dense(1)(x)])
    assert model.output_shape == (None, 1)
    assert model(np.ones((3, 2))).shape == (3, 1)
    assert model.predict(np.ones((3, 2)), verbose=0).shape == (3, 1)
    assert len(model.outputs) == 1


def test_metrics_in_a_list_go_by_output_where_their_numbers_agree() -> None:
    x = st.Input((2,))
    ends = [st.layers.Dense(1, name=name, kernel_initializer="ones")(x) for name in ("b", "a")]
    model = st.Model(x, ends)
    model.compile("sgd", "mse", metrics=["mae", "mse"])
    assert [metric.name for metric in model.metrics] == [
        "loss", "b_loss", "a_loss", "a_mse", "b_mae",
    ]  # fmt: skip
    model.compile("sgd", "mse", metrics=["mae", "mse", "mape"])
    assert len(model.metrics) == 3 + 6


def test_a_configuration_with_custom_objects() -> None:
    class Twice(st.layers.Layer):
        def call(self, x: st.Tensor) -> st.Tensor:
            return 2.0 * x

    x = st.Input((2,))
    for model in (st.Model(x, Twice()(x)), st.Sequential([st.Input((2,)), Twice()])):
        made = type(model).from_config(model.get_config(), custom_objects={"Twice": Twice})
        assert made([[1.0, 2.0]]).tolist() == [[2.0, 4.0]]


def test_an_existing_file_is_refused_on_request(tmp_path: Any) -> None:
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    path = tmp_path / "model.keras"
    for save in (model.save, model.save_weights):
        save(path)
        with pytest.raises(ArgumentError, match="exists, and overwrite=False was given"):
            save(path, overwrite=False)


def test_the_loss_as_it_was_given() -> None:
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    assert model.loss is None
    model.compile("sgd", "mse")
    assert model.loss == "mse"
