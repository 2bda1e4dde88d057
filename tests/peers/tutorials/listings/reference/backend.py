"""`epsilon` and `floatx`."""

import numpy as np

from steepest import keras

print(keras.backend.epsilon(), keras.backend.floatx(), keras.config.image_data_format())
keras.backend.set_epsilon(1e-5)
print(keras.config.epsilon())
keras.config.set_epsilon(1e-7)
keras.backend.set_floatx("float64")
layer = keras.layers.Dense(2, kernel_initializer="ones")
print(layer(np.ones((1, 2))).numpy().dtype)
keras.config.set_floatx("float32")
keras.backend.clear_session()
print(keras.layers.Dense(1).name, keras.backend.backend() in ("tensorflow", "steepest"))
