"""A pipeline of dictionaries."""

import numpy as np
from steepest.keras import layers

import steepest as st
from steepest import keras

table = {"a": np.linspace(0, 1, 6), "b": np.linspace(1, -1, 6)}
target = np.arange(6) % 2
ds = st.data.Dataset.from_tensor_slices((table, target)).batch(3)
[(train_features, label_batch)] = ds.take(1)
print(sorted(train_features), train_features["a"].numpy(), label_batch.numpy())
a = keras.Input(shape=(1,), name="a")
b = keras.Input(shape=(1,), name="b")
output = layers.Dense(1, kernel_initializer="ones")(layers.concatenate([a, b]))
model = keras.Model({"a": a, "b": b}, output)
model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
print(sorted(model.fit(ds, epochs=2, verbose=0).history.items()))
