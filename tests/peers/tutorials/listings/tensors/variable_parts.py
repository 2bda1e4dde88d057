"""A part of a variable assigned."""

import steepest as st

v = st.Variable([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
v[0, 1].assign(42.0)
v[:, 2].assign([0.0, 1.0])
print(v.numpy())
v.scatter_nd_update(indices=[[0, 0], [1, 2]], updates=[100.0, 200.0])
print(v.numpy())
v.assign(2 * v)
print(v.numpy(), v[1].numpy())
try:
    v[1] = [7.0, 8.0, 9.0]
except TypeError:
    print("no item assignment")
