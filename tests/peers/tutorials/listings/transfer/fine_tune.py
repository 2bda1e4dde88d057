"""A base trained on at a small rate."""

import numpy as np

from steepest import keras

base = keras.Sequential([
    keras.Input((2,)),
    keras.layers.Dense(3, activation="tanh", kernel_initializer=keras.initializers.Constant(0.3)),
])
base.trainable = False
model = keras.Sequential([base, keras.layers.Dense(1, kernel_initializer="ones")])
x, y = np.linspace(-1, 1, 12).reshape(6, 2), np.linspace(0, 1, 6)[:, None]
model.compile(keras.optimizers.SGD(0.1), "mse")
model.fit(x, y, epochs=2, shuffle=False, verbose=0)
before = base.get_weights()[0].copy()
base.trainable = True
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
model.fit(x, y, epochs=2, shuffle=False, verbose=0)
print(before[0], base.get_weights()[0][0])
print(model.evaluate(x, y, verbose=0))
