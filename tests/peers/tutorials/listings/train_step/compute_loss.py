"""`compute_loss` overridden."""

import numpy as np

from steepest import keras


class WithPenalty(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.loss_tracker = keras.metrics.Mean(name="penalised")

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        loss = keras.ops.mean(keras.ops.square(y_pred - y))
        loss = loss + 0.1 * keras.ops.sum(keras.ops.square(self.trainable_variables[0]))
        self.loss_tracker.update_state(loss)
        return loss


inputs = keras.Input(shape=(2,))
model = WithPenalty(inputs, keras.layers.Dense(1, kernel_initializer="ones")(inputs))
model.compile(optimizer=keras.optimizers.SGD(0.1))
x, y = np.linspace(0, 1, 12).reshape(6, 2), np.zeros((6, 1))
history = model.fit(x, y, epochs=2, batch_size=3, shuffle=False, verbose=0).history
print(history["loss"])
print(model.get_weights()[0].ravel())
