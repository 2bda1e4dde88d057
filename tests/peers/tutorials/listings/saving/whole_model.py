"""A model saved and loaded."""

import numpy as np

from steepest import keras


def get_model():
    inputs = keras.Input(shape=(4,))
    outputs = keras.layers.Dense(1, kernel_initializer="ones")(inputs)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(), loss="mean_squared_error")
    return model


model = get_model()
test_input = np.linspace(0, 1, 32).reshape(8, 4)
test_target = np.linspace(-1, 1, 8)[:, None]
model.fit(test_input, test_target, verbose=0)
model.save("my_model.keras")
reconstructed_model = keras.models.load_model("my_model.keras")
np.testing.assert_allclose(
    model.predict(test_input, verbose=0), reconstructed_model.predict(test_input, verbose=0)
)
print(reconstructed_model.predict(test_input[:2], verbose=0))
