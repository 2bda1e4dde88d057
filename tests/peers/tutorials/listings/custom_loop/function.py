"""The step under `@tf.function`."""

import numpy as np

import steepest as st
from steepest import keras

x = np.random.RandomState(1).rand(2000, 8).astype("float32")
y = (x.sum(axis=1) > 4).astype("float32")[:, None]
loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)
for batch_size in (32, 64, 128, 256, 1000):
    model = keras.Sequential([
        keras.Input((8,)),
        keras.layers.Dense(
            16, activation="tanh", kernel_initializer=keras.initializers.Constant(0.1)
        ),
        keras.layers.Dense(1, kernel_initializer="ones"),
    ])
    optimizer = keras.optimizers.SGD(learning_rate=0.01)

    @st.function
    def train_step(x, y):
        with st.GradientTape() as tape:
            loss_value = loss_fn(y, model(x, training=True))
        grads = tape.gradient(loss_value, model.trainable_weights)
        optimizer.apply_gradients(zip(grads, model.trainable_weights))
        return loss_value

    for x_batch, y_batch in st.data.Dataset.from_tensor_slices((x, y)).batch(batch_size):
        loss = train_step(x_batch, y_batch)
    print(batch_size, float(loss))
