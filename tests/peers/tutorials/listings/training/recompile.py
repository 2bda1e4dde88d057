"""Another optimizer for a trained model."""

import numpy as np

from steepest import keras

x, y = np.linspace(0, 1, 8)[:, None], np.linspace(2, 0, 8)[:, None]
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
model.compile(optimizer="adam", loss="mse")
print(model.fit(x, y, epochs=2, shuffle=False, verbose=0).history["loss"])
model.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.2, momentum=0.9), loss="mae", metrics=["mse"]
)
print(sorted(model.fit(x, y, epochs=2, shuffle=False, verbose=0).history.items()))
print(float(model.optimizer.learning_rate))
model.optimizer.learning_rate = 0.001
print(float(model.optimizer.learning_rate), model.optimizer.get_config()["momentum"])
