"""A vocabulary given, read back."""

import numpy as np
from steepest.keras import layers

layer = layers.TextVectorization(output_mode="int")
layer.set_vocabulary(["hello", "world"])
print(layer.get_vocabulary(), layer.vocabulary_size())
print(layer(np.array(["Hello, big world"])).numpy())
print(layer.get_vocabulary(include_special_tokens=False))
lookup = layers.StringLookup()
lookup.set_vocabulary(["x", "y"])
print(lookup(np.array(["y", "x", "z"])).numpy())
with open("words.txt", "w") as file:
    file.write("one\ntwo\nthree\n")
print(layers.StringLookup(vocabulary="words.txt").get_vocabulary())
