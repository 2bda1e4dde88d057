"""The best weights of a training."""

import os

import numpy as np

from steepest import keras

x, y = np.linspace(-1, 1, 16)[:, None], np.linspace(3, -1, 16)[:, None]
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(keras.optimizers.SGD(0.2), "mse")
checkpoint_filepath = "checkpoint.weights.h5"
model_checkpoint_callback = keras.callbacks.ModelCheckpoint(
    filepath=checkpoint_filepath,
    save_weights_only=True,
    monitor="val_loss",
    mode="min",
    save_best_only=True,
)
full = keras.callbacks.ModelCheckpoint("model.keras", monitor="loss", save_best_only=True)
model.fit(
    x,
    y,
    epochs=3,
    validation_split=0.25,
    shuffle=False,
    verbose=0,
    callbacks=[model_checkpoint_callback, full],
)
print(sorted(os.listdir(".")) == sorted({*os.listdir("."), "checkpoint.weights.h5", "model.keras"}))
weights = model.get_weights()
model.set_weights([np.zeros((1, 1)), np.zeros(1)])
model.load_weights(checkpoint_filepath)
print(model.get_weights()[0], model.get_weights()[1])
print(keras.models.load_model("model.keras").predict(x[:1], verbose=0))
