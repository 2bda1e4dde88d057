"""Digits from pixels."""

import numpy as np
from steepest.keras import layers

from steepest import keras

train_images = np.random.RandomState(3).randint(0, 256, size=(60, 28, 28)).astype("uint8")
train_labels = np.arange(60) % 10
train_images = train_images.reshape((60, 28 * 28)).astype("float32") / 255
model = keras.Sequential([
    layers.Dense(32, activation="relu"),
    layers.Dense(10, activation="softmax"),
])
model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.build((None, 784))
model.set_weights([np.sin(np.arange(w.size)).reshape(w.shape) * 0.05 for w in model.get_weights()])
history = model.fit(train_images, train_labels, epochs=2, batch_size=16, shuffle=False, verbose=0)
print(history.history["loss"])
predictions = model.predict(train_images[0:3], verbose=0)
print(predictions[0].argmax(), predictions[0].shape)
