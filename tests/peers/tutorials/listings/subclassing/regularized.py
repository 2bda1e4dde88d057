"""The penalties in `losses` of a layer."""

import steepest as st
from steepest import keras


class OuterLayerWithKernelRegularizer(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(
            4, kernel_initializer="ones", kernel_regularizer=keras.regularizers.l2(1e-3)
        )

    def call(self, inputs):
        return self.dense(inputs)


layer = OuterLayerWithKernelRegularizer()
layer(st.zeros((1, 3)))
print(len(layer.losses), float(sum(layer.losses)))
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
with st.GradientTape() as tape:
    logits = layer(st.ones((2, 3)))
    loss = loss_fn(st.constant([0, 1]), logits) + sum(layer.losses)
grads = tape.gradient(loss, layer.trainable_weights)
print(float(loss))
print(grads[0].numpy())
