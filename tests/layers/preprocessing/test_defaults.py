"""Default values of preprocessing layers, as in Keras; `tests/peers` lists differences."""

from __future__ import annotations

import steepest as st
from tests.signatures import defaults_of

DEFAULTS = """\
CategoryEncoding: output_mode='multi_hot'
Discretization: epsilon=0.01, output_mode='int'
HashedCrossing: output_mode='int', sparse=False
Hashing: output_mode='int', sparse=False
IntegerLookup: num_oov_indices=1, oov_token=-1, invert=False, output_mode='int',
    pad_to_max_tokens=False
MinMaxScaling: feature_range=(0.0, 1.0)
MissingValues: strategy='median', fill_value=0.0, indicator=True
Normalization: axis=-1, invert=False
PrincipalComponents: whiten=False
Rescaling: offset=0.0
RobustScaling: quantiles=(0.25, 0.75)
StringLookup: num_oov_indices=1, oov_token='[UNK]', invert=False, output_mode='int',
    pad_to_max_tokens=False, sparse=False, encoding='utf-8'
TextVectorization: standardize='lower_and_strip_punctuation', split='whitespace',
    output_mode='int', pad_to_max_tokens=False, sparse=False, encoding='utf-8'
"""


def test_defaults() -> None:
    assert defaults_of([st.layers], "steepest.layers.preprocessing") == DEFAULTS
