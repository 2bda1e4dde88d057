"""The state of the optimizer goes along."""

import numpy as np

from steepest import keras

x, y = np.linspace(0, 1, 12).reshape(6, 2), np.linspace(1, 2, 6)[:, None]


def build():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), "mse")
    return model


model = build()
model.fit(x, y, epochs=4, batch_size=2, shuffle=False, verbose=0)
straight = model.get_weights()
model = build()
model.fit(x, y, epochs=2, batch_size=2, shuffle=False, verbose=0)
model.save("half.keras")
model = keras.models.load_model("half.keras")
model.fit(x, y, epochs=2, batch_size=2, shuffle=False, verbose=0)
print(straight[0].ravel(), model.get_weights()[0].ravel())
print(np.allclose(straight[0], model.get_weights()[0]))
