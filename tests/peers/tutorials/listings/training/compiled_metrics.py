"""Names in `metrics_names`."""

import numpy as np

from steepest import keras

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
model.compile("sgd", "mse", metrics=["mae", keras.metrics.RootMeanSquaredError(name="rmse")])
model.fit(np.ones((2, 2)), np.zeros((2, 1)), verbose=0)
print(model.metrics_names)
print([metric.name for metric in model.metrics])
print([float(metric.result()) for metric in model.metrics if metric.name == "loss"])
for metric in model.metrics:
    metric.reset_state()
print(model.loss, model.optimizer.name)
