"""Models and weights of Keras, PyTorch and scikit-learn: predictions agree to 1e-6."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, SteepestError, UnknownNameError

pytestmark = [  # of the peers
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
RNG = np.random.default_rng(0)
X = RNG.normal(size=(20, 3)).astype("float32")
CODES = RNG.integers(0, 5, (20, 2)).astype("int32")


def agree(found: Any, wanted: Any) -> None:
    np.testing.assert_allclose(np.asarray(found), np.asarray(wanted), rtol=1e-6, atol=1e-6)


def disturb(model: Any) -> None:
    """Gives all weights values of their own, statistics positive ones."""
    weights = model.get_weights()
    model.set_weights([
        RNG.uniform(0.2, 1.0, w.shape).astype(w.dtype) if w.ndim else w for w in weights
    ])


def drawn(lib: Any) -> Any:
    """A model with two inputs and all the layers that have weights."""
    layers = lib.layers
    x, codes = lib.Input((3,), name="x"), lib.Input((2,), name="codes", dtype="int32")
    h = layers.Normalization(name="scale", mean=[0.1, 0.2, 0.3], variance=[1.0, 2.0, 3.0])(x)
    h = layers.Dense(4, "relu", name="first", kernel_regularizer="l2")(h)
    h = layers.BatchNormalization(name="batch")(h)
    h = layers.LayerNormalization(name="layer")(layers.PReLU(name="slopes")(h))
    h = layers.Dropout(0.3, name="drop")(h)
    table = layers.Flatten(name="flat")(layers.Embedding(5, 3, name="table")(codes))
    joined = layers.Concatenate(name="joined")([h, table])
    return lib.Model([x, codes], layers.Dense(2, "softmax", name="out")(joined))


def stack(lib: Any, units: tuple[int, ...] = (4, 4, 4, 2)) -> Any:
    """Layers of one shape without names of their own."""
    return lib.Sequential([lib.Input((3,)), *(lib.layers.Dense(each, "tanh") for each in units)])


@pytest.mark.parametrize("ending", ["f.weights.h5", "f.keras", "f.h5"])
def test_weights_of_keras_are_read(ending: str, peer: Any, tmp_path: Path) -> None:
    keras = peer("keras")
    for make, data in ((drawn, [X, CODES]), (stack, X)):
        theirs = make(keras)
        disturb(theirs)
        path = str(tmp_path / ending)
        (theirs.save_weights if ending == "f.weights.h5" else theirs.save)(path)
        ours = make(st)
        ours.load_weights(path)
        agree(ours.predict(data, verbose=0), theirs.predict(data, verbose=0))
        table = st.saving.load_weights(ours, path)
        stored = {weight.path for weight in ours.weights if not weight.path.startswith("scale")}
        assert {row[0] for row in table.rows} == stored


def test_models_of_keras_are_read(peer: Any, tmp_path: Path) -> None:
    keras = peer("keras")
    inner = stack(keras)
    inner.name = "inner"
    x = keras.Input((3,), name="x")
    nested = keras.Model(x, keras.layers.Dense(1)(keras.layers.Add()([inner(x), inner(x)])))
    for theirs, data in ((drawn(keras), [X, CODES]), (stack(keras), X), (nested, X)):
        disturb(theirs)
        theirs.save(str(tmp_path / "m.keras"))
        ours = st.load_model(tmp_path / "m.keras")
        assert [layer.name for layer in ours.layers if "input" not in layer.name]
        agree(ours.predict(data, verbose=0), theirs.predict(data, verbose=0))
        ours.compile("sgd", "mse")
        ours.fit(data, np.zeros((20, ours.output_shape[-1])), verbose=0)


def test_what_is_no_layer_is_refused_with_the_remedy(peer: Any, tmp_path: Path) -> None:
    keras = peer("keras")
    x = keras.Input((3,))
    hidden = keras.layers.Dense(2)(x)
    code = keras.layers.Lambda(lambda h: h * 2.0)(hidden)
    renorm = keras.layers.Dense(1)(hidden) * 2.0
    convolution = keras.layers.Conv1D(2, 1)(keras.layers.Reshape((3, 1))(x))
    path = tmp_path / "m.keras"
    for end, message in ((code, "is a Lambda"), (renorm, "the operation Multiply")):
        keras.Model(x, end).save(str(path))
        with pytest.raises(ArgumentError, match=f"{message}.*call load_weights"):
            st.load_model(path)
    keras.Model(x, convolution).save(str(path))
    with pytest.raises(UnknownNameError, match="'Conv1D'"):
        st.load_model(path)


def test_subclassed_models_of_keras_are_matched_by_their_structure(
    peer: Any, tmp_path: Path
) -> None:
    keras = peer("keras")

    def made(lib: Any) -> Any:
        class Block(lib.layers.Layer):
            def __init__(self) -> None:
                super().__init__()
                self.inner = lib.layers.Dense(3)

            def build(self, shape: Any) -> None:
                self.scale = self.add_weight(shape=(3,))

            def call(self, x: Any) -> Any:
                return self.inner(x) * self.scale

        class Net(lib.Model):
            def __init__(self) -> None:
                super().__init__()
                self.second = lib.layers.Dense(3)
                self.rest = [lib.layers.Dense(3), lib.layers.Dense(3)]
                self.block = Block()

            def call(self, x: Any) -> Any:
                for layer in (self.second, self.block, *self.rest):
                    x = layer(x)
                return x

        return Net()

    theirs, ours = made(keras), made(st)
    wanted = theirs(X)
    disturb(theirs)
    wanted = theirs(X)
    theirs.save_weights(str(tmp_path / "m.weights.h5"))
    ours(X)  # which makes its weights
    ours.load_weights(tmp_path / "m.weights.h5")
    agree(ours(X).numpy(), wanted)


def test_state_dictionaries_of_torch_are_read(peer: Any, tmp_path: Path) -> None:
    torch = peer("torch")
    from safetensors.torch import save_file

    nn = torch.nn
    theirs = nn.Sequential(
        nn.Linear(3, 4), nn.BatchNorm1d(4), nn.PReLU(), nn.LayerNorm(4), nn.Linear(4, 4),
        nn.Tanh(), nn.Linear(4, 2),
    )  # fmt: skip
    theirs.train()
    theirs(torch.tensor(X) * 3.0)
    theirs.eval()
    save_file(theirs.state_dict(), str(tmp_path / "m.safetensors"))
    layers = st.layers
    ours = st.Sequential(
        [
            layers.Dense(4, input_shape=(3,)), layers.BatchNormalization(epsilon=1e-5),
            layers.PReLU(), layers.LayerNormalization(epsilon=1e-5), layers.Dense(4, "tanh"),
            layers.Dense(2),
        ]
    )  # fmt: skip
    table = st.saving.load_weights(ours, tmp_path / "m.safetensors")
    agree(ours.predict(X, verbose=0), theirs(torch.tensor(X)).detach().numpy())
    assert "0.weight (transposed)" in repr(table) and "2.weight (repeated)" in repr(table)


def test_named_modules_of_torch_are_matched_by_name(peer: Any, tmp_path: Path) -> None:
    torch = peer("torch")
    from safetensors.torch import save_file

    class Net(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = torch.nn.Embedding(5, 3)
            self.second = torch.nn.Linear(3, 3)
            self.first = torch.nn.Linear(3, 3)

        def forward(self, codes: Any) -> Any:
            return self.second(self.first(self.table(codes)).relu())

    theirs = Net()
    save_file(theirs.state_dict(), str(tmp_path / "m.safetensors"))

    def made(*names: str) -> st.Model:
        layers = st.layers
        first = layers.Dense(3, "relu", name=names[0])
        inputs = [st.Input((2,), dtype="int32"), layers.Embedding(5, 3, name="table"), first]
        return st.Sequential([*inputs, layers.Dense(3, name=names[1])])

    wanted = theirs(torch.tensor(CODES)).detach().numpy()
    ours = made("first", "second")
    ours.load_weights(tmp_path / "m.safetensors")
    agree(ours.predict(CODES, verbose=0), wanted)
    ours = made("a", "b")
    with pytest.raises(SteepestError, match=r"cannot be matched.*names=\{layer: name in the file"):
        ours.load_weights(tmp_path / "m.safetensors")
    names = {"a": "first", "b": "second"}
    st.saving.load_weights(ours, tmp_path / "m.safetensors", names)
    agree(ours.predict(CODES, verbose=0), wanted)


def test_perceptrons_of_scikit_learn_become_models(peer: Any) -> None:
    perceptrons = peer("sklearn.neural_network")
    targets = X @ np.float32([[1.0, 0.0], [0.5, -1.0], [0.0, 2.0]])
    classes = np.array(["low", "mid", "high"])[np.digitize(targets[:, 0], [-0.5, 0.5])]
    for activation in ("identity", "logistic", "tanh", "relu"):
        options = {"activation": activation, "hidden_layer_sizes": (5, 4), "max_iter": 30}
        one = perceptrons.MLPRegressor(**options).fit(X, targets[:, 0])
        several = perceptrons.MLPRegressor(**options).fit(X.astype("float64"), targets)
        three = perceptrons.MLPClassifier(**options).fit(X, classes)
        two = perceptrons.MLPClassifier(**options).fit(X, classes == "low")
        labels = perceptrons.MLPClassifier(**options).fit(X, (targets > 0).astype(int))
        for estimator, wanted in (
            (one, one.predict(X)[:, None]), (several, several.predict(X.astype("float64"))),
            (three, three.predict_proba(X)), (two, two.predict_proba(X)[:, 1:]),
            (labels, labels.predict_proba(X)),
        ):  # fmt: skip
            model = st.saving.from_sklearn(estimator)
            agree(model.predict(X, verbose=0), wanted)
    with pytest.raises(ArgumentError, match="no coefs_; call its fit first"):
        st.saving.from_sklearn(perceptrons.MLPClassifier())
