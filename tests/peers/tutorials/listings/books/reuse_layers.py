"""Layers of another model."""

import numpy as np

from steepest import keras

model_A = keras.Sequential([
    keras.Input((3,)),
    keras.layers.Dense(4, activation="relu", kernel_initializer=keras.initializers.Constant(0.3)),
    keras.layers.Dense(4, activation="relu", kernel_initializer=keras.initializers.Constant(0.2)),
    keras.layers.Dense(3, activation="softmax"),
])
model_A_clone = keras.models.clone_model(model_A)
model_A_clone.set_weights(model_A.get_weights())
model_B_on_A = keras.models.Sequential(model_A_clone.layers[:-1])
model_B_on_A.add(keras.layers.Dense(1, activation="sigmoid", kernel_initializer="zeros"))
for layer in model_B_on_A.layers[:-1]:
    layer.trainable = False
model_B_on_A.compile(loss="binary_crossentropy", optimizer="sgd", metrics=["accuracy"])
X, y = np.linspace(0, 1, 18).reshape(6, 3), np.array([0, 0, 1, 0, 1, 1])
model_B_on_A.fit(X, y, epochs=2, shuffle=False, verbose=0)
for layer in model_B_on_A.layers[:-1]:
    layer.trainable = True
model_B_on_A.compile(
    loss="binary_crossentropy",
    optimizer=keras.optimizers.SGD(learning_rate=0.1),
    metrics=["accuracy"],
)
print(sorted(model_B_on_A.fit(X, y, epochs=3, shuffle=False, verbose=0).history.items()))
print(model_A.layers[0].get_weights()[0][0], model_B_on_A.layers[0].get_weights()[0][0])
