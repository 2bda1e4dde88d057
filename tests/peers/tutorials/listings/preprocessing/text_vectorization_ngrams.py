"""Pairs of words."""

from steepest.keras import layers

import steepest as st

layer = layers.TextVectorization(ngrams=2, output_mode="multi_hot")
layer.adapt(st.constant(["the quick brown fox", "the quick cat"]))
vocabulary = layer.get_vocabulary()
print(sorted(vocabulary))
row = layer(st.constant(["the quick fox"])).numpy()[0]
print(sorted(word for word, value in zip(vocabulary, row) if value))
only_two = layers.TextVectorization(ngrams=(2,), output_mode="int")
only_two.adapt(st.constant(["a b c", "a b"]))
print(only_two.get_vocabulary(), only_two(st.constant(["a b c a b"])).numpy())
