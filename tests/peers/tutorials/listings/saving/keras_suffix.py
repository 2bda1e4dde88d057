"""A file with the ending `.keras`."""

import os

import numpy as np

import steepest as keras

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
model.save("path_to_my_model.keras")
del model
print(os.path.exists("path_to_my_model.keras"))
model = keras.models.load_model("path_to_my_model.keras", compile=False)
print(model.predict(np.array([[3.0, 4.0]]), verbose=0), len(model.layers))
keras.saving.save_model(model, "again.keras")
print(keras.saving.load_model("again.keras").count_params())
