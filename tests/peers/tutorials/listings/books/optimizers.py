"""Momentum, Nesterov, RMSprop, Adam and others."""

import numpy as np

from steepest import keras

X, y = np.linspace(-1, 1, 20).reshape(10, 2), np.linspace(0, 2, 10) ** 2
for optimizer in (
    keras.optimizers.SGD(learning_rate=0.01, momentum=0.9),
    keras.optimizers.SGD(learning_rate=0.01, momentum=0.9, nesterov=True),
    keras.optimizers.RMSprop(learning_rate=0.01, rho=0.9),
    keras.optimizers.Adam(learning_rate=0.01, beta_1=0.9, beta_2=0.999),
    keras.optimizers.Adamax(learning_rate=0.01),
    keras.optimizers.Nadam(learning_rate=0.01),
    keras.optimizers.Adagrad(learning_rate=0.01),
    keras.optimizers.AdamW(weight_decay=1e-2, learning_rate=0.01),
    keras.optimizers.Adadelta(1.0),
    keras.optimizers.Ftrl(0.1),
    keras.optimizers.Lion(0.01),
):
    model = keras.Sequential([
        keras.Input((2,)),
        keras.layers.Dense(3, "tanh", kernel_initializer=keras.initializers.Constant(0.5)),
        keras.layers.Dense(1, kernel_initializer="ones"),
    ])
    model.compile(loss="mse", optimizer=optimizer)
    print(
        type(optimizer).__name__,
        model.fit(X, y, epochs=5, batch_size=5, shuffle=False, verbose=0).history["loss"][-1],
    )
