"""One-hot rows, sequences and ranges."""

import steepest as st

print(
    st.one_hot([0, 2, -1], 3).numpy(),
    st.one_hot([1], depth=2, on_value=5.0, off_value=-1.0).numpy(),
)
print(st.range(5).numpy(), st.range(1, 10, 3).numpy(), st.range(0.0, 1.0, 0.25).numpy())
print(st.linspace(0.0, 1.0, 5).numpy(), st.sequence_mask([1, 3], 4).numpy())
grid = st.meshgrid(st.range(2), st.range(3))
print([g.numpy().tolist() for g in grid])
print(st.math.bincount([0, 1, 1, 3]).numpy(), st.unique([4, 5, 4]).y.numpy())
print(
    st.math.confusion_matrix([0, 1, 1], [0, 1, 0]).numpy(),
    st.histogram_fixed_width([0.1, 0.6, 0.7], [0.0, 1.0], nbins=2).numpy(),
)
