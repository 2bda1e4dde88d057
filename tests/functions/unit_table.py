"""The tables of `st.nn` and `st.linalg`, in the form of `function_table.py`."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg, special

from tests.core.meanings import (
    ALPHA,
    CUBE,
    LABELS,
    NONE,
    ONE,
    POSITIVE,
    SCALE,
    WHOLE,
    XS,
    Row,
    X,
    Y,
    band,
    batch_normalization_of,
    call,
    crossentropy,
    elu_of,
    gelu_of,
    log_softmax_of,
    norm_of,
    normalized,
    poisson_of,
    relu_of,
    row,
    weighted_moments_of,
    weighted_of,
)
from tests.core.primitive_table import mixed
from tests.functions.function_table import MATHS


def svd_of(x: np.ndarray, compute_uv: bool = True) -> Any:
    """TensorFlow's order: s, u, and v with its vectors in columns."""
    u, s, v = np.linalg.svd(x, full_matrices=False)
    return (s, u, np.swapaxes(v, -1, -2)) if compute_uv else s


UNITS: dict[str, Row] = {
    "linear": row(lambda x: x, call(XS)),
    "sigmoid": row(special.expit, call(XS)),
    "relu": row(relu_of, call(XS), call(XS, 0.1), call(XS, max_value=1.1), call(WHOLE)),
    "relu6": row(lambda x: np.clip(x, 0, 6), call(XS)),
    "leaky_relu": row(lambda x, a=0.2: np.where(x > 0, x, a * x), call(XS), call(XS, 0.01)),
    "elu": row(elu_of, call(XS), call(XS, 0.7)),
    "selu": row(lambda x: SCALE * elu_of(x, ALPHA), call(XS)),
    "celu": row(lambda x, a=1.0: elu_of(x / a) * a, call(XS), call(XS, 2.0)),
    "gelu": row(gelu_of, call(XS), call(XS, approximate=True)),
    "silu": row(lambda x: x * special.expit(x), call(XS)),
    "swish": row(lambda x: x * special.expit(x), call(XS)),
    "softplus": row(lambda x: np.logaddexp(0, x), call(XS)),
    "log_sigmoid": row(special.log_expit, call(XS)),
    "softsign": row(lambda x: x / (1 + np.abs(x)), call(XS)),
    "hard_sigmoid": row(lambda x: np.clip(x / 6 + 0.5, 0, 1), call(XS)),
    "hard_silu": row(lambda x: x * np.clip(x / 6 + 0.5, 0, 1), call(XS)),
    "mish": row(lambda x: x * np.tanh(np.logaddexp(0, x)), call(XS)),
    "tanh_shrink": row(lambda x: x - np.tanh(x), call(XS)),
    "softmax": row(
        lambda x, axis=-1: special.softmax(x, axis=axis), call(X), call(CUBE, axis=0), call(ONE)
    ),
    "log_softmax": row(log_softmax_of, call(X), call(CUBE, axis=1), call(ONE)),
    "l2_normalize": row(normalized, call(X), call(X, 1), call(CUBE, (0, 2))),
    "moments": row(
        lambda x, axes, keepdims=False: (
            np.mean(x, axis=axes, keepdims=keepdims),
            np.var(x, axis=axes, keepdims=keepdims),
        ),
        call(X, 0),
        call(CUBE, (0, 2), keepdims=True),
    ),
    "weighted_moments": row(
        weighted_moments_of,
        call(X, 0, np.abs(X) + 0.5),
        call(CUBE, (0, 2), np.abs(CUBE) + 0.5, keepdims=True),
    ),
    "dropout": row(lambda x, rate: x, call(X, 0.0)),
    "sigmoid_cross_entropy_with_logits": row(
        lambda z, x: np.logaddexp(0, x) - x * z, call(LABELS, X), call(LABELS, X * 3.0)
    ),
    "softmax_cross_entropy_with_logits": row(crossentropy, call(LABELS, X)),
    "sparse_softmax_cross_entropy_with_logits": row(
        lambda labels, x: crossentropy(np.eye(3)[labels], x), call([2, 0], X)
    ),
    "crelu": row(
        lambda x, axis=-1: np.maximum(np.concatenate([x, -x], axis), 0), call(X), call(X, 0)
    ),
    "bias_add": row(lambda x, b: x + b, call(X, Y[0]), call(CUBE, mixed(4))),
    "batch_normalization": row(
        batch_normalization_of,
        call(X, Y[0], POSITIVE[0], Y[1], X[1], 0.01),
        call(X, Y[0], POSITIVE[0], None, None, 0.01),
    ),
    "embedding_lookup": row(lambda p, i: p[np.asarray(i)], call(X, [1, 0, 1]), call(X, [[0]])),
    "tanh": row(np.tanh, call(XS)),
    "in_top_k": MATHS["in_top_k"],
    "top_k": MATHS["top_k"],
    "zero_fraction": MATHS["zero_fraction"],
    "l2_loss": row(lambda x: np.sum(x * x) / 2, call(X), call(NONE)),
    "log_poisson_loss": row(poisson_of, call(POSITIVE, X), call(POSITIVE * 3.1, X, True)),
    "weighted_cross_entropy_with_logits": row(
        weighted_of, call(LABELS, X, 2.0), call(LABELS, X, POSITIVE[0])
    ),
}


