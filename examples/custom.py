"""A custom layer, a custom loss, and a training loop written out.

No backward pass is written: the tape differentiates the layer's `call` and the loss, and the loop,
compiled by `@st.function`, trains the same network that `fit` trains. Both find the boundary
between the two moons.
"""

from __future__ import annotations

from typing import Any

import steepest as st


class Quadratic(st.layers.Layer):
    """Units that see products of inputs too: activation((x U) * (x V) + x W + b)."""

    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(**options)
        self.units = units

    def build(self, input_shape: Any) -> None:
        """Makes the weights for a number of inputs."""
        shape = [int(input_shape[-1]), self.units]
        self.u, self.v, self.w = (self.add_weight(name, shape=shape) for name in "uvw")
        self.b = self.add_weight("b", shape=[self.units], initializer="zeros")

    def call(self, x: st.Tensor) -> st.Tensor:
        """The outputs for a batch of rows."""
        products = st.matmul(x, self.u) * st.matmul(x, self.v)
        return st.nn.relu(products + st.matmul(x, self.w) + self.b)


def smooth_error(y_true: st.Tensor, y_pred: st.Tensor) -> st.Tensor:
    """A loss that is a square near 0 and a line far from it: sqrt(1 + error^2) - 1."""
    error = st.cast(y_true, st.float32) - y_pred
    return st.reduce_mean(st.sqrt(1.0 + error * error) - 1.0, axis=-1)


def build() -> st.Sequential:
    """The network: one custom layer and a sigmoid unit."""
    return st.Sequential([Quadratic(8, input_shape=(2,)), st.layers.Dense(1, "sigmoid")])


def loop(x: Any, y: Any, epochs: int) -> st.Sequential:
    """Trains a network by a loop of its own."""
    model, optimizer = build(), st.optimizers.Adam(0.02)
    batches = st.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x)).batch(32)

    @st.function
    def step(inputs: st.Tensor, labels: st.Tensor) -> st.Tensor:
        with st.GradientTape() as tape:
            loss = st.reduce_mean(smooth_error(labels, model(inputs)))
        gradients = tape.gradient(loss, model.trainable_weights)
        optimizer.apply_gradients(zip(gradients, model.trainable_weights, strict=True))
        return loss

    for _ in range(epochs):
        for inputs, labels in batches:
            step(inputs, labels)
    return model


def run(seed: int = 1, quick: bool = False) -> tuple[dict[str, float], Any]:
    """Trains by `fit`, and by the loop."""
    (x, y), (x_test, y_test) = st.datasets.moons.load_data()
    x, x_test = x.astype("float32"), x_test.astype("float32")
    y, y_test = y.reshape(-1, 1), y_test.reshape(-1, 1)
    epochs = 10 if quick else 50
    st.random.set_seed(seed)
    fitted = build()
    fitted.compile(st.optimizers.Adam(0.02), smooth_error, metrics=["accuracy"])
    fitted.fit(x, y, epochs=epochs, batch_size=32, verbose=0)
    looped = loop(x, y, epochs)
    figures = {}
    for name, model in (("fit", fitted), ("the loop", looped)):
        right = (model.predict(x_test, verbose=0) > 0.5) == y_test
        figures[f"{name}: test accuracy"] = float(right.mean())
    return figures, (looped, x_test, y_test)


def draw(trained: Any) -> st.plot.Picture:
    """The boundary that the loop found, with the test rows."""
    return st.plot.boundary(*trained)


if __name__ == "__main__":
    figures, trained = run()
    for name, figure in figures.items():
        print(f"{name}: {figure:.4g}")
    draw(trained).save("custom.png")
