"""A model as a class."""

import numpy as np
from steepest.keras import Model
from steepest.keras.layers import Dense

import steepest as st


class MyModel(Model):
    def __init__(self):
        super().__init__()
        self.d1 = Dense(4, activation="relu", kernel_initializer="ones")
        self.d2 = Dense(2, kernel_initializer="ones")

    def call(self, x):
        x = self.d1(x)
        return self.d2(x)


model = MyModel()
print(model(st.constant([[1.0, -0.5]])).numpy())
model.compile(optimizer="sgd", loss="mse", metrics=["mae"])
history = model.fit(np.ones((4, 2)), np.ones((4, 2)), epochs=2, batch_size=2, verbose=0)
print(history.history["loss"], history.history["mae"])
print(len(model.layers), len(model.trainable_variables))
