"""A loaded model that is trained further."""

import numpy as np

from steepest import keras

x, y = np.linspace(-1, 1, 10)[:, None], np.linspace(0, 3, 10)[:, None]
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(optimizer=keras.optimizers.Adam(0.1), loss="mse", metrics=["mae"])
model.fit(x, y, epochs=2, shuffle=False, verbose=0)
model.save("line.keras")
loaded = keras.models.load_model("line.keras")
print(loaded.evaluate(x, y, verbose=0))
print(loaded.fit(x, y, epochs=2, shuffle=False, verbose=0).history["loss"])
print(int(loaded.optimizer.iterations), float(loaded.optimizer.learning_rate))
