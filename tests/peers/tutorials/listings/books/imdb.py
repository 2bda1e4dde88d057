"""Two classes of film reviews."""

import numpy as np
from steepest.keras import layers

from steepest import keras

rng = np.random.RandomState(0)
train_data = [rng.randint(1, 50, size=rng.randint(5, 12)).tolist() for _ in range(30)]
train_labels = np.array([int(max(row) > 45) for row in train_data])


def vectorize_sequences(sequences, dimension=50):
    results = np.zeros((len(sequences), dimension))
    for i, sequence in enumerate(sequences):
        for j in sequence:
            results[i, j] = 1.0
    return results


x_train = vectorize_sequences(train_data)
y_train = np.asarray(train_labels).astype("float32")
model = keras.Sequential([
    layers.Dense(16, activation="relu"),
    layers.Dense(16, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.build((None, 50))
model.set_weights([np.sin(np.arange(w.size)).reshape(w.shape) * 0.3 for w in model.get_weights()])
model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(
    x_train[10:],
    y_train[10:],
    epochs=4,
    batch_size=10,
    validation_data=(x_train[:10], y_train[:10]),
    shuffle=False,
    verbose=0,
)
history_dict = history.history
print(sorted(history_dict))
print(history_dict["loss"], history_dict["val_loss"])
print(model.predict(x_train[:3], verbose=0).ravel())
