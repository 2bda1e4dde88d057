"""Features normalised by their statistics."""

import numpy as np
from steepest.keras import layers

data = np.array([[0.1, 0.2, 0.3], [0.8, 0.9, 1.0], [1.5, 1.6, 1.7]])
layer = layers.Normalization()
layer.adapt(data)
normalized_data = layer(data)
print("Features mean: %.2f" % abs(normalized_data.numpy().mean()))
print("Features std: %.2f" % normalized_data.numpy().std())
print(layer.mean.numpy(), layer.variance.numpy())
one = layers.Normalization(axis=None)
one.adapt(np.array([1.0, 2.0, 3.0, 4.0]))
print(one(np.array([1.0, 4.0])).numpy())
