"""An input for each column."""

import numpy as np
from steepest.keras import layers

from steepest import keras

columns = {
    "age": np.array([20.0, 35.0, 50.0, 65.0]),
    "fare": np.array([7.0, 50.0, 12.0, 80.0]),
    "class": np.array([0, 1, 2, 1]),
}
inputs = {
    name: keras.Input(shape=(1,), name=name, dtype="int64" if name == "class" else "float32")
    for name in columns
}
encoded = []
for name in ("age", "fare"):
    normalizer = layers.Normalization(axis=None)
    normalizer.adapt(columns[name])
    encoded.append(normalizer(inputs[name]))
encoded.append(layers.CategoryEncoding(num_tokens=3, output_mode="one_hot")(inputs["class"]))
x = layers.concatenate(encoded)
model = keras.Model(inputs, layers.Dense(1, kernel_initializer="ones")(x))
data = {name: values[:, None] for name, values in columns.items()}
print(model.predict(data, verbose=0).ravel())
model.compile(keras.optimizers.SGD(0.05), "mse")
print(
    model.fit(data, np.array([1.0, 0.0, 1.0, 0.0]), epochs=2, shuffle=False, verbose=0).history[
        "loss"
    ]
)
