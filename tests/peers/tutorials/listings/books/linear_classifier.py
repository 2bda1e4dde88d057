"""Two clouds of points."""

import numpy as np

import steepest as st

rng = np.random.RandomState(0)
negative = rng.multivariate_normal(mean=[0, 3], cov=[[1, 0.5], [0.5, 1]], size=50)
positive = rng.multivariate_normal(mean=[3, 0], cov=[[1, 0.5], [0.5, 1]], size=50)
inputs = np.vstack((negative, positive)).astype(np.float32)
targets = np.vstack((np.zeros((50, 1), dtype="float32"), np.ones((50, 1), dtype="float32")))
W = st.Variable(initial_value=st.ones(shape=(2, 1)))
b = st.Variable(initial_value=st.zeros(shape=(1,)))


def model(inputs):
    return st.matmul(inputs, W) + b


def square_loss(targets, predictions):
    return st.reduce_mean(st.square(targets - predictions))


def training_step(inputs, targets):
    with st.GradientTape() as tape:
        loss = square_loss(targets, model(inputs))
    grad_loss_wrt_W, grad_loss_wrt_b = tape.gradient(loss, [W, b])
    W.assign_sub(grad_loss_wrt_W * 0.1)
    b.assign_sub(grad_loss_wrt_b * 0.1)
    return loss


for step in range(20):
    loss = training_step(inputs, targets)
    if step % 5 == 0:
        print(f"Loss at step {step}: {loss:.4f}")
print(W.numpy(), b.numpy(), (model(inputs).numpy() > 0.5)[:, 0].sum())
