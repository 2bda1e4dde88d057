"""Metrics updated and reset in the loop."""

import numpy as np

import steepest as st
from steepest import keras

model = keras.Sequential([
    keras.Input((3,)),
    keras.layers.Dense(3, activation="softmax", kernel_initializer="identity"),
])
optimizer = keras.optimizers.Adam()
loss_object = keras.losses.SparseCategoricalCrossentropy()
train_loss = keras.metrics.Mean(name="train_loss")
train_accuracy = keras.metrics.SparseCategoricalAccuracy(name="train_accuracy")
x = np.random.RandomState(3).rand(30, 3).astype("float32")
y = x.argmax(axis=1)


@st.function
def train_step(images, labels):
    with st.GradientTape() as tape:
        predictions = model(images, training=True)
        loss = loss_object(labels, predictions)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    train_loss(loss)
    train_accuracy(labels, predictions)


for epoch in range(2):
    train_loss.reset_state()
    train_accuracy.reset_state()
    for images, labels in st.data.Dataset.from_tensor_slices((x, y)).batch(10):
        train_step(images, labels)
    print(
        f"Epoch {epoch + 1}, Loss: {train_loss.result():0.5f}, "
        f"Accuracy: {train_accuracy.result() * 100:0.2f}"
    )
