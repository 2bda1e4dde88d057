"""What `trainable` does to the lists of weights."""

from steepest import keras

layer = keras.layers.Dense(3)
layer.build((None, 4))
print(
    "weights:", len(layer.weights), len(layer.trainable_weights), len(layer.non_trainable_weights)
)
layer.trainable = False
print(
    "weights:", len(layer.weights), len(layer.trainable_weights), len(layer.non_trainable_weights)
)
print([w.trainable for w in layer.weights])
layer = keras.layers.BatchNormalization()
layer.build((None, 4))
print(
    "weights:", len(layer.weights), len(layer.trainable_weights), len(layer.non_trainable_weights)
)
