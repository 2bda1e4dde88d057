"""Callbacks: objects whose hooks are called during a training, and may end it."""

from steepest.callbacks.averages import SwapEMAWeights
from steepest.callbacks.callback import Callback, CallbackList
from steepest.callbacks.checkpoints import BackupAndRestore, ModelCheckpoint
from steepest.callbacks.csv_logger import CSVLogger
from steepest.callbacks.early_stopping import ConvergenceRule, EarlyStopping
from steepest.callbacks.history import History
from steepest.callbacks.lambda_callback import LambdaCallback
from steepest.callbacks.limits import TerminateOnNaN, TimeLimit
from steepest.callbacks.monitor import Monitor
from steepest.callbacks.progress import EpochLines, ProgressBar
from steepest.callbacks.rates import LearningRateScheduler, ReduceLROnPlateau
from steepest.callbacks.tensorboard import TensorBoard
from steepest.errors import suggest_names

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "ConvergenceRule",
    "EarlyStopping",
    "EpochLines",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "Monitor",
    "ProgressBar",
    "ReduceLROnPlateau",
    "SwapEMAWeights",
    "TensorBoard",
    "TerminateOnNaN",
    "TimeLimit",
]

suggest_names(__name__)
