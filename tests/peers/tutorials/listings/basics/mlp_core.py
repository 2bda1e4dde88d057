"""A multi-layer perceptron from parts."""

import numpy as np

import steepest as st


class DenseLayer(st.Module):
    def __init__(self, out_dim, activation=st.identity):
        self.out_dim = out_dim
        self.activation = activation
        self.built = False

    def __call__(self, x):
        if not self.built:
            shape = (int(x.shape[-1]), self.out_dim)
            self.w = st.Variable(st.reshape(st.sin(st.range(float(shape[0] * shape[1]))), shape))
            self.b = st.Variable(st.zeros(shape=(self.out_dim,)))
            self.built = True
        return self.activation(st.add(st.matmul(x, self.w), self.b))


class MLP(st.Module):
    def __init__(self, layers):
        self.layers = layers

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


model = MLP([DenseLayer(8, st.nn.relu), DenseLayer(3)])
x = st.constant(np.linspace(-1, 1, 60).reshape(12, 5), st.float32)
y = st.constant(np.arange(12) % 3)
model(x)
print(len(model.layers[0].variables), len(model.trainable_variables))
for step in range(3):
    with st.GradientTape() as tape:
        loss = st.reduce_mean(st.nn.sparse_softmax_cross_entropy_with_logits(y, model(x)))
    grads = tape.gradient(loss, model.variables)
    for g, v in zip(grads, model.variables):
        v.assign_sub(0.1 * g)
    print(loss.numpy())
