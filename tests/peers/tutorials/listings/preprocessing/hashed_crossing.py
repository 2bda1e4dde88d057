"""Pairs of features."""

import numpy as np
from steepest.keras import layers

layer = layers.HashedCrossing(num_bins=5)
feat1 = np.array(["A", "B", "A", "B", "A"])
feat2 = np.array([101, 101, 101, 102, 102])
print(layer((feat1, feat2)).numpy())
one_hot = layers.HashedCrossing(num_bins=5, output_mode="one_hot")
print(one_hot((feat1, feat2)).numpy())
