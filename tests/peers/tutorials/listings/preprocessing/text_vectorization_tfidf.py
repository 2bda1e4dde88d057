"""Text weighted by document frequency."""

import numpy as np
from steepest.keras.layers import TextVectorization

documents = ["the cat sat", "the dog sat down", "a cat and a dog", "the end"]
layer = TextVectorization(output_mode="tf_idf")
layer.adapt(documents)
vocabulary = layer.get_vocabulary()
rows = layer(np.array(documents)).numpy()
print(rows.shape, len(vocabulary))
for word in ("the", "cat", "end"):
    print(word, rows[:, vocabulary.index(word)])
