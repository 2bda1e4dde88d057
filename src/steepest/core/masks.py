"""Masks: which steps of a sequence count, carried by the tensors themselves.

A tensor of shape (batch, steps, ...) may have a mask of shape (batch, steps), true where a step
counts. Layers make masks and pass them on (layers/masks.py); losses and metrics leave out the
steps that do not count. Depends on ops and tree.
"""

from __future__ import annotations

from typing import Any

from steepest.core import ops, tree
from steepest.core.primitives import Shape
from steepest.core.tensor import Tensor


def mask_of(inputs: Any) -> Any:
    """Returns the mask of a tensor, or the masks of a nest; None where no tensor has one.

    >>> mask_of(st.layers.Masking()([[[1.0], [0.0]]])).tolist()
    [[True, False]]
    """
    if not isinstance(inputs, (list, tuple, dict)):
        return getattr(inputs, "_keras_mask", None)
    found = [mask_of(leaf) for leaf in tree.leaves(inputs)]
    if all(mask is None for mask in found):
        return None
    return tree.rebuild(inputs, iter(found))


def attach(outputs: Any, mask: Any) -> None:
    """Gives the outputs of a layer their masks, unless they carry one already.

    >>> x = st.constant([[1.0], [2.0]])
    >>> attach(x, st.constant([True, False]))
    >>> mask_of(x).tolist()
    [True, False]
    """
    if mask is None:
        return
    masks = [mask] if isinstance(outputs, Tensor) else mask
    leaves = tree.leaves(outputs)
    for tensor, one in zip(leaves, masks, strict=False):
        if one is not None and mask_of(tensor) is None:
            tensor._keras_mask = ops.as_tensor(one)


def counted_in(values: Tensor, predictions: Any) -> Tensor | None:
    """Returns which values count by the mask of the predictions they belong to; None without one.

    >>> predictions = st.layers.Masking()([[[1.0], [0.0]]])
    >>> counted_in(st.constant([[5.0, 6.0]]), predictions).tolist()
    [[True, False]]
    """
    mask = getattr(predictions, "_keras_mask", None)
    return None if mask is None else spread(mask, values.shape)


def spread(mask: Tensor, shape: Shape) -> Tensor:
    """Returns a mask in a shape with more axes at the end, or without such of size 1.

    >>> spread(st.constant([[True, False]]), (1, 2, 2)).tolist()
    [[[True, True], [False, False]]]
    """
    sizes: Shape = mask.shape
    while len(sizes) > len(shape) and sizes[-1] == 1:
        sizes = sizes[:-1]
    full = ops.reshape(mask, (*sizes, *(1,) * (len(shape) - len(sizes))))
    return ops.broadcast_to(full, shape)
