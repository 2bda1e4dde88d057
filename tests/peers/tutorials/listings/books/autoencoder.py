"""A stacked autoencoder."""

import numpy as np

import steepest as st

stacked_encoder = st.keras.Sequential([
    st.keras.Input((4, 4)),
    st.keras.layers.Flatten(),
    st.keras.layers.Dense(6, activation="relu"),
    st.keras.layers.Dense(3, activation="relu"),
])
stacked_decoder = st.keras.Sequential([
    st.keras.Input((3,)),
    st.keras.layers.Dense(6, activation="relu"),
    st.keras.layers.Dense(16),
    st.keras.layers.Reshape([4, 4]),
])
stacked_ae = st.keras.Sequential([stacked_encoder, stacked_decoder])
X = np.abs(np.sin(np.arange(160.0))).reshape(10, 4, 4)
stacked_ae.build((None, 4, 4))
stacked_ae.set_weights([
    np.abs(np.cos(np.arange(w.size))).reshape(w.shape) * 0.3 for w in stacked_ae.get_weights()
])
stacked_ae.compile(loss="mse", optimizer=st.keras.optimizers.Nadam(0.01))
history = stacked_ae.fit(
    X, X, epochs=4, batch_size=5, shuffle=False, validation_data=(X[:2], X[:2]), verbose=0
)
print(history.history["loss"], history.history["val_loss"])
print(stacked_encoder.predict(X[:2], verbose=0), stacked_ae.predict(X[:1], verbose=0).shape)
