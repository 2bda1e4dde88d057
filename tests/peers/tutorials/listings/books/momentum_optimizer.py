"""An optimizer of the user's own."""

import numpy as np

from steepest import keras


class MyMomentumOptimizer(keras.optimizers.Optimizer):
    def __init__(self, learning_rate=0.001, momentum=0.9, name="MyMomentumOptimizer", **kwargs):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.momentum = momentum

    def build(self, variables):
        super().build(variables)
        self.momentums = [self.add_variable_from_reference(v, name="m") for v in variables]

    def update_step(self, gradient, variable, learning_rate):
        m = self.momentums[self._get_variable_index(variable)]
        m.assign(self.momentum * m - learning_rate * gradient)
        variable.assign_add(m)


model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="zeros")])
X, y = np.linspace(-1, 1, 16).reshape(8, 2), np.linspace(0, 1, 8)
model.compile(loss="mse", optimizer=MyMomentumOptimizer(0.05))
print(model.fit(X, y, epochs=3, batch_size=4, shuffle=False, verbose=0).history["loss"])
print(model.get_weights()[0].ravel())
