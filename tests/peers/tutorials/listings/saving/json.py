"""The architecture as JSON."""

import json

import numpy as np

from steepest import keras

model = keras.Sequential([
    keras.Input((3,)),
    keras.layers.Dense(4, activation="relu"),
    keras.layers.Dense(1),
])
json_config = model.to_json()
print(json.loads(json_config)["class_name"])
new_model = keras.models.model_from_json(json_config)
new_model.set_weights([np.full(w.shape, 0.5) for w in new_model.get_weights()])
print(new_model.predict(np.array([[1.0, 2.0, 3.0]]), verbose=0), new_model.count_params())
