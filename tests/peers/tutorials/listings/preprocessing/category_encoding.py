"""One-hot, multi-hot and counts."""

import numpy as np
from steepest.keras import layers

one_hot = layers.CategoryEncoding(num_tokens=4, output_mode="one_hot")
print(one_hot(np.array([3, 2, 0, 1])).numpy())
multi_hot = layers.CategoryEncoding(num_tokens=4, output_mode="multi_hot")
print(multi_hot(np.array([[0, 1], [0, 0], [1, 2], [3, 1]])).numpy())
count = layers.CategoryEncoding(num_tokens=4, output_mode="count")
weights = np.array([[0.1, 0.2], [0.1, 0.1], [0.2, 0.3], [0.4, 0.2]])
print(count(np.array([[0, 1], [0, 0], [1, 2], [3, 1]]), count_weights=weights).numpy())
