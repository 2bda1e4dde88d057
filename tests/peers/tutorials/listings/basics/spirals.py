"""Three classes in a plane."""

import numpy as np
from steepest.keras.layers import Dense
from steepest.keras.models import Sequential
from steepest.keras.optimizers import Adam
from steepest.keras.utils import to_categorical

points, classes = 20, 3
x, y = np.zeros((points * classes, 2)), np.zeros(points * classes, dtype="uint8")
for j in range(classes):
    r = np.linspace(0.0, 1, points)
    t = np.linspace(j * 4, (j + 1) * 4, points)
    x[j * points : (j + 1) * points] = np.c_[r * np.sin(t), r * np.cos(t)]
    y[j * points : (j + 1) * points] = j
model = Sequential()
model.add(Dense(12, input_dim=2, activation="tanh"))
model.add(Dense(3, activation="softmax"))
model.set_weights([np.cos(np.arange(w.size)).reshape(w.shape) for w in model.get_weights()])
model.compile(
    loss="categorical_crossentropy", optimizer=Adam(learning_rate=0.05), metrics=["accuracy"]
)
history = model.fit(x, to_categorical(y), epochs=8, batch_size=60, verbose=0)
print(history.history["loss"])
print(np.argmax(model.predict(x[:4], verbose=0), axis=1))