# ---------------------------------------------------------------- matrices

SQUARE, WIDE = mixed(3, 3), mixed(2, 2, 4)
DEFINITE = SQUARE @ SQUARE.T + np.eye(3)
MANY = np.stack([DEFINITE, 2.0 * DEFINITE + np.eye(3)])
LINEAR: dict[str, Row] = {
    "band_part": row(
        band, call(SQUARE, 1, 0), call(WIDE, -1, 1), call(SQUARE, 0, -1), call(SQUARE, -1, -1)
    ),
    "cholesky": row(np.linalg.cholesky, call(DEFINITE), call(MANY), slope=False),
    "cholesky_solve": row(
        lambda chol, rhs: np.linalg.solve(chol @ np.swapaxes(chol, -1, -2), rhs),
        call(np.linalg.cholesky(DEFINITE), SQUARE),
    ),
    "det": row(np.linalg.det, call(DEFINITE), call(MANY), call(-DEFINITE)),
    "diag": row(lambda x: x[..., None] * np.eye(x.shape[-1]), call(X[0]), call(CUBE)),
    "diag_part": row(
        lambda x: np.diagonal(x, axis1=-2, axis2=-1), call(SQUARE), call(WIDE), call(X.T)
    ),
    "eigh": row(np.linalg.eigh, call(DEFINITE), slope=False),
    "eigvalsh": row(np.linalg.eigvalsh, call(DEFINITE), call(MANY), slope=False),
    "expm": row(linalg.expm, call(SQUARE), call(0.3 * DEFINITE)),
    "lstsq": row(
        lambda a, b: np.linalg.lstsq(a, b, rcond=None)[0],
        call(X.T, mixed(3, 2)),
        call(X, mixed(2, 1)),
        call(DEFINITE, SQUARE),
    ),
    "matrix_rank": row(np.linalg.matrix_rank, call(X), call(np.ones((3, 2))), slope=False),
    "pinv": row(np.linalg.pinv, call(X), call(X.T), call(MANY)),
    "qr": row(
        lambda x, full_matrices=False: np.linalg.qr(x, "complete" if full_matrices else "reduced"),
        call(X.T),
        call(DEFINITE),
    ),
    "svd": row(svd_of, call(X.T), call(X), call(DEFINITE), call(X, compute_uv=False)),
    "inv": row(
        lambda x, adjoint=False: np.linalg.inv(np.swapaxes(x, -1, -2) if adjoint else x),
        call(DEFINITE),
        call(MANY, adjoint=True),
    ),
    "matrix_transpose": row(lambda x: np.swapaxes(x, -1, -2), call(X), call(CUBE)),
    "matvec": row(
        lambda a, b, transpose_a=False: np.einsum(
            "...ij,...j", np.swapaxes(a, -1, -2) if transpose_a else a, b
        ),
        call(X, Y[0]),
        call(X, Y[:, 0], transpose_a=True),
        call(CUBE, mixed(2, 4)),
    ),
    "normalize": row(
        lambda x, ord="euclidean", axis=None: (
            x / norm_of(x, ord, axis, True),
            norm_of(x, ord, axis, True),
        ),
        call(X),
        call(X, 1),
        call(X, axis=1),
    ),
    "slogdet": row(np.linalg.slogdet, call(DEFINITE), call(-MANY)),
    "solve": row(
        lambda a, b, adjoint=False: np.linalg.solve(np.swapaxes(a, -1, -2) if adjoint else a, b),
        call(DEFINITE, SQUARE),
        call(MANY, MANY[0, :, :1], adjoint=True),
        call(DEFINITE, MANY),
    ),
    "trace": row(lambda x: np.trace(x, axis1=-2, axis2=-1), call(SQUARE), call(WIDE)),
    **{
        name: MATHS[name]
        for name in ("einsum", "eye", "global_norm", "l2_normalize", "matmul", "norm", "tensordot")
    },
}
