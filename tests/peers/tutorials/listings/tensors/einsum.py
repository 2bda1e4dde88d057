"""Sums over indices."""

import steepest as st

m0 = st.reshape(st.range(6.0), (2, 3))
m1 = st.reshape(st.range(12.0), (3, 4))
print(st.einsum("ij,jk->ik", m0, m1).numpy())
print(
    st.einsum("ij->", m0).numpy(),
    st.einsum("ij->ji", m0).numpy(),
    st.einsum("i,i->", m0[0], m0[1]).numpy(),
)
s = st.reshape(st.range(12.0), (2, 2, 3))
print(st.einsum("bij,bkj->bik", s, s).numpy(), st.einsum("...ij->...ji", s).shape)
print(st.einsum("ii->i", st.matmul(m1, m1, transpose_b=True)).numpy())
