"""Predictions averaged over masks."""

import numpy as np

from steepest import keras


class MCDropout(keras.layers.Dropout):
    def call(self, inputs, training=None):
        return super().call(inputs, training=True)


keras.utils.set_random_seed(3)
model = keras.Sequential([
    keras.Input((50,)),
    keras.layers.Dropout(0.5),
    keras.layers.Dense(1, kernel_initializer=keras.initializers.Constant(0.02)),
])
X = np.ones((4, 50), "float32")
y_probas = np.stack([model(X, training=True) for sample in range(200)])
print(y_probas.shape, abs(y_probas.mean() - 1) < 0.05, y_probas.std() > 0.05)
print(model.predict(X, verbose=0).ravel())
mc_model = keras.Sequential([
    MCDropout(0.5) if isinstance(layer, keras.layers.Dropout) else layer for layer in model.layers
])
print(abs(np.mean([mc_model.predict(X[:1], verbose=0) for sample in range(50)]) - 1) < 0.2)
