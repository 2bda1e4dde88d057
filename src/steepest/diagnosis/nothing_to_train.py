"""Rules on fits that train nothing, for want of epochs or weights. Depends on finding.py only."""

from __future__ import annotations

from collections.abc import Iterator

from steepest.finding import Finding, Rule, Severity, Where

NO_EPOCHS = Rule(
    "no-epochs",
    Severity.WARNING,
    "The last epoch is before the first.",
    "nothing to do: epochs={epochs} is the number of the last epoch, not how many follow "
    "initial_epoch={initial_epoch}",
    "give epochs={needed}",
)
ALL_FROZEN = Rule(
    "all-frozen",
    Severity.WARNING,
    "No layer of the model is trainable.",
    "{model}: all layers are frozen (trainable=False), so nothing will be learned",
    "set trainable = True where the model is to learn",
)


def epoch_findings(epochs: int, initial_epoch: int) -> Iterator[Finding]:
    """A last epoch that is before the first.

    >>> print(*epoch_findings(epochs=2, initial_epoch=5))
    nothing to do: epochs=2 is the number of the last epoch, ...; give epochs=7
    """
    if 0 < epochs <= initial_epoch:
        needed = initial_epoch + epochs
        yield NO_EPOCHS.finding(
            Where("epochs"), epochs=epochs, initial_epoch=initial_epoch, needed=needed
        )


def frozen_findings(model: str, weights: int) -> Iterator[Finding]:
    """A model that trains none of its weights; `model` is its name, `weights` their number.

    >>> [found.rule for found in frozen_findings("net", weights=4)]
    ['all-frozen']
    """
    if weights:
        yield ALL_FROZEN.finding(model=model, weights=weights)
