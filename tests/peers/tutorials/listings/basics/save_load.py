"""A model saved after training."""

import os

import numpy as np

import steepest as st
from steepest import keras


def create_model():
    model = keras.Sequential([
        keras.Input((9,)),
        keras.layers.Dense(
            6, activation="relu", kernel_initializer=keras.initializers.Constant(0.1)
        ),
        keras.layers.Dense(3, kernel_initializer="zeros"),
    ])
    model.compile(
        optimizer="adam",
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[keras.metrics.SparseCategoricalAccuracy()],
    )
    return model


x, y = np.linspace(0, 1, 90).reshape(10, 9), np.arange(10) % 3
model = create_model()
checkpoint_path = "training_1/cp.weights.h5"
os.makedirs(os.path.dirname(checkpoint_path))
cp_callback = keras.callbacks.ModelCheckpoint(
    filepath=checkpoint_path, save_weights_only=True, verbose=0
)
model.fit(x, y, epochs=3, shuffle=False, validation_data=(x, y), callbacks=[cp_callback], verbose=0)
fresh = create_model()
loss, acc = fresh.evaluate(x, y, verbose=0)
print("Untrained model, loss: {:.4f}, accuracy: {:5.2f}%".format(loss, 100 * acc))
fresh.load_weights(checkpoint_path)
print(fresh.evaluate(x, y, verbose=0))
fresh.save("my_model.keras")
new_model = st.keras.models.load_model("my_model.keras")
print(new_model.evaluate(x, y, verbose=0), new_model.predict(x, verbose=0).shape)
