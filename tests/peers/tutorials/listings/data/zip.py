"""Two pipelines joined."""

import steepest as st

a = st.data.Dataset.range(3)
b = st.data.Dataset.from_tensor_slices([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]])
for x, y in st.data.Dataset.zip((a, b)):
    print(x.numpy(), y.numpy())
print(len(st.data.Dataset.zip(a, b)))
for d1, (d2, d3) in st.data.Dataset.zip((a, st.data.Dataset.zip((a, b)))):
    print(int(d1), int(d2), d3.numpy().sum())
