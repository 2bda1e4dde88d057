"""Default values of functions, as in TensorFlow; `tests/peers` lists differences."""

from __future__ import annotations

import steepest as st
from tests.signatures import defaults_of

DEFAULTS = """\
Generator: stream=0, name='random_state'
SeedGenerator: stream=0, name='random_state'
argsort: axis=-1, direction='ASCENDING'
bernoulli: probability=0.5
beta: dtype=dtype('float32')
binomial: dtype=dtype('float32')
categorical: dtype='int64'
celu: alpha=1.0
confusion_matrix: dtype='int32'
count_nonzero: keepdims=False, dtype='int64'
crelu: axis=-1
cumprod: axis=0, exclusive=False, reverse=False
elu: alpha=1.0
eye: dtype=dtype('float32')
gamma: dtype=dtype('float32')
gelu: approximate=False
histogram_fixed_width: nbins=100, dtype='int32'
inv: adjoint=False
l2_normalize: epsilon=1e-12
leaky_relu: negative_slope=0.2
linspace: num=50, dtype=dtype('float32')
log_poisson_loss: compute_full_loss=False
log_softmax: axis=-1
lstsq: l2_regularizer=0.0, fast=True
matvec: transpose_a=False
meshgrid: indexing='xy'
moments: keepdims=False
norm: ord='euclidean', keepdims=False
normal: mean=0.0, stddev=1.0, dtype=dtype('float32')
normalize: ord='euclidean'
numpy_function: stateful=True
one_hot: on_value=1.0, off_value=0.0, axis=-1, dtype=dtype('float32')
ones: dtype=dtype('float32')
pad: mode='CONSTANT', constant_values=0
poisson: dtype=dtype('float32')
print: sep=' ', end='\\n'
qr: full_matrices=False
randint: dtype='int32'
range: delta=1
reduce_all: keepdims=False
reduce_any: keepdims=False
reduce_euclidean_norm: keepdims=False
reduce_logsumexp: keepdims=False
reduce_prod: keepdims=False
reduce_std: keepdims=False
reduce_variance: keepdims=False
relu: negative_slope=0.0
searchsorted: side='left'
sequence_mask: dtype='bool'
shuffle: axis=0
softmax: axis=-1
solve: adjoint=False
sort: axis=-1, direction='ASCENDING'
stack: axis=0
stateless_normal: mean=0.0, stddev=1.0, dtype=dtype('float32')
stateless_truncated_normal: mean=0.0, stddev=1.0, dtype=dtype('float32')
stateless_uniform: minval=0, dtype=dtype('float32')
strided_slice: begin_mask=0, end_mask=0, ellipsis_mask=0, new_axis_mask=0, shrink_axis_mask=0
svd: full_matrices=False, compute_uv=True
tensordot: axes=2
top_k: k=1
truncated_normal: mean=0.0, stddev=1.0, dtype=dtype('float32')
uniform: minval=0, dtype=dtype('float32')
unstack: axis=0
weighted_moments: keepdims=False
zeros: dtype=dtype('float32')
"""


def test_defaults() -> None:
    assert defaults_of([st.math, st.nn, st.linalg, st.random, st], "steepest.functions") == DEFAULTS
