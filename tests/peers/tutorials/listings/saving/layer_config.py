"""A layer from its configuration."""

import numpy as np

from steepest import keras

layer = keras.layers.Dense(
    3, activation="relu", kernel_initializer="ones", kernel_regularizer=keras.regularizers.L2(0.01)
)
layer_config = layer.get_config()
print(layer_config["units"], layer_config["activation"], layer_config["use_bias"])
new_layer = keras.layers.Dense.from_config(layer_config)
print(new_layer(np.ones((1, 2))).numpy())
print(float(new_layer.losses[0]))
config = keras.optimizers.Adam(0.01, beta_1=0.8).get_config()
print(config["learning_rate"], config["beta_1"], config["epsilon"])
print(keras.optimizers.Adam.from_config(config).beta_1)
