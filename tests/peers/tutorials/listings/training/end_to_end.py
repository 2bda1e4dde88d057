"""Compile, fit, evaluate, predict."""

import numpy as np
from steepest.keras import layers

from steepest import keras

inputs = keras.Input(shape=(4,), name="digits")
x = layers.Dense(
    6, activation="relu", name="dense_1", kernel_initializer=keras.initializers.Constant(0.2)
)(inputs)
outputs = layers.Dense(3, activation="softmax", name="predictions", kernel_initializer="zeros")(x)
model = keras.Model(inputs=inputs, outputs=outputs)
x_all = np.random.RandomState(0).rand(24, 4).astype("float32")
y_all = np.argmax(x_all[:, :3], axis=1)
x_val, y_val, x_train, y_train = x_all[-8:], y_all[-8:], x_all[:-8], y_all[:-8]
model.compile(
    optimizer=keras.optimizers.RMSprop(),
    loss=keras.losses.SparseCategoricalCrossentropy(),
    metrics=[keras.metrics.SparseCategoricalAccuracy()],
)
history = model.fit(
    x_train,
    y_train,
    batch_size=8,
    epochs=2,
    validation_data=(x_val, y_val),
    shuffle=False,
    verbose=0,
)
print(sorted(history.history.items()))
print("test loss, test acc:", model.evaluate(x_val, y_val, batch_size=4, verbose=0))
print(model.predict(x_val[:3], verbose=0))
