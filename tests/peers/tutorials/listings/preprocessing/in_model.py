"""A preprocessing layer inside a model."""

import numpy as np
from steepest.keras import layers

from steepest import keras

x_train = np.arange(24.0).reshape(8, 3)
y_train = x_train.sum(axis=1) / 30
normalizer = layers.Normalization()
normalizer.adapt(x_train)
inputs = keras.Input(shape=(3,))
x = normalizer(inputs)
outputs = layers.Dense(1, kernel_initializer="zeros")(x)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
print(model.fit(x_train, y_train, epochs=3, batch_size=4, shuffle=False, verbose=0).history["loss"])
print(model.predict(x_train[:2], verbose=0), len(model.trainable_weights))
