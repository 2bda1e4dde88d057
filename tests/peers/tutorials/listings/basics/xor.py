"""Exclusive or."""

import numpy as np
from steepest.keras.layers import Activation, Dense
from steepest.keras.models import Sequential
from steepest.keras.optimizers import SGD

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
y = np.array([[0], [1], [1], [0]])
model = Sequential()
model.add(Dense(4, input_dim=2))
model.add(Activation("tanh"))
model.add(Dense(1))
model.add(Activation("sigmoid"))
model.set_weights([np.cos(3 * np.arange(w.size) + 1).reshape(w.shape) for w in model.get_weights()])
model.compile(loss="binary_crossentropy", optimizer=SGD(learning_rate=0.5))
history = model.fit(X, y, batch_size=1, epochs=60, shuffle=False, verbose=0)
print(history.history["loss"][0], history.history["loss"][-1])
print((model.predict(X, verbose=0) > 0.5).astype("int32").ravel())
