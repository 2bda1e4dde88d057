"""A subclass of `Loss`."""

import numpy as np

import steepest as st
from steepest import keras


class CustomMSE(keras.losses.Loss):
    def __init__(self, regularization_factor=0.1, name="custom_mse"):
        super().__init__(name=name)
        self.regularization_factor = regularization_factor

    def call(self, y_true, y_pred):
        mse = st.math.reduce_mean(st.square(y_true - y_pred), axis=-1)
        reg = st.math.reduce_mean(st.square(0.5 - y_pred), axis=-1)
        return mse + reg * self.regularization_factor


loss = CustomMSE()
print(loss.name, float(loss(np.array([[1.0, 0.0]]), np.array([[0.5, 0.25]]))))
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, kernel_initializer="zeros")])
model.compile(optimizer=keras.optimizers.SGD(0.1), loss=loss)
x, y = np.linspace(0, 1, 18).reshape(6, 3), np.eye(2)[[0, 1, 0, 1, 1, 0]]
print(model.fit(x, y, batch_size=2, epochs=2, shuffle=False, verbose=0).history["loss"])
