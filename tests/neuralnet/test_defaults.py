"""Default values of the methods of models, as in Keras; `tests/peers` lists differences."""

from __future__ import annotations

import steepest as st
from tests.signatures import defaults_of

DEFAULTS = """\
Model: trainable=True
Model.check: callbacks=()
Model.compile: optimizer='rmsprop', run_eagerly=False, steps_per_execution=1,
    jit_compile='auto', auto_scale_loss=True
Model.compute_loss: training=True
Model.counted: training=True
Model.evaluate: verbose='auto', return_dict=False
Model.evaluation: every='epoch'
Model.explain: batch_size=32
Model.export: format='tf_saved_model'
Model.find_rate: min_rate=1e-06, max_rate=10.0, steps=200, seed=0
Model.fit: epochs=1, verbose='auto', validation_split=0.0, shuffle=True, initial_epoch=0,
    validation_freq=1, check=True
Model.load_weights: skip_mismatch=False
Model.predict: verbose='auto'
Model.prediction: every='epoch'
Model.save: include_optimizer=True, overwrite=True
Model.save_weights: overwrite=True
Model.summary: expand_nested=False, show_trainable=False
Model.test_on_batch: return_dict=False
Model.train_on_batch: return_dict=False
Model.training: every='epoch'
"""


def test_defaults() -> None:
    assert defaults_of([st], "steepest.neuralnet", methods=[st.Model]) == DEFAULTS
