"""Many classes of newswires."""

import numpy as np
from steepest.keras.utils import to_categorical

from steepest import keras

x_train = (np.random.RandomState(1).rand(40, 20) > 0.7).astype("float32")
train_labels = np.arange(40) % 6
y_train = to_categorical(train_labels)
print(y_train.shape, y_train[:2])
model = keras.Sequential([
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(6, activation="softmax"),
])
model.build((None, 20))
model.set_weights([np.cos(np.arange(w.size)).reshape(w.shape) * 0.3 for w in model.get_weights()])
top_3_accuracy = keras.metrics.TopKCategoricalAccuracy(k=3, name="top_3_accuracy")
model.compile(
    optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy", top_3_accuracy]
)
print(
    sorted(
        model.fit(
            x_train, y_train, epochs=3, batch_size=8, shuffle=False, verbose=0
        ).history.items()
    )
)
predictions = model.predict(x_train, verbose=0)
print(predictions[0].shape, np.sum(predictions[0]), np.argmax(predictions[0]))
model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
print(model.evaluate(x_train, train_labels, verbose=0))
