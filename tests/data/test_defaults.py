"""Default values of readers, splits and preparers, as in tf.data and scikit-learn."""

from __future__ import annotations

import steepest as st
from tests.signatures import defaults_of

DEFAULTS = """\
ColumnSchema: missing=0, categories=(), counts=(), dtype=''
Dataset.batch: drop_remainder=False
Dataset.bucket_by_sequence_length: pad_to_bucket_boundary=False, no_padding=False,
    drop_remainder=False
Dataset.cache: filename=''
Dataset.choose_from_datasets: stop_on_empty_dataset=True
Dataset.counter: start=0, step=1, dtype='int64'
Dataset.enumerate: start=0
Dataset.padded_batch: drop_remainder=False
Dataset.range: output_type='int64'
Dataset.rebatch: drop_remainder=False
Dataset.sample_from_datasets: stop_on_empty_dataset=False
Dataset.window: stride=1, drop_remainder=False
DateParts: parts=('year', 'month', 'day', 'weekday'), cyclic=False
KFold: n_splits=5, shuffle=True, stratify=False
RepeatedKFold: n_splits=5, n_repeats=10, stratify=False
TokenCounts: output_mode='multi_hot', sparse=False
date_parts: parts=('year', 'month', 'day', 'weekday'), cyclic=False
normalize: axis=-1, order=2
pad_sequences: dtype='int32', padding='pre', truncating='pre', value=0.0
split: shares=(0.8, 0.1, 0.1), shuffle=True
split_indices: shuffle=True
vectorize_sequences: dimension=10000, sparse=False
"""


def test_defaults() -> None:
    assert defaults_of([st.data], "steepest.data", methods=[st.data.Dataset]) == DEFAULTS
