"""Logistic regression from parts."""

import numpy as np

import steepest as st

rng = np.random.RandomState(0)
x_train = st.convert_to_tensor(rng.normal(size=(60, 3)), dtype=st.float32)
y_train = st.cast(x_train[:, 0] + 0.5 * x_train[:, 1] > 0, st.float32)


class Normalize(st.Module):
    def __init__(self, x):
        self.mean = st.Variable(st.math.reduce_mean(x, axis=0))
        self.std = st.Variable(st.math.reduce_std(x, axis=0))

    def norm(self, x):
        return (x - self.mean) / self.std


norm_x = Normalize(x_train)
x_norm = norm_x.norm(x_train)


class LogisticRegression(st.Module):
    def __init__(self):
        self.built = False

    def __call__(self, x, train=True):
        if not self.built:
            self.w = st.Variable(st.ones((x.shape[-1], 1)) * 0.1)
            self.b = st.Variable(0.1)
            self.built = True
        z = st.squeeze(st.add(st.matmul(x, self.w), self.b), axis=1)
        return z if train else st.sigmoid(z)


def log_loss(y_pred, y):
    return st.reduce_mean(st.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=y_pred))


model = LogisticRegression()
print(model(x_norm[:3], train=False).numpy())
for epoch in range(3):
    for x_batch, y_batch in st.data.Dataset.from_tensor_slices((x_norm, y_train)).batch(20):
        with st.GradientTape() as tape:
            batch_loss = log_loss(model(x_batch), y_batch)
        for g, v in zip(tape.gradient(batch_loss, model.variables), model.variables):
            v.assign_sub(0.5 * g)
    accuracy = st.reduce_mean(
        st.cast(st.equal(st.math.round(model(x_norm, train=False)), y_train), st.float32)
    )
    print(f"Epoch: {epoch}, loss: {batch_loss.numpy():.4f}, accuracy: {accuracy:.3f}")
