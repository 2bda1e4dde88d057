"""The average of three models."""

import numpy as np
from steepest.keras import layers

from steepest import keras


def get_model(value):
    inputs = keras.Input(shape=(5,))
    outputs = layers.Dense(1, kernel_initializer=keras.initializers.Constant(value))(inputs)
    return keras.Model(inputs, outputs)


model1, model2, model3 = get_model(0.1), get_model(0.2), get_model(0.6)
inputs = keras.Input(shape=(5,))
y1, y2, y3 = model1(inputs), model2(inputs), model3(inputs)
outputs = layers.average([y1, y2, y3])
ensemble_model = keras.Model(inputs=inputs, outputs=outputs)
print(ensemble_model.predict(np.ones((2, 5)), verbose=0))
print(len(ensemble_model.weights))
