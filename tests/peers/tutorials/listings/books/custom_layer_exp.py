"""An exponential layer by `Lambda`."""

import numpy as np

import steepest as st

exponential_layer = st.keras.layers.Lambda(lambda x: st.exp(x))
print(exponential_layer(st.constant([-1.0, 0.0, 1.0])).numpy())
model = st.keras.Sequential([
    st.keras.layers.Dense(2, activation="relu", kernel_initializer="ones", input_shape=[3]),
    st.keras.layers.Dense(1, kernel_initializer=st.keras.initializers.Constant(0.1)),
    exponential_layer,
])
model.compile(loss="mse", optimizer="sgd")
X, y = np.linspace(0, 1, 12).reshape(4, 3), np.array([1.0, 1.5, 2.0, 3.0])
print(model.fit(X, y, epochs=3, shuffle=False, verbose=0).history["loss"])


class MyMultiLayer(st.keras.layers.Layer):
    def call(self, X):
        X1, X2 = X
        return X1 + X2, X1 * X2, X1 / X2


results = MyMultiLayer()((st.constant([[2.0]]), st.constant([[3.0]])))
print([float(r[0, 0]) for r in results])
inputs1, inputs2 = st.keras.layers.Input(shape=[2]), st.keras.layers.Input(shape=[2])
outputs1, outputs2, outputs3 = MyMultiLayer()((inputs1, inputs2))
print(outputs1.shape, outputs3.shape)
