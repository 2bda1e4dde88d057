"""Values of `evaluate` by name."""

import numpy as np

from steepest import keras

model = keras.Sequential([
    keras.Input((2,)),
    keras.layers.Dense(1, activation="sigmoid", kernel_initializer="ones"),
])
model.compile(
    loss="binary_crossentropy",
    optimizer="adam",
    metrics=[
        "accuracy",
        keras.metrics.Precision(name="precision"),
        keras.metrics.Recall(name="recall"),
        keras.metrics.AUC(name="auc"),
    ],
)
x = np.array([[0.5, 0.1], [-0.3, -0.4], [0.2, -0.6], [0.9, 0.8]])
results = model.evaluate(x, np.array([1, 0, 1, 1]), return_dict=True, verbose=0)
for name in sorted(results):
    print(name, results[name])
