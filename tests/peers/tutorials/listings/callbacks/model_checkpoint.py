"""One file per epoch."""

import os

import numpy as np

from steepest import keras

model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(keras.optimizers.SGD(0.1), "mse")
os.mkdir("ckpt")
callbacks = [
    keras.callbacks.ModelCheckpoint(
        filepath="ckpt/mymodel_{epoch}.weights.h5", save_weights_only=True, save_freq="epoch"
    )
]
x = np.linspace(0, 1, 8)[:, None]
model.fit(x, 2 * x, epochs=3, shuffle=False, verbose=0, callbacks=callbacks)
print([name.split(".")[0] for name in sorted(os.listdir("ckpt"))])
model.load_weights("ckpt/mymodel_1.weights.h5")
print(model.get_weights()[0])
model.load_weights("ckpt/mymodel_3.weights.h5")
print(model.get_weights()[0])
