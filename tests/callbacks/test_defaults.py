"""Default values of callbacks, as in Keras; `tests/peers` lists differences."""

from __future__ import annotations

import steepest as st
from tests.signatures import defaults_of

DEFAULTS = """\
BackupAndRestore: save_freq='epoch', double_checkpoint=False, delete_checkpoint=True
CSVLogger: separator=',', append=False
ConvergenceRule: min_improvement=0.001, verbose=0
EarlyStopping: monitor='val_loss', min_delta=0.0, patience=0, verbose=0, mode='auto',
    restore_best_weights=True, start_from_epoch=0
LearningRateScheduler: verbose=0
ModelCheckpoint: monitor='val_loss', verbose=0, save_best_only=False, save_weights_only=False,
    mode='auto', save_freq='epoch'
Monitor: mode='auto', min_delta=0.0
ReduceLROnPlateau: monitor='val_loss', factor=0.1, patience=10, verbose=0, mode='auto',
    min_delta=0.0001, cooldown=0, min_lr=0.0
SwapEMAWeights: swap_on_epoch=False
TensorBoard: log_dir='logs', histogram_freq=0, write_graph=True, write_images=False,
    write_steps_per_second=False, update_freq='epoch', profile_batch=0, embeddings_freq=0
TerminateOnNaN: raise_error=False
TimeLimit: verbose=0
"""


def test_defaults() -> None:
    assert defaults_of([st.callbacks], "steepest.callbacks") == DEFAULTS
