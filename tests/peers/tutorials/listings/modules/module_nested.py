"""Modules in a module."""

import steepest as st


class Dense(st.Module):
    def __init__(self, in_features, out_features, name=None):
        super().__init__(name=name)
        self.w = st.Variable(st.ones([in_features, out_features]) * 0.5, name="w")
        self.b = st.Variable(st.zeros([out_features]), name="b")

    def __call__(self, x):
        y = st.matmul(x, self.w) + self.b
        return st.nn.relu(y)


class SequentialModule(st.Module):
    def __init__(self, name=None):
        super().__init__(name=name)
        self.dense_1 = Dense(in_features=3, out_features=3)
        self.dense_2 = Dense(in_features=3, out_features=2)
        self.more = [Dense(2, 1)]

    def __call__(self, x):
        return self.more[0](self.dense_2(self.dense_1(x)))


my_model = SequentialModule(name="the_model")
print(my_model(st.constant([[2.0, 2.0, 2.0]])).numpy())
print(len(my_model.submodules), len(my_model.variables))
print(sorted(tuple(var.shape) for var in my_model.trainable_variables))
