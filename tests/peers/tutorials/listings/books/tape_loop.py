"""A loop that prints a status."""

import numpy as np

import steepest as st

l2_reg = st.keras.regularizers.l2(0.05)
model = st.keras.models.Sequential([
    st.keras.layers.Dense(
        5,
        activation="relu",
        kernel_initializer=st.keras.initializers.Constant(0.2),
        kernel_regularizer=l2_reg,
    ),
    st.keras.layers.Dense(1, kernel_initializer="ones", kernel_regularizer=l2_reg),
])


def random_batch(X, y, step, batch_size=8):
    idx = (np.arange(batch_size) + 5 * step) % len(X)
    return X[idx], y[idx]


def print_status_bar(step, total, loss, metrics=None):
    metrics = " - ".join([f"{m.name}: {m.result():.4f}" for m in [loss] + (metrics or [])])
    print(f"{step}/{total} - {metrics}")


X, y = (
    np.linspace(-1, 1, 60).reshape(20, 3).astype("float32"),
    np.linspace(0, 2, 20).astype("float32"),
)
optimizer = st.keras.optimizers.SGD(learning_rate=0.01)
loss_fn = st.keras.losses.MeanSquaredError()
mean_loss = st.keras.metrics.Mean(name="mean_loss")
metrics = [st.keras.metrics.MeanAbsoluteError()]
for epoch in range(1, 3):
    for step in range(1, 4):
        X_batch, y_batch = random_batch(X, y, step)
        with st.GradientTape() as tape:
            y_pred = model(X_batch, training=True)
            main_loss = st.reduce_mean(loss_fn(y_batch[:, None], y_pred))
            loss = st.add_n([main_loss] + model.losses)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        for variable in model.variables:
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable))
        mean_loss(loss)
        for metric in metrics:
            metric(y_batch[:, None], y_pred)
        print_status_bar(step, 3, mean_loss, metrics)
    for metric in [mean_loss] + metrics:
        metric.reset_state()
