"""The places of largest values."""

import steepest as st

x = st.constant([[2, 20, 30, 3, 6], [3, 11, 16, 1, 8], [14, 45, 23, 5, 27]])
print(st.math.argmax(x, 0).numpy(), st.argmax(x, axis=1).numpy(), st.argmax(x).numpy())
print(st.argmin(x, axis=-1).numpy(), st.argmin(x).numpy())
print(
    st.argmax(st.constant([1.0, 5.0, 2.0])).numpy(),
    st.argmax(x, axis=1, output_type=st.int32).numpy(),
)
predictions = st.nn.softmax(st.cast(x, st.float32))
print(st.equal(st.argmax(predictions, 1), [2, 2, 1]).numpy())
