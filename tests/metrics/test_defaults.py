"""Default values of metrics, as in Keras; `tests/peers` lists differences."""

from __future__ import annotations

import steepest as st
from tests.signatures import defaults_of

DEFAULTS = """\
AUC: num_thresholds=200, curve='ROC', summation_method='interpolation', name='auc',
    dtype='float32', multi_label=False, from_logits=False
Accuracy: name='accuracy', dtype='float32'
BalancedAccuracy: num_classes=2, threshold=0.5, name='balanced_accuracy', dtype='float32'
BinaryAccuracy: name='binary_accuracy', dtype='float32', threshold=0.5
BinaryCrossentropy: name='binary_crossentropy', dtype='float32', from_logits=False,
    label_smoothing=0.0
BinaryIoU: target_class_ids=(0, 1), threshold=0.5, name='binary_io_u', dtype='float32'
CategoricalAccuracy: name='categorical_accuracy', dtype='float32'
CategoricalCrossentropy: name='categorical_crossentropy', dtype='float32', from_logits=False,
    label_smoothing=0.0, axis=-1
CategoricalHinge: name='categorical_hinge', dtype='float32'
CohenKappa: num_classes=2, threshold=0.5, name='cohen_kappa', dtype='float32'
ConcordanceCorrelation: name='concordance_correlation', dtype='float32', axis=-1
ConfusionMatrix: threshold=0.5, name='confusion_matrix', dtype='float32'
CosineSimilarity: name='cosine_similarity', dtype='float32', axis=-1
EER: num_thresholds=1001, name='eer', dtype='float32'
F1Score: name='f1_score', dtype='float32'
FBetaScore: beta=1.0, name='fbeta_score', dtype='float32'
FalseNegatives: dtype='float32'
FalsePositives: dtype='float32'
Hinge: name='hinge', dtype='float32'
IoU: name='io_u', dtype='float32', sparse_y_true=True, sparse_y_pred=True, axis=-1
KLDivergence: name='kl_divergence', dtype='float32'
LogCosh: name='logcosh', dtype='float32'
LogCoshError: name='logcosh', dtype='float32'
MatthewsCorrelation: num_classes=2, threshold=0.5, name='matthews_correlation', dtype='float32'
Mean: name='mean', dtype='float32'
MeanAbsoluteError: name='mean_absolute_error', dtype='float32'
MeanAbsolutePercentageError: name='mean_absolute_percentage_error', dtype='float32'
MeanIoU: name='mean_io_u', dtype='float32', sparse_y_true=True, sparse_y_pred=True, axis=-1
MeanMetricWrapper: dtype='float32'
MeanSquaredError: name='mean_squared_error', dtype='float32'
MeanSquaredLogarithmicError: name='mean_squared_logarithmic_error', dtype='float32'
Metric: dtype='float32'
OneHotIoU: name='one_hot_io_u', dtype='float32', sparse_y_pred=False, axis=-1
OneHotMeanIoU: name='one_hot_mean_io_u', dtype='float32', sparse_y_pred=False, axis=-1
PearsonCorrelation: name='pearson_correlation', dtype='float32', axis=-1
Poisson: name='poisson', dtype='float32'
Precision: dtype='float32'
PrecisionAtRecall: num_thresholds=200, name='precision_at_recall', dtype='float32'
R2Score: class_aggregation='uniform_average', num_regressors=0, name='r2_score', dtype='float32'
Recall: dtype='float32'
RecallAtPrecision: num_thresholds=200, name='recall_at_precision', dtype='float32'
RootMeanSquaredError: name='root_mean_squared_error', dtype='float32'
SensitivityAtSpecificity: num_thresholds=200, name='sensitivity_at_specificity', dtype='float32'
SparseCategoricalAccuracy: name='sparse_categorical_accuracy', dtype='float32'
SparseCategoricalCrossentropy: name='sparse_categorical_crossentropy', dtype='float32',
    from_logits=False, axis=-1
SparseTopKCategoricalAccuracy: k=5, name='sparse_top_k_categorical_accuracy', dtype='float32'
SpecificityAtSensitivity: num_thresholds=200, name='specificity_at_sensitivity', dtype='float32'
SquaredHinge: name='squared_hinge', dtype='float32'
Sum: name='sum', dtype='float32'
TopKCategoricalAccuracy: k=5, name='top_k_categorical_accuracy', dtype='float32'
TrueNegatives: dtype='float32'
TruePositives: dtype='float32'
binary_accuracy: threshold=0.5
concordance_correlation: axis=-1
cosine_similarity: axis=-1
pearson_correlation: axis=-1
resolve_accuracy: name='accuracy'
resolve_crossentropy: name='crossentropy'
sparse_top_k_categorical_accuracy: k=5
top_k_categorical_accuracy: k=5
"""


def test_defaults() -> None:
    assert defaults_of([st.metrics], "steepest.metrics") == DEFAULTS
