"""What the courses write runs as they write it, after a change of the import lines."""

from __future__ import annotations

import random

import numpy as np
import pytest

import steepest as st


def test_tape_on_a_perceptron() -> None:
    """w0 = 1, w = (3, -2) at (-2, 2): the line gives -9, the sigmoid 0.00012339."""
    w0, w = st.Variable(1.0, dtype="float64"), st.Variable([3.0, -2.0], dtype="float64")
    x = st.constant([-2.0, 2.0], dtype=st.float64)
    with st.GradientTape() as tape:
        z = w0 + st.reduce_sum(w * x)
        y = st.sigmoid(z)
    assert z.item() == -9.0
    assert y.item() == pytest.approx(0.00012339, abs=5e-9)
    slope = y.item() * (1.0 - y.item())
    gradients = tape.gradient(y, [w0, w])
    assert gradients[0].item() == pytest.approx(slope)
    assert gradients[1].tolist() == pytest.approx([-2.0 * slope, 2.0 * slope])


def test_sigmoid_and_its_derivative_over_a_range() -> None:
    x = st.range(-6.0, 7.0, 1.0, dtype=st.float64)
    with st.GradientTape() as tape:
        tape.watch(x)
        y = st.math.sigmoid(x)
    expected = [0.00246651, 0.00664806, 0.01766271, 0.04517666, 0.10499359, 0.19661193, 0.25]
    assert tape.gradient(y, x).numpy()[:7] == pytest.approx(expected, abs=1e-8)
    assert st.sigmoid(2.0).item() == pytest.approx(0.8807971, abs=1e-7)


class MyDenseLayer(st.layers.Layer):
    """The course's own dense layer: no backward pass is written."""

    def __init__(self, num_outputs: int) -> None:
        super().__init__()
        self.num_outputs = num_outputs

    def build(self, input_shape: tuple[int, ...]) -> None:
        d = int(input_shape[-1])
        self.W = self.add_weight("weight", shape=[d, self.num_outputs])
        self.b = self.add_weight("bias", shape=[1, self.num_outputs])

    def call(self, x: st.Tensor) -> st.Tensor:
        return st.sigmoid(st.matmul(x, self.W) + self.b)


def test_custom_dense_layer() -> None:
    layer = MyDenseLayer(3)
    layer.build((1, 2))
    x = st.constant([[1, 2.0]], shape=(1, 2))
    y = layer(x)
    expected = 1.0 / (1.0 + np.exp(-(x.numpy() @ layer.W.numpy() + layer.b.numpy())))
    assert y.numpy() == pytest.approx(expected, rel=1e-6)


def _blobs(rows: int = 600) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    labels = np.arange(rows) % 3
    centres = np.array([[0.0, 2.0], [2.0, -1.0], [-2.0, -1.0]])
    points = centres[labels] + 0.4 * rng.standard_normal((rows, 2))
    return points.astype("float32"), labels


def test_custom_layer_trains_in_a_model() -> None:
    st.random.set_seed(1)
    x, y = _blobs()
    model = st.Sequential([MyDenseLayer(8), st.layers.Dense(3, "softmax")])
    model.compile(st.optimizers.Adam(0.05), "sparse_categorical_crossentropy", ["accuracy"])
    history = model.fit(x, y, epochs=5, batch_size=32, verbose=0)
    assert history.history["accuracy"][-1] > 0.95


@pytest.mark.parametrize("compiled", [False, True])
def test_loop_written_by_hand(compiled: bool) -> None:
    """The loop over a shuffled and batched Dataset, with tape, optimizer and metric."""
    st.random.set_seed(2)
    x, y = _blobs()
    dataset = st.data.Dataset.from_tensor_slices((x, y)).shuffle(buffer_size=1024).batch(64)
    model = st.Sequential([st.layers.Dense(16, "relu", input_shape=(2,)), st.layers.Dense(3)])
    optimizer = st.optimizers.SGD(learning_rate=0.1)
    loss_function = st.losses.SparseCategoricalCrossentropy(from_logits=True)
    accuracy = st.metrics.SparseCategoricalAccuracy()

    def train_step(inputs: st.Tensor, labels: st.Tensor) -> st.Tensor:
        with st.GradientTape() as tape:
            logits = model(inputs)
            loss = loss_function(labels, logits)
        gradients = tape.gradient(loss, model.trainable_weights)
        optimizer.apply_gradients(zip(gradients, model.trainable_weights, strict=True))
        accuracy.update_state(labels, logits)
        return loss

    step_function = st.function(train_step) if compiled else train_step
    losses = []
    for _ in range(3):
        accuracy.reset_state()
        for inputs, labels in dataset:
            losses.append(float(step_function(inputs, labels)))
    assert losses[-1] < losses[0]
    assert accuracy.result().item() > 0.9


