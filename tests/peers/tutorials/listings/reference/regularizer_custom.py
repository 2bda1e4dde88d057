"""A penalty of the user's own."""

import numpy as np

from steepest import keras


class MyRegularizer(keras.regularizers.Regularizer):
    def __init__(self, strength):
        self.strength = strength

    def __call__(self, x):
        return self.strength * keras.ops.sum(keras.ops.square(x))

    def get_config(self):
        return {"strength": self.strength}


layer = keras.layers.Dense(
    2,
    kernel_initializer="ones",
    kernel_regularizer=MyRegularizer(0.1),
    bias_regularizer=lambda b: keras.ops.sum(b),
)
model = keras.Sequential([keras.Input((3,)), layer])
print([float(loss) for loss in model.losses])
model.compile(keras.optimizers.SGD(0.1), "mse")
print(
    model.train_on_batch(np.ones((2, 3)), np.zeros((2, 2))),
    layer.get_weights()[0][0],
    layer.get_weights()[1],
)
print(MyRegularizer.from_config(MyRegularizer(0.5).get_config()).strength)
