"""A layer of noise."""

import numpy as np

import steepest as st


class MyGaussianNoise(st.keras.layers.Layer):
    def __init__(self, stddev, **kwargs):
        super().__init__(**kwargs)
        self.stddev = stddev

    def call(self, X, training=False):
        if training:
            noise = st.random.normal(st.shape(X), stddev=self.stddev)
            return X + noise
        return X

    def compute_output_shape(self, batch_input_shape):
        return batch_input_shape


model = st.keras.Sequential([
    st.keras.Input((100,)),
    MyGaussianNoise(1.0),
    st.keras.layers.Dense(1, kernel_initializer=st.keras.initializers.Constant(0.01)),
])
X = np.ones((50, 100), "float32")
print(model.predict(X[:2], verbose=0).ravel())
noisy = model(X, training=True).numpy()
print(abs(noisy.mean() - 1) < 0.1, 0.05 < noisy.std() < 0.2)
model.compile("sgd", "mse")
history = model.fit(X, np.ones((50, 1)), epochs=2, verbose=0)
print(len(history.history["loss"]), model.count_params())
