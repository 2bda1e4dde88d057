"""`update_state`, `result`, `reset_state`."""

import numpy as np

from steepest import keras

m = keras.metrics.Mean(name="average")
m.update_state([1, 3, 5, 7])
print(float(m.result()))
m.reset_state()
m.update_state([1, 3, 5, 7], sample_weight=[1, 1, 0, 0])
print(float(m.result()), m.name, m.dtype)
total = keras.metrics.Sum()
for value in (1.0, 2.0, 3.0):
    total.update_state(value)
print(total.result().numpy(), len(m.variables), [float(v.numpy()) for v in m.variables])
print(
    float(m(np.array([10.0]))),
    float(
        keras.metrics.MeanMetricWrapper(lambda a, b: abs(a - b))(
            np.array([1.0, 2.0]), np.array([1.5, 4.0])
        )
    ),
)
metric = keras.metrics.get("mae")
print(float(np.mean(metric(np.array([[1.0]]), np.array([[3.0]])))))
