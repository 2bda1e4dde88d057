"""ELU, SELU, leaky ReLU, Swish."""

import numpy as np

from steepest import keras

x = np.array([[-3.0, -1.0, -0.1, 0.0, 0.5, 2.0]], "float32")
for activation in (
    "elu",
    "selu",
    "swish",
    "gelu",
    "softplus",
    "softsign",
    "relu",
    "tanh",
    "sigmoid",
    "exponential",
    "hard_sigmoid",
    "mish",
    "leaky_relu",
):
    print(activation, keras.layers.Activation(activation)(x).numpy())
print(keras.layers.LeakyReLU(negative_slope=0.2)(x).numpy())
print(
    keras.layers.PReLU(alpha_initializer="ones")(x).numpy(), keras.layers.ELU(alpha=0.5)(x).numpy()
)
print(keras.layers.ReLU(max_value=1.0, threshold=0.2)(x).numpy(), keras.layers.Softmax()(x).numpy())
model = keras.Sequential([
    keras.Input((6,)),
    keras.layers.Dense(2, kernel_initializer="ones", activation=keras.activations.selu),
    keras.layers.LeakyReLU(),
])
print(model(x).numpy())
