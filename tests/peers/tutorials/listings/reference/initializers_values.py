"""Constants, identity, orthogonal."""

import numpy as np

from steepest import keras

print(np.array(keras.initializers.Zeros()((2, 2))), np.array(keras.initializers.Ones()(shape=(3,))))
print(
    np.array(keras.initializers.Constant(3.5)((2,))),
    np.array(keras.initializers.Identity(2.0)((2, 3))),
)
q = np.array(keras.initializers.Orthogonal(gain=2.0, seed=1)((4, 4)))
print(np.abs(q.T @ q - 4 * np.eye(4)).max() < 1e-4)
a = np.array(keras.initializers.RandomUniform(-0.1, 0.1, seed=1)((100, 100)))
print(a.min() >= -0.1, a.max() <= 0.1, abs(a.mean()) < 0.01)
print(
    type(keras.initializers.get("he_normal")).__name__,
    keras.initializers.get("glorot_uniform").get_config()["seed"] is not None,
)
layer = keras.layers.Dense(
    2,
    kernel_initializer=keras.initializers.RandomNormal(mean=5.0, stddev=0.0),
    bias_initializer="ones",
)
print(layer(np.ones((1, 2))).numpy())


def my_init(shape, dtype=None):
    return keras.ops.ones(shape, dtype=dtype) * 0.25


print(keras.layers.Dense(2, kernel_initializer=my_init)(np.ones((1, 4))).numpy())
