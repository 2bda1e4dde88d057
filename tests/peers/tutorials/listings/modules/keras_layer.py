"""The same as a layer."""

import steepest as st


class FlexibleDense(st.keras.layers.Layer):
    def __init__(self, out_features, **kwargs):
        super().__init__(**kwargs)
        self.out_features = out_features

    def build(self, input_shape):
        self.w = st.Variable(st.ones([input_shape[-1], self.out_features]), name="w")
        self.b = st.Variable(st.zeros([self.out_features]), name="b")

    def call(self, inputs):
        return st.matmul(inputs, self.w) + self.b


flexible_dense = FlexibleDense(out_features=3)
print(flexible_dense(st.constant([[2.0, 2.0, 2.0], [3.0, 3.0, 3.0]])).numpy())
print(tuple(flexible_dense.w.shape), tuple(flexible_dense.b.shape))
