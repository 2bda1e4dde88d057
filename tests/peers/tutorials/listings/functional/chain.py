"""Layers called on the results of layers."""

import numpy as np
from steepest.keras import layers

from steepest import keras

inputs = keras.Input(shape=(784,))
dense = layers.Dense(64, activation="relu", kernel_initializer=keras.initializers.Constant(0.01))
x = dense(inputs)
x = layers.Dense(64, activation="relu", kernel_initializer=keras.initializers.Constant(0.02))(x)
outputs = layers.Dense(10, kernel_initializer="ones")(x)
model = keras.Model(inputs=inputs, outputs=outputs, name="mnist_model")
print(model.count_params(), len(model.layers))
x_train = (np.arange(4 * 784).reshape(4, 784) % 255).astype("float32") / 255
y_train = np.array([1, 2, 3, 4])
model.compile(
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    optimizer=keras.optimizers.RMSprop(),
    metrics=["accuracy"],
)
history = model.fit(x_train, y_train, batch_size=2, epochs=2, shuffle=False, verbose=0)
print(history.history["loss"])
test_scores = model.evaluate(x_train, y_train, verbose=0)
print(test_scores[0], test_scores[1])
