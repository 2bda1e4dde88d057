"""How a layer gets the mask of its inputs, and passes a mask on with its outputs.

`Masking` and `Embedding(mask_zero=True)` make masks. A layer with `supports_masking` gives its
outputs the mask that `compute_mask` returns; any other drops the mask, with a warning. Depends on
core/masks.py and finding.
"""

from __future__ import annotations

from typing import Any

from steepest.core.masks import attach, mask_of
from steepest.finding import Rule, Severity, Where, report
from steepest.layers import call_context

MASK_DROPPED = Rule(
    "mask-dropped",
    Severity.WARNING,
    "A layer that does not support masks is given inputs with one: later layers do not see it.",
    "layer {where.layer!r} is given inputs with a mask and does not pass it on: later layers, the "
    "loss and the metrics count all steps",
    "pool the steps before it, or set supports_masking = True in a layer of your own that treats "
    "each step alone",
)


def with_mask(layer: Any, inputs: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Returns the mask of a call's inputs, which is added to the options of a `call` with `mask`.

    A mask that the caller gives, by name or by position, is used in its place.

    >>> x, options = st.layers.Masking()([[[1.0], [0.0]]]), {}
    >>> with_mask(st.layers.GlobalAveragePooling1D(), x, (), options).tolist(), list(options)
    ([[True, False]], ['mask'])
    """
    position = layer._mask_position
    if position is not None and position < len(args):
        return args[position]
    mask = options.get("mask")
    if mask is None:
        mask = mask_of(inputs)
    if position is not None and mask is not None:
        options["mask"] = mask
    return mask


def pass_on(layer: Any, inputs: Any, mask: Any, outputs: Any) -> None:
    """Attaches the mask that the layer computes to its outputs; warns where it drops one.

    >>> x = st.layers.Masking()([[[1.0], [0.0]]])
    >>> mask_of(st.layers.Dropout(0.5)(x)).tolist()
    [[True, False]]
    """
    if layer.supports_masking:
        attach(outputs, layer.compute_mask(inputs, mask))
    elif mask is not None and not call_context.inferring_shapes():
        report([MASK_DROPPED.finding(Where("x", layer=layer.name))])
