"""Classes of unequal size."""

import numpy as np

from steepest import keras

rng = np.random.RandomState(0)
x = rng.normal(size=(60, 3))
y = (x[:, 0] > 1).astype("int64")[:, None]
neg, pos = np.bincount(y[:, 0])
print(neg, pos)
initial_bias = np.log([pos / neg])
model = keras.Sequential([
    keras.Input((3,)),
    keras.layers.Dense(
        1,
        activation="sigmoid",
        kernel_initializer="zeros",
        bias_initializer=keras.initializers.Constant(float(initial_bias[0])),
    ),
])
metrics = [
    keras.metrics.TruePositives(name="tp"),
    keras.metrics.FalsePositives(name="fp"),
    keras.metrics.TrueNegatives(name="tn"),
    keras.metrics.FalseNegatives(name="fn"),
    keras.metrics.BinaryAccuracy(name="accuracy"),
    keras.metrics.AUC(name="prc", curve="PR"),
]
model.compile(keras.optimizers.Adam(0.1), keras.losses.BinaryCrossentropy(), metrics=metrics)
print(model.evaluate(x, y, verbose=0)[0])
weight = {0: (1 / neg) * (len(y) / 2.0), 1: (1 / pos) * (len(y) / 2.0)}
model.fit(x, y, batch_size=20, epochs=5, class_weight=weight, shuffle=False, verbose=0)
print(sorted(model.evaluate(x, y, verbose=0, return_dict=True).items()))
