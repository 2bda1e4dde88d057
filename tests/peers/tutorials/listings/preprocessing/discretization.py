"""Numbers in bins."""

import numpy as np
from steepest.keras import layers

data = np.array([[-1.5, 1.0, 3.4, 0.5], [0.0, 3.0, 1.3, 0.0]])
layer = layers.Discretization(bin_boundaries=[0.0, 1.0, 2.0])
print(layer(data).numpy())
one_hot = layers.Discretization(bin_boundaries=[0.0, 1.0], output_mode="one_hot")
print(one_hot(np.array([[-0.5], [0.5], [7.0]])).numpy())
learned = layers.Discretization(num_bins=4)
learned.adapt(np.arange(100.0)[:, None])
print(learned(np.array([[10.0], [30.0], [60.0], [90.0]])).numpy().ravel())
