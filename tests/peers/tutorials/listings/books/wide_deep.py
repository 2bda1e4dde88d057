"""A wide and a deep path."""

import numpy as np

from steepest import keras

input_ = keras.layers.Input(shape=(4,))
hidden1 = keras.layers.Dense(
    6, activation="relu", kernel_initializer=keras.initializers.Constant(0.1)
)(input_)
hidden2 = keras.layers.Dense(
    6, activation="relu", kernel_initializer=keras.initializers.Constant(0.1)
)(hidden1)
concat = keras.layers.Concatenate()([input_, hidden2])
output = keras.layers.Dense(1, kernel_initializer="ones")(concat)
model = keras.Model(inputs=[input_], outputs=[output])
model.compile(loss="mean_squared_error", optimizer=keras.optimizers.SGD(learning_rate=1e-3))
X, y = np.linspace(0, 2, 40).reshape(10, 4), np.linspace(1, 3, 10)
print(model.fit(X, y, epochs=3, shuffle=False, verbose=0).history["loss"])
print(model.evaluate(X, y, verbose=0), model.predict(X[:2], verbose=0))
