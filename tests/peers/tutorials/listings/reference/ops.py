"""Functions of `keras.ops`."""

import numpy as np
from steepest.keras import ops

x = np.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]], "float32")
for name in (
    "abs",
    "square",
    "exp",
    "tanh",
    "relu",
    "sigmoid",
    "softmax",
    "sum",
    "mean",
    "max",
    "min",
    "std",
    "var",
    "prod",
    "cumsum",
    "sign",
    "argmax",
    "floor",
    "ravel",
    "transpose",
    "logsumexp",
):
    print(name, ops.convert_to_numpy(getattr(ops, name)(x)))
print(
    np.array(ops.matmul(x, ops.transpose(x))),
    np.array(ops.clip(x, -1, 1)),
    np.array(ops.where(x > 0, x, 0.0)),
)
print(
    np.array(ops.concatenate([x, x], axis=0)).shape,
    np.array(ops.stack([x, x])).shape,
    np.array(ops.expand_dims(x, 0)).shape,
    ops.shape(x),
)
print(
    np.array(ops.take(x, [0, 2], axis=1)),
    np.array(ops.sort(x, axis=-1)),
    np.array(ops.top_k(x, 2)[0]),
    np.array(ops.norm(x)),
)
print(
    np.array(ops.einsum("ij,kj->ik", x, x)),
    np.array(ops.arange(3)),
    np.array(ops.linspace(0, 1, 3)),
    np.array(ops.ones_like(x)).sum(),
)
print(
    np.array(ops.cast(x, "int32")),
    np.array(ops.segment_sum(x[:, 0], np.array([0, 0]), num_segments=1)),
    np.array(ops.repeat(x, 2, axis=0)).shape,
)
