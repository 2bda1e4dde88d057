"""Two inputs, joined."""

import numpy as np
from steepest.keras import layers

from steepest import keras

title = keras.Input(shape=(3,), name="title")
body = keras.Input(shape=(2,), name="body")
x = layers.concatenate([layers.Dense(2, kernel_initializer="ones")(title), body])
outputs = layers.Dense(1, kernel_initializer=keras.initializers.Constant(0.5), name="priority")(x)
model = keras.Model(inputs=[title, body], outputs=outputs)
model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mean_squared_error")
a, b, y = np.arange(12.0).reshape(4, 3) / 10, np.ones((4, 2)), np.arange(4.0)
history = model.fit([a, b], y, batch_size=2, epochs=3, shuffle=False, verbose=0)
print(history.history["loss"])
print(model.predict([a, b], verbose=0).ravel())
print(model.predict({"title": a[:1], "body": b[:1]}, verbose=0))
