"""Values of the activations."""

import numpy as np

from steepest import keras

x = np.array([[-3.0, -1.0, 0.0, 0.7, 7.0]], "float32")
for name in (
    "celu",
    "elu",
    "exponential",
    "gelu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "softmax",
    "soft_shrink",
    "softplus",
    "softsign",
    "sparse_plus",
    "squareplus",
    "tanh",
    "tanh_shrink",
    "sparsemax",
):
    print(name, np.array(getattr(keras.activations, name)(x)))
print(np.array(keras.activations.relu(x, negative_slope=0.1, max_value=5.0, threshold=0.5)))
print(
    np.array(keras.activations.elu(x, alpha=0.5)),
    np.array(keras.activations.gelu(x, approximate=True)),
)
print(keras.activations.get("relu").__name__, keras.activations.get(None).__name__)
