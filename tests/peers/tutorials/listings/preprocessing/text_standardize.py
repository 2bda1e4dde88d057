"""Standardisation and splitting of the user's own."""

import re
import string

from steepest.keras import layers

import steepest as st


def custom_standardization(input_data):
    lowercase = st.strings.lower(input_data)
    stripped_html = st.strings.regex_replace(lowercase, "<br />", " ")
    return st.strings.regex_replace(stripped_html, "[%s]" % re.escape(string.punctuation), "")


layer = layers.TextVectorization(
    standardize=custom_standardization, output_mode="int", output_sequence_length=5
)
layer.adapt(["Great<br />film!", "A great, GREAT day"])
print(layer.get_vocabulary())
print(layer(st.constant(["great<br />night", "film"])).numpy())
letters = layers.TextVectorization(standardize="lower", split="character")
letters.adapt(["abca"])
print(letters.get_vocabulary(), letters(["CAB"]).numpy())
comma = layers.TextVectorization(standardize=None, split=lambda x: st.strings.split(x, ","))
comma.adapt(["x,y,x"])
print(comma.get_vocabulary())