def test_mnist_pipeline(data_folder: object) -> None:
    """Load with info, scale by map, shuffle, take, skip, batch, fit, evaluate."""
    st.random.set_seed(3)
    mnist, info = st.datasets.load("mnist", with_info=True, as_supervised=True)
    assert info.splits["train"].num_examples == 60000
    train, test = mnist["train"], mnist["test"]
    validation_size = int(0.1 * info.splits["train"].num_examples)

    def scale(image: st.Tensor, label: st.Tensor) -> tuple[st.Tensor, st.Tensor]:
        return st.cast(image, st.float32) / 255.0, label

    scaled = train.map(scale).shuffle(60000)
    validation = scaled.take(validation_size).batch(validation_size)
    batches = scaled.skip(validation_size).batch(100)
    model = st.Sequential([
        st.layers.Flatten(input_shape=(28, 28, 1)),
        st.layers.Dense(50, activation="relu"),
        st.layers.Dense(50, activation="relu"),
        st.layers.Dense(10, activation="softmax"),
    ])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(batches, epochs=2, validation_data=validation, verbose=0)
    assert history.history["val_accuracy"][-1] > 0.94
    _, accuracy = model.evaluate(test.map(scale).batch(1000), verbose=0)
    assert accuracy > 0.94


@pytest.mark.long
@pytest.mark.parametrize("variant", ["plain", "l1", "l2", "dropout"])
def test_imdb_variants(data_folder: object, variant: str) -> None:
    """10,000 words multi-hot, 16-16-1, rmsprop, batches of 512, with early stopping."""
    st.random.set_seed(4)
    (train, labels), (test, test_labels) = st.datasets.imdb.load_data(num_words=10000)
    x, x_test = (
        st.data.vectorize_sequences(part, dimension=10000, sparse=True) for part in (train, test)
    )
    regularizer = {"l1": st.regularizers.l1(0.0001), "l2": st.regularizers.l2(0.001)}.get(variant)
    layers: list[st.layers.Layer] = []
    for place in range(2):
        shape = (10000,) if place == 0 else None
        layers.append(
            st.layers.Dense(
                16, activation="relu", kernel_regularizer=regularizer, input_shape=shape
            )
        )
        if variant == "dropout":
            layers.append(st.layers.Dropout(0.5))
    model = st.Sequential([*layers, st.layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    stop = st.callbacks.EarlyStopping(monitor="val_loss", patience=2)
    history = model.fit(
        x, labels, epochs=20, batch_size=512, validation_split=0.4, callbacks=[stop], verbose=0
    )
    assert len(history.epoch) < 20
    assert model.evaluate(x_test, test_labels, verbose=0)[1] > 0.85


def test_random_search_in_twenty_lines() -> None:
    """The user's own random search over a dictionary of options."""
    random.seed(0)
    st.random.set_seed(5)
    x, y = _blobs()
    options = {
        "topology": [[16], [16, 8]],
        "algorithm": ["adam", "rmsprop", "sgd_momentum"],
        "rate": [0.01, 0.001],
        "dropout": [0, 0.2, 0.5],
    }
    makers = {
        "adam": lambda rate: st.optimizers.Adam(rate),
        "rmsprop": lambda rate: st.optimizers.RMSprop(rate),
        "sgd_momentum": lambda rate: st.optimizers.SGD(rate, momentum=0.9),
    }
    best: tuple[float, dict[str, object]] = (0.0, {})
    for _ in range(4):
        chosen = {name: random.choice(values) for name, values in options.items()}
        model = st.Sequential()
        for units in chosen["topology"]:
            model.add(st.layers.Dense(units, "relu"))
            if chosen["dropout"]:
                model.add(st.layers.Dropout(chosen["dropout"]))
        model.add(st.layers.Dense(3, "softmax"))
        optimizer = makers[chosen["algorithm"]](chosen["rate"])
        model.compile(optimizer, "sparse_categorical_crossentropy", ["accuracy"])
        model.fit(x[:450], y[:450], epochs=4, batch_size=16, verbose=0)
        accuracy = model.evaluate(x[450:], y[450:], verbose=0)[1]
        best = max(best, (accuracy, chosen), key=lambda entry: entry[0])
    assert best[0] > 0.9
