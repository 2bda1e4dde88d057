"""Numbers and categories in one model."""

import numpy as np
import pandas as pd
from steepest.keras import layers

import steepest as st
from steepest import keras

titanic = pd.DataFrame({
    "survived": [0, 1, 1, 0],
    "age": [22.0, 38.0, 26.0, 35.0],
    "fare": [7.25, 71.28, 7.9, 8.05],
    "sex": ["male", "female", "female", "male"],
})
titanic_features = titanic.copy()
titanic_labels = titanic_features.pop("survived")
inputs = {}
for name, column in titanic_features.items():
    dtype = "float32" if column.dtype.kind in "fi" else "string"
    inputs[name] = keras.Input(shape=(1,), name=name, dtype=dtype)
numeric_inputs = {name: x for name, x in inputs.items() if x.dtype == "float32"}
x = layers.Concatenate()(list(numeric_inputs.values()))
norm = layers.Normalization()
norm.adapt(np.array(titanic[list(numeric_inputs.keys())]))
preprocessed = [norm(x)]
lookup = layers.StringLookup(vocabulary=sorted(set(titanic_features["sex"])), output_mode="one_hot")
preprocessed.append(lookup(inputs["sex"]))
head = keras.Model(inputs, layers.Concatenate()(preprocessed))
features_dict = {name: np.array(value)[:, None] for name, value in titanic_features.items()}
features_dict["sex"] = features_dict["sex"].astype(str)
features_dict = {name: st.convert_to_tensor(value) for name, value in features_dict.items()}
print(head(features_dict).numpy())
model = keras.Model(inputs, layers.Dense(1, kernel_initializer="zeros")(head(inputs)))
model.compile(keras.optimizers.SGD(0.1), keras.losses.BinaryCrossentropy(from_logits=True))
print(
    model.fit(
        features_dict, titanic_labels.to_numpy()[:, None], epochs=3, shuffle=False, verbose=0
    ).history["loss"]
)
