"""Runs: a training, an evaluation or a prediction as a stream of events, and who listens.

`run.py` holds the one loop; `one_epoch.py`, `many_epochs.py` and `full_batch.py` are the ways to go
through an epoch; `fit.py` and `evaluate_predict.py` feed the events to callbacks.
"""
