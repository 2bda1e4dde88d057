"""A copy with new weights."""

import numpy as np

from steepest import keras

model = keras.Sequential([
    keras.Input((3,)),
    keras.layers.Dense(2, kernel_initializer="ones", bias_initializer="ones"),
])
model.set_weights([np.full((3, 2), 5.0), np.zeros(2)])
new_model = keras.models.clone_model(model)
print(new_model.get_weights()[0][0], model.get_weights()[0][0])
new_model.set_weights(model.get_weights())
print(new_model.predict(np.ones((1, 3)), verbose=0))
new_model.layers[0].trainable = False
print(len(new_model.trainable_weights), len(model.trainable_weights))
