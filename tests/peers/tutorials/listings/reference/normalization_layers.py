"""Layer and unit normalisation."""

import numpy as np
from steepest.keras import layers

x = np.arange(10.0).reshape(5, 2) * 10
print(
    layers.LayerNormalization(axis=1)(x).numpy()[0],
    layers.LayerNormalization(epsilon=1.0, center=False)(x).numpy()[3],
)
print(
    layers.BatchNormalization()(x, training=True).numpy()[0],
    layers.BatchNormalization()(x, training=False).numpy()[1],
)
print(layers.GroupNormalization(groups=2)(np.arange(8.0).reshape(2, 4)).numpy()[0])
print(layers.UnitNormalization()(x).numpy()[1], layers.RMSNormalization()(x).numpy()[1])
layer = layers.BatchNormalization(momentum=0.5)
for _ in range(3):
    layer(x, training=True)
print(layer.moving_mean.numpy(), layer.moving_variance.numpy(), layer(x).numpy()[0])
print(len(layer.trainable_weights), len(layer.non_trainable_weights))
