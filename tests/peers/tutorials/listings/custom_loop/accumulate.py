"""Gradients summed over batches."""

import numpy as np

import steepest as st
from steepest import keras

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
optimizer = keras.optimizers.SGD(0.1)
x, y = np.linspace(0, 1, 16).reshape(8, 2).astype("float32"), np.zeros((8, 1), "float32")
total = [st.Variable(st.zeros(w.shape)) for w in model.trainable_variables]
for start in range(0, 8, 2):
    with st.GradientTape() as tape:
        loss = (
            st.reduce_sum(
                keras.losses.mean_squared_error(y[start : start + 2], model(x[start : start + 2]))
            )
            / 8
        )
    for variable, gradient in zip(total, tape.gradient(loss, model.trainable_variables)):
        variable.assign_add(gradient)
optimizer.apply_gradients(zip([v.value() for v in total], model.trainable_variables))
print(total[0].numpy().ravel(), total[1].numpy())
print(model.get_weights()[0].ravel(), model.get_weights()[1])
