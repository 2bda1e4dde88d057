"""A loop that stops by itself."""

import numpy as np

import steepest as st
from steepest import keras

model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
optimizer = keras.optimizers.SGD(0.2)
loss_fn = keras.losses.MeanSquaredError()
x = np.linspace(-1, 1, 8, dtype="float32")[:, None]
y = 2 * x + 0.5
best, wait, patience, epoch = np.inf, 0, 3, 0
while wait < patience and epoch < 200:
    with st.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply(grads, model.trainable_variables)
    if loss < best - 1e-3:
        best, wait = float(loss), 0
    else:
        wait += 1
    epoch += 1
print(epoch, best)
print(model.get_weights()[0], model.get_weights()[1])
