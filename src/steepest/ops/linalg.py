"""`keras.ops.linalg`: the functions of `st.ops` about matrices."""

from steepest.errors import suggest_names
from steepest.ops import (
    cholesky,
    cholesky_inverse,
    det,
    eigh,
    inv,
    lstsq,
    matrix_rank,
    norm,
    pinv,
    qr,
    solve,
    solve_triangular,
    svd,
)  # fmt: skip

__all__ = [
    "cholesky", "cholesky_inverse", "det", "eigh", "inv", "lstsq", "matrix_rank", "norm",
    "pinv", "qr", "solve", "solve_triangular", "svd",
]  # fmt: skip

suggest_names(__name__)
