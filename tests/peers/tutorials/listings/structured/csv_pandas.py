"""A frame of numbers."""

import numpy as np
import pandas as pd

import steepest as st
from steepest import keras

frame = pd.DataFrame({
    "length": [0.4, 0.5, 0.3, 0.6],
    "height": [0.1, 0.2, 0.1, 0.3],
    "age": [9.0, 12.0, 7.0, 15.0],
})
features = frame.copy()
labels = features.pop("age")
features = np.array(features)
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
model.compile(loss=keras.losses.MeanSquaredError(), optimizer=keras.optimizers.Adam())
print(model.fit(features, labels, epochs=3, verbose=0, shuffle=False).history["loss"])
x = frame[["length", "height"]]
print(model.predict(st.convert_to_tensor(x, dtype=st.float32), verbose=0).ravel())
print(model.fit(x, frame["age"], epochs=2, verbose=0, shuffle=False).history["loss"])
