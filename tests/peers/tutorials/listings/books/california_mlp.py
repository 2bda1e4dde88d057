"""A regression with a normaliser."""

import numpy as np

import steepest as st

X = np.random.RandomState(6).normal(3, 2, size=(40, 8))
y = X[:, 0] * 0.5 + np.sin(X[:, 1])
norm_layer = st.keras.layers.Normalization(input_shape=X.shape[1:])
model = st.keras.Sequential([
    norm_layer,
    st.keras.layers.Dense(
        10, activation="relu", kernel_initializer=st.keras.initializers.Constant(0.1)
    ),
    st.keras.layers.Dense(1, kernel_initializer="ones"),
])
optimizer = st.keras.optimizers.Adam(learning_rate=1e-2)
model.compile(loss="mse", optimizer=optimizer, metrics=["RootMeanSquaredError"])
norm_layer.adapt(X)
history = model.fit(
    X[:30], y[:30], epochs=3, shuffle=False, validation_data=(X[30:], y[30:]), verbose=0
)
print(history.history["loss"], history.history["RootMeanSquaredError"])
mse_test, rmse_test = model.evaluate(X[30:], y[30:], verbose=0)
print(mse_test, rmse_test, model.predict(X[:2], verbose=0).ravel())
