"""A loop over batches with a tape."""

import numpy as np

import steepest as st
from steepest import keras

model = keras.Sequential([
    keras.Input((4,)),
    keras.layers.Dense(5, activation="relu", kernel_initializer=keras.initializers.Constant(0.1)),
    keras.layers.Dense(3, kernel_initializer="zeros"),
])
x = np.random.RandomState(0).rand(320, 4).astype("float32")
y = x[:, :3].argmax(axis=1)
for batch_size in (32, 64, 128):
    train_dataset = st.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    optimizer = keras.optimizers.Adam(learning_rate=1e-2)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for epoch in range(2):
        for step, (x_batch_train, y_batch_train) in enumerate(train_dataset):
            with st.GradientTape() as tape:
                logits = model(x_batch_train, training=True)
                loss_value = loss_fn(y_batch_train, logits)
            grads = tape.gradient(loss_value, model.trainable_weights)
            optimizer.apply(grads, model.trainable_weights)
            if step % 4 == 0:
                print(f"Training loss (for 1 batch) at step {step}: {float(loss_value):.6f}")
    print("Seen so far:", (step + 1) * batch_size)
