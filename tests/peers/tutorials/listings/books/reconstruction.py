"""A reconstruction loss."""

import numpy as np

import steepest as st


class ReconstructingRegressor(st.keras.Model):
    def __init__(self, output_dim, **kwargs):
        super().__init__(**kwargs)
        self.hidden = [
            st.keras.layers.Dense(
                4, activation="relu", kernel_initializer=st.keras.initializers.Constant(0.2)
            )
            for _ in range(2)
        ]
        self.out = st.keras.layers.Dense(output_dim, kernel_initializer="ones")

    def build(self, batch_input_shape):
        n_inputs = batch_input_shape[-1]
        self.reconstruct = st.keras.layers.Dense(
            n_inputs, kernel_initializer=st.keras.initializers.Constant(0.1)
        )

    def call(self, inputs, training=False):
        Z = inputs
        for layer in self.hidden:
            Z = layer(Z)
        reconstruction = self.reconstruct(Z)
        recon_loss = st.reduce_mean(st.square(reconstruction - inputs))
        self.add_loss(0.05 * recon_loss)
        return self.out(Z)


model = ReconstructingRegressor(1)
model.compile(loss="mse", optimizer="nadam")
X, y = np.linspace(0, 1, 24).reshape(8, 3), np.linspace(0, 1, 8)[:, None]
print(model.fit(X, y, epochs=2, batch_size=4, shuffle=False, verbose=0).history["loss"])
print(model.predict(X[:2], verbose=0).ravel(), len(model.trainable_variables))
