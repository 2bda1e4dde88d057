"""The output of a layer in the middle."""

import numpy as np

from steepest import keras

inputs = keras.Input(shape=(2,))
x = keras.layers.Dense(3, activation="sigmoid", name="features", kernel_initializer="ones")(inputs)
outputs = keras.layers.Dense(1, name="head", kernel_initializer="ones")(x)
model = keras.Model(inputs, outputs)
features_list = [layer.output for layer in model.layers]
feature_model = keras.Model(inputs=model.input, outputs=features_list)
for value in feature_model(np.array([[0.5, -1.0]])):
    print(np.array(value).tolist())
partial = keras.Model(model.input, model.get_layer("features").output)
print(partial.predict(np.zeros((1, 2)), verbose=0))
