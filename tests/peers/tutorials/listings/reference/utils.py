"""One-hot rows, normalised rows."""

import numpy as np

from steepest import keras

a = keras.utils.to_categorical([0, 1, 2, 3], num_classes=4)
print(a, keras.utils.to_categorical(np.array([[0], [2]])).tolist())
print(
    keras.utils.normalize(np.array([[3.0, 4.0], [0.0, 2.0]]), axis=-1),
    keras.utils.normalize([1.0, 2.0, 3.0], order=1),
)
print(keras.utils.pad_sequences([[1], [2, 3], [4, 5, 6]], maxlen=2))
keras.utils.set_random_seed(3)
first = np.random.rand(2), np.array(keras.random.uniform((2,)))
keras.utils.set_random_seed(3)
print(
    np.array_equal(first[0], np.random.rand(2)),
    np.array_equal(first[1], np.array(keras.random.uniform((2,)))),
)
print(
    np.array(keras.ops.one_hot(np.array([1, 0]), 2)),
    keras.utils.get_registered_name(keras.layers.Dense),
)
