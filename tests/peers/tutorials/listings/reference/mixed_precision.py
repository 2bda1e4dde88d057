"""A policy of dtypes."""

import numpy as np

from steepest import keras

policy = keras.mixed_precision.Policy("mixed_float16")
print(policy.compute_dtype, policy.variable_dtype, policy.name)
keras.mixed_precision.set_global_policy("mixed_float16")
try:
    inputs = keras.Input((3,))
    dense = keras.layers.Dense(4, activation="relu", kernel_initializer="ones")
    x = dense(inputs)
    print(dense.dtype_policy.name, dense.compute_dtype, dense.kernel.dtype)
    outputs = keras.layers.Dense(1, dtype="float32", kernel_initializer="ones")(x)
    model = keras.Model(inputs, outputs)
    model.compile("sgd", "mse")
    print(
        model.predict(np.ones((2, 3)), verbose=0).dtype,
        model.predict(np.ones((2, 3)), verbose=0).ravel(),
    )
finally:
    keras.mixed_precision.set_global_policy("float32")
print(keras.config.dtype_policy().name)
