"""Products, norms, solutions."""

import steepest as st

a = st.constant([[4.0, 1.0], [2.0, 3.0]])
b = st.constant([[1.0], [2.0]])
print(
    st.linalg.matmul(a, b).numpy().ravel(),
    st.linalg.solve(a, b).numpy().ravel(),
    st.linalg.inv(a).numpy(),
)
print(
    st.linalg.det(a).numpy(),
    st.linalg.trace(a).numpy(),
    st.linalg.norm(a).numpy(),
    st.norm(a, ord=1, axis=1).numpy(),
)
print(
    st.linalg.diag([1.0, 2.0]).numpy(),
    st.linalg.diag_part(a).numpy(),
    st.linalg.cholesky(st.matmul(a, a, transpose_b=True)).numpy(),
)
print(
    st.linalg.matvec(a, [1.0, 1.0]).numpy(),
    st.tensordot(a, a, axes=2).numpy(),
    st.tensordot(a, b, 1).numpy().ravel(),
)
print(st.linalg.l2_normalize(a, axis=1).numpy(), st.linalg.band_part(a, -1, 0).numpy())
print(st.linalg.lstsq(a, b).numpy().ravel())
