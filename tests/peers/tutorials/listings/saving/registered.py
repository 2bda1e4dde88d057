"""A custom layer that is registered."""

import numpy as np

from steepest import keras


@keras.saving.register_keras_serializable(package="MyLayers")
class CustomLayer(keras.layers.Layer):
    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, x):
        return x * self.factor

    def get_config(self):
        config = super().get_config()
        config.update({"factor": self.factor})
        return config


@keras.saving.register_keras_serializable(package="my_package", name="custom_fn")
def custom_fn(x):
    return x**2


inputs = keras.Input(shape=(4,))
x = CustomLayer(2)(inputs)
model = keras.Model(
    inputs, keras.layers.Dense(1, activation=custom_fn, kernel_initializer="ones")(x)
)
model.compile(loss="mse")
model.save("custom_model.keras")
reconstructed = keras.models.load_model("custom_model.keras")
print(reconstructed.predict(np.array([[1.0, 2.0, 3.0, 4.0]]), verbose=0))
