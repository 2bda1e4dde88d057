"""A precision over batches."""

import numpy as np

import steepest as st

precision = st.keras.metrics.Precision()
print(float(precision([0, 1, 1, 1, 0, 1, 0, 1], [1, 1, 0, 1, 0, 1, 0, 1])))
print(float(precision([0, 1, 0, 0, 1, 0, 1, 1], [1, 0, 1, 1, 0, 0, 0, 0])))
print(precision.result().numpy(), [v.numpy().tolist() for v in precision.variables])
precision.reset_state()


class HuberMetric(st.keras.metrics.Metric):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold = threshold
        self.huber_fn = st.keras.losses.Huber(threshold, reduction=None)
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self.add_weight(name="count", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        sample_metrics = self.huber_fn(y_true, y_pred)
        self.total.assign_add(st.reduce_sum(sample_metrics))
        self.count.assign_add(st.cast(st.size(y_true), st.float32))

    def result(self):
        return self.total / self.count


model = st.keras.Sequential([
    st.keras.Input((2,)),
    st.keras.layers.Dense(1, kernel_initializer="ones"),
])
model.compile(loss="mse", optimizer="sgd", metrics=[HuberMetric(2.0, name="huber")])
X, y = np.linspace(-1, 1, 16).reshape(8, 2), np.linspace(-5, 3, 8)[:, None]
print(model.fit(X, y, epochs=2, batch_size=4, shuffle=False, verbose=0).history["huber"])
