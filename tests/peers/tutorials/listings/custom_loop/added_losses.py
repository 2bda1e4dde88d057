"""Losses of the layers in the loop."""

import numpy as np
from steepest.keras import layers

import steepest as st
from steepest import keras


class ActivityRegularizationLayer(layers.Layer):
    def call(self, inputs):
        self.add_loss(1e-2 * keras.ops.sum(inputs))
        return inputs


inputs = keras.Input(shape=(4,))
x = layers.Dense(3, activation="relu", kernel_initializer="ones", kernel_regularizer="l2")(inputs)
x = ActivityRegularizationLayer()(x)
model = keras.Model(inputs, layers.Dense(1, kernel_initializer="ones")(x))
optimizer = keras.optimizers.SGD(0.01)
data, target = np.linspace(0, 1, 16).reshape(4, 4).astype("float32"), np.ones((4, 1), "float32")


@st.function
def train_step(x, y):
    with st.GradientTape() as tape:
        loss_value = st.reduce_mean(st.square(model(x, training=True) - y))
        loss_value += sum(model.losses)
    grads = tape.gradient(loss_value, model.trainable_weights)
    optimizer.apply(grads, model.trainable_weights)
    return loss_value


for _ in range(3):
    print(float(train_step(data, target)))
print(len(model.losses))
