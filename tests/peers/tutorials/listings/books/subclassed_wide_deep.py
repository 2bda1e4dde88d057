"""The same as a class."""

import numpy as np

import steepest as st


class WideAndDeepModel(st.keras.Model):
    def __init__(self, units=30, activation="relu", **kwargs):
        super().__init__(**kwargs)
        self.norm_layer_wide = st.keras.layers.Normalization()
        self.norm_layer_deep = st.keras.layers.Normalization()
        self.hidden1 = st.keras.layers.Dense(
            units, activation=activation, kernel_initializer=st.keras.initializers.Constant(0.1)
        )
        self.main_output = st.keras.layers.Dense(1, kernel_initializer="ones")
        self.aux_output = st.keras.layers.Dense(1, kernel_initializer="ones")

    def call(self, inputs):
        input_wide, input_deep = inputs
        norm_deep = self.norm_layer_deep(input_deep)
        hidden1 = self.hidden1(norm_deep)
        concat = st.keras.layers.concatenate([self.norm_layer_wide(input_wide), hidden1])
        return self.main_output(concat), self.aux_output(hidden1)


A, B, y = (
    np.linspace(0, 1, 16).reshape(8, 2),
    np.linspace(-1, 1, 24).reshape(8, 3),
    np.linspace(0, 2, 8)[:, None],
)
model = WideAndDeepModel(5, activation="relu", name="my_cool_model")
model.compile(loss=["mse", "mse"], loss_weights=[0.9, 0.1], optimizer="sgd")
model.norm_layer_wide.adapt(A)
model.norm_layer_deep.adapt(B)
print(model.fit((A, B), (y, y), epochs=2, batch_size=4, shuffle=False, verbose=0).history["loss"])
print(model.predict((A[:1], B[:1]), verbose=0))
