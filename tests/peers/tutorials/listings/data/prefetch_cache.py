"""`cache` and `prefetch`."""

import numpy as np

import steepest as st
from steepest import keras

AUTOTUNE = st.data.AUTOTUNE
x, y = np.linspace(0, 1, 12).reshape(6, 2), np.arange(6) % 2
ds = st.data.Dataset.from_tensor_slices((x, y))
ds = ds.cache().batch(2).prefetch(buffer_size=AUTOTUNE)
options = st.data.Options()
options.deterministic = True
ds = ds.with_options(options)
model = keras.Sequential([
    keras.Input((2,)),
    keras.layers.Dense(1, activation="sigmoid", kernel_initializer="zeros"),
])
model.compile("sgd", "binary_crossentropy")
print(model.fit(ds, epochs=2, verbose=0).history["loss"])
print([b.numpy().tolist() for a, b in ds])
