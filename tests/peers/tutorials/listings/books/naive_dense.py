"""A dense layer written with NumPy and a tape."""

import math

import numpy as np

import steepest as st


class NaiveDense:
    def __init__(self, input_size, output_size, activation):
        self.activation = activation
        w = np.sin(np.arange(input_size * output_size)).reshape(input_size, output_size)
        self.W = st.Variable(st.constant(w, dtype="float32"))
        self.b = st.Variable(st.zeros((output_size,)))

    def __call__(self, inputs):
        return self.activation(st.matmul(inputs, self.W) + self.b)

    @property
    def weights(self):
        return [self.W, self.b]


layers = [NaiveDense(6, 5, st.nn.relu), NaiveDense(5, 3, st.nn.softmax)]
weights = [w for layer in layers for w in layer.weights]
images, labels = np.linspace(0, 1, 72, dtype="float32").reshape(12, 6), np.arange(12) % 3
for batch in range(math.ceil(12 / 4)):
    x, y = images[batch * 4 : batch * 4 + 4], labels[batch * 4 : batch * 4 + 4]
    with st.GradientTape() as tape:
        predictions = layers[1](layers[0](x))
        per_sample_losses = st.keras.losses.sparse_categorical_crossentropy(y, predictions)
        average_loss = st.reduce_mean(per_sample_losses)
    gradients = tape.gradient(average_loss, weights)
    for g, w in zip(gradients, weights):
        w.assign_sub(g * 0.1)
    print(f"loss at batch {batch}: {average_loss:.4f}")
print(weights[1].numpy())
