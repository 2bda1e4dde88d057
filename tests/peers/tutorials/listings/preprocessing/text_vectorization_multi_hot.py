"""Text as multi-hot rows."""

import numpy as np
from steepest.keras import layers

import steepest as st

adapt_data = st.constant([
    "the brain is wider than the sky",
    "for put them side by side",
    "the one the other will contain",
])
text_vectorizer = layers.TextVectorization(output_mode="multi_hot", ngrams=1)
text_vectorizer.adapt(adapt_data)
print(len(text_vectorizer.get_vocabulary()), text_vectorizer.get_vocabulary()[:3])
print(text_vectorizer(["the sky", "side by moon"]).numpy())
count = layers.TextVectorization(output_mode="count", max_tokens=6)
count.adapt(adapt_data)
print(count(np.array(["the the brain"])).numpy())
