"""Default values of losses, as in Keras; `tests/peers` lists differences."""

from __future__ import annotations

import steepest as st
from tests.signatures import defaults_of

DEFAULTS = """\
BinaryCrossEntropy: from_logits=False, label_smoothing=0.0, axis=-1,
    reduction='sum_over_batch_size', name='binary_crossentropy'
BinaryCrossentropy: from_logits=False, label_smoothing=0.0, axis=-1,
    reduction='sum_over_batch_size', name='binary_crossentropy'
BinaryFocalCrossentropy: apply_class_balancing=False, alpha=0.25, gamma=2.0, from_logits=False,
    label_smoothing=0.0, axis=-1, reduction='sum_over_batch_size',
    name='binary_focal_crossentropy'
CategoricalCrossEntropy: from_logits=False, label_smoothing=0.0, axis=-1,
    reduction='sum_over_batch_size', name='categorical_crossentropy'
CategoricalCrossentropy: from_logits=False, label_smoothing=0.0, axis=-1,
    reduction='sum_over_batch_size', name='categorical_crossentropy'
CategoricalFocalCrossentropy: alpha=0.25, gamma=2.0, from_logits=False, label_smoothing=0.0,
    axis=-1, reduction='sum_over_batch_size', name='categorical_focal_crossentropy'
CategoricalGeneralizedCrossEntropy: q=0.5, reduction='sum_over_batch_size',
    name='categorical_generalized_cross_entropy'
CategoricalHinge: reduction='sum_over_batch_size', name='categorical_hinge'
Circle: gamma=80.0, margin=0.4, remove_diagonal=True, reduction='sum_over_batch_size',
    name='circle'
CosineSimilarity: axis=-1, reduction='sum_over_batch_size', name='cosine_similarity'
Dice: reduction='sum_over_batch_size', name='dice'
Hinge: reduction='sum_over_batch_size', name='hinge'
Huber: delta=1.0, reduction='sum_over_batch_size', name='huber_loss'
KLDivergence: reduction='sum_over_batch_size', name='kl_divergence'
LogCosh: reduction='sum_over_batch_size', name='log_cosh'
Loss: reduction='sum_over_batch_size'
LossFunction: reduction='sum_over_batch_size'
MeanAbsoluteError: reduction='sum_over_batch_size', name='mean_absolute_error'
MeanAbsolutePercentageError: reduction='sum_over_batch_size',
    name='mean_absolute_percentage_error'
MeanSquaredError: reduction='sum_over_batch_size', name='mean_squared_error'
MeanSquaredLogarithmicError: reduction='sum_over_batch_size',
    name='mean_squared_logarithmic_error'
Poisson: reduction='sum_over_batch_size', name='poisson'
Quantile: tau=0.5, reduction='sum_over_batch_size', name='quantile'
SparseCategoricalCrossentropy: from_logits=False, reduction='sum_over_batch_size', axis=-1,
    name='sparse_categorical_crossentropy'
SquaredHinge: reduction='sum_over_batch_size', name='squared_hinge'
Tversky: alpha=0.5, beta=0.5, reduction='sum_over_batch_size', name='tversky'
binary_crossentropy: from_logits=False, label_smoothing=0.0, axis=-1
binary_focal_crossentropy: apply_class_balancing=False, alpha=0.25, gamma=2.0,
    from_logits=False, label_smoothing=0.0, axis=-1
categorical_crossentropy: from_logits=False, label_smoothing=0.0, axis=-1
categorical_focal_crossentropy: alpha=0.25, gamma=2.0, from_logits=False, label_smoothing=0.0,
    axis=-1
categorical_generalized_cross_entropy: q=0.5
circle: remove_diagonal=True, gamma=80.0, margin=0.4
cosine_similarity: axis=-1
huber: delta=1.0
quantile: tau=0.5
reduced: reduction='sum_over_batch_size'
sparse_categorical_crossentropy: from_logits=False, axis=-1
tversky: alpha=0.5, beta=0.5
"""


def test_defaults() -> None:
    assert defaults_of([st.losses], "steepest.losses") == DEFAULTS
