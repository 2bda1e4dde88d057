"""A classifier of clothes."""

import numpy as np

from steepest import keras

X_train_full = np.random.RandomState(5).randint(0, 256, (50, 8, 8)).astype("uint8")
y_train_full = (X_train_full[:, :4].mean(axis=(1, 2)) > 127).astype("int64") + (
    X_train_full[:, 4:].mean(axis=(1, 2)) > 127
)
X_valid, X_train = X_train_full[:10] / 255.0, X_train_full[10:] / 255.0
y_valid, y_train = y_train_full[:10], y_train_full[10:]
model = keras.models.Sequential()
model.add(keras.layers.Flatten(input_shape=[8, 8]))
model.add(keras.layers.Dense(30, activation="relu"))
model.add(keras.layers.Dense(10, activation="relu"))
model.add(keras.layers.Dense(3, activation="softmax"))
hidden1 = model.layers[1]
print(model.get_layer(hidden1.name) is hidden1)
weights, biases = hidden1.get_weights()
print(weights.shape, biases.shape)
model.set_weights([np.sin(np.arange(w.size)).reshape(w.shape) * 0.1 for w in model.get_weights()])
model.compile(loss="sparse_categorical_crossentropy", optimizer="sgd", metrics=["accuracy"])
history = model.fit(
    X_train, y_train, epochs=3, shuffle=False, validation_data=(X_valid, y_valid), verbose=0
)
print(history.params["steps"], history.epoch, sorted(history.history))
print(history.history["loss"], history.history["val_loss"])
y_proba = model.predict(X_valid[:3], verbose=0)
print(y_proba.round(3), np.argmax(y_proba, axis=1))
