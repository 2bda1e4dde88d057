"""Default values of layers, as in Keras; `tests/peers` lists differences."""

from __future__ import annotations

import steepest as st
from tests.signatures import defaults_of

DEFAULTS = """\
ActivityRegularization: l1=0.0, l2=0.0
Add: trainable=True
Average: trainable=True
BatchNormalization: axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True,
    beta_initializer='zeros', gamma_initializer='ones', moving_mean_initializer='zeros',
    moving_variance_initializer='ones'
Concatenate: axis=-1
Dense: activation='linear', use_bias=True, kernel_initializer='glorot_uniform',
    bias_initializer='zeros'
Dot: normalize=False
ELU: alpha=1.0
EinsumDense: kernel_initializer='glorot_uniform', bias_initializer='zeros'
Embedding: embeddings_initializer='uniform', mask_zero=False
Flatten: trainable=True
GlobalAveragePooling1D: keepdims=False
GlobalAvgPool1D: keepdims=False
GlobalMaxPool1D: keepdims=False
GlobalMaxPooling1D: keepdims=False
GroupNormalization: groups=32, axis=-1, epsilon=0.001, center=True, scale=True,
    beta_initializer='zeros', gamma_initializer='ones'
Identity: trainable=True
Input: optional=False
InputLayer: optional=False
InputSpec: allow_last_axis_squeeze=False, optional=False
Layer: trainable=True
LayerNormalization: axis=-1, epsilon=0.001, center=True, scale=True, beta_initializer='zeros',
    gamma_initializer='ones'
LeakyReLU: negative_slope=0.3
Masking: mask_value=0.0
Maximum: trainable=True
Minimum: trainable=True
Multiply: trainable=True
PReLU: alpha_initializer='zeros'
RMSNormalization: axis=-1, epsilon=1e-06, gamma_initializer='ones'
RandomBrightness: value_range=(0.0, 255.0)
RandomErasing: factor=1.0, scale=(0.02, 0.33), fill_value=0.0
RandomFlip: mode='horizontal_and_vertical'
RandomRotation: fill_mode='reflect'
RandomTranslation: fill_mode='reflect'
RandomZoom: fill_mode='reflect'
ReLU: negative_slope=0.0, threshold=0.0
Softmax: axis=-1
SpectralNormalization: power_iterations=1
Subtract: trainable=True
UnitNormalization: axis=-1
concatenate: axis=-1
dot: axes=-1, normalize=False
"""


def test_defaults() -> None:
    assert defaults_of([st.layers], "steepest.layers", "steepest.layers.preprocessing") == DEFAULTS
