"""Huber's loss written out."""

import numpy as np

import steepest as st


def huber_fn(y_true, y_pred):
    error = y_true - y_pred
    is_small_error = st.abs(error) < 1
    squared_loss = st.square(error) / 2
    linear_loss = st.abs(error) - 0.5
    return st.where(is_small_error, squared_loss, linear_loss)


print(huber_fn(st.constant([0.0, 0.0]), st.constant([0.5, 3.0])).numpy())
model = st.keras.Sequential([st.keras.layers.Dense(1, kernel_initializer="zeros", input_shape=[2])])
model.compile(loss=huber_fn, optimizer="nadam", metrics=["mae"])
X, y = np.linspace(-1, 1, 16).reshape(8, 2), np.linspace(-3, 3, 8)[:, None]
print(sorted(model.fit(X, y, epochs=2, batch_size=4, shuffle=False, verbose=0).history.items()))
model.save("my_model_with_a_custom_loss.keras")
model = st.keras.models.load_model(
    "my_model_with_a_custom_loss.keras", custom_objects={"huber_fn": huber_fn}
)
print(model.fit(X, y, epochs=1, batch_size=4, shuffle=False, verbose=0).history["loss"])
