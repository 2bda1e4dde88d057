"""Values of penalties."""

import numpy as np

from steepest import keras

x = np.array([[1.0, -2.0], [0.5, 3.0]], "float32")
for regularizer in (
    keras.regularizers.L1(0.1),
    keras.regularizers.L2(0.1),
    keras.regularizers.L1L2(l1=0.1, l2=0.2),
    keras.regularizers.OrthogonalRegularizer(0.1),
    keras.regularizers.get("l2"),
):
    print(type(regularizer).__name__, float(regularizer(x)))
layer = keras.layers.Dense(
    5,
    kernel_initializer="ones",
    kernel_regularizer=keras.regularizers.L1(0.01),
    activity_regularizer=keras.regularizers.L2(0.01),
)
out = layer(np.ones(shape=(5, 5)) * 2.0)
print([float(loss) for loss in layer.losses], float(np.sum(layer.losses)))
print(
    keras.regularizers.L2(0.3).get_config(),
    keras.regularizers.serialize(keras.regularizers.L1(0.5))["class_name"],
)
