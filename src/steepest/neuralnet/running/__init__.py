"""The training loop, evaluation and prediction as streams of events, and their listeners.

`training_loop.py` holds the loop over epochs. `one_epoch.py`, `many_epochs.py` and `full_batch.py`
are the strategies by which it runs the batches of an epoch. `fit.py` and `evaluate_predict.py` pass
the events to the listeners in `listeners.py`, callbacks among them.
"""
