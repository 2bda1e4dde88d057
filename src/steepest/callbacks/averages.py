"""SwapEMAWeights, which uses the moving averages of weights where a training is evaluated."""

from __future__ import annotations

from typing import Any

from steepest.callbacks.callback import Callback
from steepest.constructors import checked
from steepest.errors import ArgumentError
from steepest.events import Logs
from steepest.optimizers import MultiOptimizer


class SwapEMAWeights(Callback):
    """Swaps weights with their moving averages during validation, evaluation and prediction.

    The optimizer computes the averages: `Adam(use_ema=True)`. With `swap_on_epoch` they are also
    the weights at the end of each epoch, as for a `ModelCheckpoint` that comes later in the list,
    until the next epoch begins.

    >>> import steepest as st
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile(st.optimizers.SGD(use_ema=True), "mse")
    >>> swap = st.callbacks.SwapEMAWeights()
    >>> x, y = st.ones((4, 2)), st.ones((4, 1))
    >>> _ = model.fit(x, y, validation_data=(x, y), callbacks=[swap], verbose=0)
    """

    @checked
    def __init__(self, swap_on_epoch: bool = False) -> None:
        super().__init__()
        self.swap_on_epoch = swap_on_epoch

    def set_model(self, model: Any) -> None:
        """Sets the model; raises unless its optimizer computes averages."""
        super().set_model(model)
        optimizer = model.optimizer
        several = optimizer.optimizers if isinstance(optimizer, MultiOptimizer) else [optimizer]
        if optimizer is None or (several and not any(each.use_ema for each in several)):
            raise ArgumentError(
                f"SwapEMAWeights: the optimizer {optimizer!r} computes no moving averages of the "
                "weights; make it with use_ema=True"
            )

    def _use(self, averages: bool) -> None:
        if averages is not self.model.optimizer.averages_in_use:
            self.model.optimizer.swap_averages()

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Returns to the weights that are trained."""
        self._use(False)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Uses the averages until the next epoch, with `swap_on_epoch`."""
        if self.swap_on_epoch:
            self._use(True)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Returns to the weights that are trained; the optimizer decides about the final ones."""
        self._use(False)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Uses the averages."""
        self._use(True)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Returns to the weights that are trained."""
        self._use(False)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Uses the averages."""
        self._use(True)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Returns to the weights that are trained."""
        self._use(False)
