"""Default values of the functions of `keras.ops`, as in Keras; `tests/peers` lists differences."""

from __future__ import annotations

import steepest as st
from tests.signatures import defaults_of

DEFAULTS = """\
all: keepdims=False
allclose: rtol=1e-05, atol=1e-08, equal_nan=False
any: keepdims=False
argmax: keepdims=False
argmin: keepdims=False
argpartition: axis=-1
argsort: axis=-1
array_split: axis=0
batch_normalization: epsilon=0.001
binary_crossentropy: from_logits=False
bincount: minlength=0, sparse=False
categorical_crossentropy: from_logits=False, axis=-1
cholesky: upper=False
cholesky_inverse: upper=False
concatenate: axis=0
cross: axisa=-1, axisb=-1, axisc=-1
diag: k=0
diagflat: k=0
diagonal: offset=0, axis1=0, axis2=1
diff: n=1, axis=-1
eye: k=0
gelu: approximate=True
geomspace: num=50, endpoint=True, axis=0
glu: axis=-1
hard_shrink: threshold=0.5
histogram: bins=10
isclose: rtol=1e-05, atol=1e-08, equal_nan=False
isin: assume_unique=False, invert=False
layer_normalization: axis=-1
linspace: num=50, endpoint=True, retstep=False, axis=0
logspace: num=50, endpoint=True, base=10, axis=0
max: keepdims=False
median: keepdims=False
min: keepdims=False
moments: keepdims=False, synchronized=False
multi_hot: axis=-1, sparse=False
nan_to_num: nan=0.0
nanargmax: keepdims=False
nanargmin: keepdims=False
nanmax: keepdims=False
nanmean: keepdims=False
nanmedian: keepdims=False
nanmin: keepdims=False
nanpercentile: method='linear', keepdims=False
nanprod: keepdims=False
nanquantile: method='linear', keepdims=False
nanstd: keepdims=False
nansum: keepdims=False
nanvar: keepdims=False
norm: keepdims=False
normalize: axis=-1, order=2
one_hot: axis=-1, sparse=False
pad: mode='constant'
percentile: method='linear', keepdims=False
prod: keepdims=False
ptp: keepdims=False
qr: mode='reduced'
quantile: method='linear', keepdims=False
rms_normalization: axis=-1
rot90: k=1, axes=(0, 1)
round: decimals=0
scan: reverse=False, unroll=1
segment_max: sorted=False
segment_min: sorted=False
segment_prod: sorted=False
segment_sum: sorted=False
select: default=0
soft_shrink: threshold=0.5
solve_triangular: lower=False
sort: axis=-1
sparse_categorical_crossentropy: from_logits=False, axis=-1
split: axis=0
squareplus: b=4
stack: axis=0
svd: full_matrices=True, compute_uv=True
tensordot: axes=2
top_k: sorted=True
trace: offset=0, axis1=0, axis2=1
trapezoid: dx=1.0, axis=-1
tri: k=0
tril: k=0
triu: k=0
unique: sorted=True, return_index=False, return_inverse=False, return_counts=False
unstack: axis=0
vander: increasing=False
"""


def test_defaults() -> None:
    assert defaults_of([st.ops], "steepest.ops") == DEFAULTS
