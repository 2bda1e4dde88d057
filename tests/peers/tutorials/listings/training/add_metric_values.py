"""A loss from inside the model."""

import numpy as np
from steepest.keras import layers

from steepest import keras


class LogisticEndpoint(layers.Layer):
    def __init__(self, name=None):
        super().__init__(name=name)
        self.loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)
        self.accuracy_metric = keras.metrics.BinaryAccuracy(name="accuracy")

    def call(self, targets, logits, sample_weight=None):
        self.add_loss(self.loss_fn(targets, logits, sample_weight))
        self.accuracy_metric.update_state(targets, logits, sample_weight)
        return keras.ops.softmax(logits)


inputs = keras.Input(shape=(3,), name="inputs")
targets = keras.Input(shape=(4,), name="targets")
logits = layers.Dense(4, kernel_initializer=keras.initializers.Constant(0.1))(inputs)
predictions = LogisticEndpoint(name="predictions")(targets, logits)
model = keras.Model(inputs=[inputs, targets], outputs=predictions)
model.compile(optimizer="adam")
data = {"inputs": np.ones((3, 3)), "targets": np.eye(4)[:3]}
history = model.fit(data, verbose=0)
print(history.history["loss"])
