"""`steps_per_epoch` over a pipeline that repeats."""

import numpy as np

import steepest as st
from steepest import keras

x = np.arange(12.0).reshape(12, 1) / 12
train = st.data.Dataset.from_tensor_slices((x, 2 * x)).batch(4).repeat()
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(optimizer=keras.optimizers.SGD(0.5), loss="mse")
history = model.fit(train, epochs=2, steps_per_epoch=5, verbose=0)
print(history.history["loss"])
print(int(model.optimizer.iterations))
print(model.evaluate(train, steps=2, verbose=0))
print(model.get_weights()[0])
