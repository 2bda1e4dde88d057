"""Tensors of text."""

import steepest as st

scalar_string_tensor = st.constant("Gray wolf")
tensor_of_strings = st.constant(["Gray wolf", "Quick brown fox", "Lazy dog"])
print(scalar_string_tensor.dtype.name, tensor_of_strings.shape, tensor_of_strings[0].numpy())
print(st.strings.split(scalar_string_tensor, sep=" ").numpy())
print(st.strings.length(tensor_of_strings).numpy(), st.strings.lower(tensor_of_strings).numpy())
text = st.constant("1 10 100")
print(st.strings.to_number(st.strings.split(text, " ")).numpy())
print(
    st.strings.join(["a", "b"], separator="-").numpy(),
    st.strings.regex_replace("a1b2", "[0-9]", "#").numpy(),
)
print(st.strings.as_string(st.constant([1, 2])).numpy(), (tensor_of_strings == "Lazy dog").numpy())
