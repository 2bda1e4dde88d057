"""st.ops against keras.ops: each name is one of Keras's, and results agree."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st

X = np.random.default_rng(0).standard_normal((3, 4)).astype(np.float32)
Y = np.random.default_rng(1).standard_normal((3, 4)).astype(np.float32)
GAPS = np.where(X > 1.0, np.nan, X).astype(np.float32)
SHARES = 1.0 / (1.0 + np.exp(-X))
SQUARE = X[:, :3] @ X[:, :3].T + 3.0 * np.eye(3, dtype=np.float32)

CALLS = [
    *[(name, (X,)) for name in (
        "argmax argmin argsort average celu cumprod cumsum diag diff elu exp2 expm1 gelu glu "
        "hard_shrink hard_sigmoid hard_silu hard_tanh layer_normalization leaky_relu log_softmax "
        "logsumexp median normalize norm ptp rms_normalization selu silu sinc soft_shrink softmax "
        "softplus sort squareplus std tanh_shrink trace trunc var"
    ).split()],
    *[(name, (SQUARE,)) for name in (
        "cholesky corrcoef det inv logdet matrix_rank pinv slogdet"
    ).split()],
    *[(name, (GAPS, 1)) for name in "nanargmax nanargmin nancumsum nancumprod nanmedian".split()],
    *[(name, (X,)) for name in "diagflat rot90 sparse_plus sparse_sigmoid trapezoid".split()],
    ("cdist", (X, Y)),
    ("cholesky_inverse", (np.linalg.cholesky(SQUARE),)),
    ("digitize", (X, np.array([-1.0, 0.0, 1.0], np.float32))),
    ("geomspace", (1.0, 64.0, 4)),
    ("histogram", (X[0], 3)),
    ("ldexp", (X, np.array([1, -1, 2, 0]))),
    ("lstsq", (X, Y)),
    ("nanquantile", (GAPS, [0.1, 0.7], 1)),
    ("nonzero", (np.round(X),)),
    ("segment_max", (X, np.array([0, 1, 0]), 3)),
    ("segment_min", (X, np.array([0, 1, 0]), 3)),
    ("segment_prod", (X, np.array([0, 1, 0]), 3)),
    ("solve_triangular", (SQUARE, X, True)),
    ("unique", (np.array([3, 1, 3, 2]), True, True, True, True)),
    ("unravel_index", (np.arange(6), (2, 3))),
    ("vander", (X[0], 3)),
    ("batch_normalization", (X, X.mean(0), X.var(0), -1)),
    ("binary_crossentropy", (np.float32(X > 0), SHARES)),
    ("multi_hot", (np.array([[0, 2], [1, 1]]), 3)),
    ("quantile", (X, [0.1, 0.5], 1)),
    ("segment_sum", (X, np.array([0, 1, 0]), 2)),
    ("solve", (SQUARE, X[:, 0])),
    ("sparse_categorical_crossentropy", (np.array([2, 0, 1]), X, True)),
    ("take", (X, [-1])),
    ("threshold", (X, 0.0, 7.0)),
    ("top_k", (X, 2)),
    ("unstack", (X, None, 1)),
]  # fmt: skip


def test_each_name_is_one_of_keras(peer) -> None:
    ops = peer("keras").ops
    assert [name for name in st.ops.__all__ if not hasattr(ops, name)] == []


@pytest.mark.parametrize(("name", "given"), CALLS, ids=[name for name, _ in CALLS])
def test_results_agree(peer, name: str, given: tuple) -> None:
    meant = getattr(peer("keras").ops, name)(*given)
    found = getattr(st.ops, name)(*given)
    several = isinstance(meant, (list, tuple))
    pairs = zip(found, meant, strict=True) if several else [(found, meant)]
    for ours, theirs in pairs:
        assert np.shape(ours) == np.shape(theirs)
        np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs), rtol=2e-4, atol=2e-5)
