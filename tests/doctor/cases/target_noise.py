"""Cases of the rules on noisy training targets."""

import numpy as np

from tests.doctor.cases.case import CASES, Cases, blobs, facts_of


def replaced(y, share, seed):
    """Targets of which a share is replaced by those of other rows."""
    random = np.random.default_rng(seed)
    return np.where(random.random(len(y)) < share, random.permutation(y), y)


def noisy_classes(share=0.5, of_validation=0.0, rows=300, seed=0, scale=1.0):
    x, y = blobs(rows + 150, seed=seed)
    own, other = replaced(y[:rows], share, seed), replaced(y[rows:], of_validation, seed)
    return facts_of(x[:rows] * scale, own, validation_data=(x[rows:] * scale, other))


def noisy_quantities(share=0.5, own_spread=0.3, seed=0):
    random = np.random.default_rng(seed)
    x = random.normal(size=(450, 4)).astype(np.float32)
    y = x @ [1.0, -1.0, 0.5, 0.0] + random.normal(scale=own_spread, size=450)
    y = (y / y.std()).astype(np.float32)
    own = replaced(y[:300], share, seed)
    return facts_of(x[:300], own, validation_data=(x[300:], y[300:]))


def overlapping(seed=0):
    """Two classes that overlap much, in both parts alike."""
    random = np.random.default_rng(seed)
    y = random.integers(0, 2, 450)
    x = (random.normal(size=(450, 4)) + 0.4 * y[:, None]).astype(np.float32)
    return facts_of(x[:300], y[:300], validation_data=(x[300:], y[300:]))


def of_other_shares(seed=0):
    """Classes in equal shares, one of them hard, and validation rows mostly of the easy one."""
    random = np.random.default_rng(seed)
    y = np.concatenate([np.arange(300) % 3, random.choice(3, 150, p=[0.9, 0.05, 0.05])])
    x = np.where(y == 0, 4.0, 0.5 * y)[:, None] + random.normal(size=(450, 3))
    return facts_of(x[:300], y[:300], validation_data=(x[300:], y[300:]))


POSITIVE = {
    "half of the classes": noisy_classes,
    "a third": lambda: noisy_classes(0.33, seed=1),
    "quantities": noisy_quantities,
    "a third of quantities": lambda: noisy_quantities(0.33, seed=1),
}
NEGATIVE = {
    "right targets": lambda: noisy_classes(0.0),
    "in both parts": lambda: noisy_classes(0.4, 0.4),
    "classes that overlap": overlapping,
    "quantities with noise": lambda: noisy_quantities(0.0, own_spread=2.0),
    "classes in other shares": of_other_shares,
    "all replaced, which another rule names": lambda: noisy_classes(1.0),
    "no validation": lambda: facts_of(blobs(300)[0], replaced(blobs(300)[1], 0.5, 0)),
}
UNCHANGED = {
    "another seed": (noisy_classes, lambda: noisy_classes(seed=3)),
    "inputs scaled": (noisy_classes, lambda: noisy_classes(scale=4.0)),
}
for code in ("D34", "D35"):
    CASES[code] = Cases(positive=POSITIVE, negative=NEGATIVE, unchanged=UNCHANGED)
