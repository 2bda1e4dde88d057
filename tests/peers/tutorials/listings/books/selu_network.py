"""A network that normalises itself."""

import numpy as np

from steepest import keras

keras.utils.set_random_seed(42)
model = keras.models.Sequential()
model.add(keras.Input((100,)))
for _ in range(20):
    model.add(keras.layers.Dense(100, activation="selu", kernel_initializer="lecun_normal"))
Z = np.random.RandomState(0).normal(size=(500, 100))
out = model.predict(Z, verbose=0)
print(abs(out.mean()) < 0.2, 0.7 < out.std() < 1.3)
dropout = keras.layers.AlphaDropout(rate=0.1)
print(abs(dropout(Z.astype("float32"), training=True).numpy().std() - 1) < 0.1)
print(keras.activations.selu(np.array([-1.0, 0.0, 1.0], "float32")).numpy())
