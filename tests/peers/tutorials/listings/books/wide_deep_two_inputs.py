"""Features split over two paths."""

import numpy as np

from steepest import keras

input_A = keras.layers.Input(shape=[3], name="wide_input")
input_B = keras.layers.Input(shape=[4], name="deep_input")
hidden1 = keras.layers.Dense(
    5, activation="relu", kernel_initializer=keras.initializers.Constant(0.1)
)(input_B)
hidden2 = keras.layers.Dense(
    5, activation="relu", kernel_initializer=keras.initializers.Constant(0.2)
)(hidden1)
concat = keras.layers.concatenate([input_A, hidden2])
output = keras.layers.Dense(1, name="output", kernel_initializer="ones")(concat)
model = keras.models.Model(inputs=[input_A, input_B], outputs=[output])
model.compile(loss="mse", optimizer=keras.optimizers.SGD(learning_rate=1e-3))
X, y = np.linspace(0, 1, 60).reshape(12, 5), np.linspace(0, 3, 12)
X_A, X_B = X[:, :3], X[:, 1:]
history = model.fit(
    (X_A[:8], X_B[:8]),
    y[:8],
    epochs=3,
    shuffle=False,
    validation_data=((X_A[8:], X_B[8:]), y[8:]),
    verbose=0,
)
print(sorted(history.history.items()))
print(
    model.evaluate((X_A, X_B), y, verbose=0), model.predict((X_A[:2], X_B[:2]), verbose=0).ravel()
)
