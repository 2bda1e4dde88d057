"""Pictures of data, trainings and networks, by matplotlib (`pip install 'steepest[plot]'`).

Every function draws on the axes `ax`, or on a new figure in the light or dark `theme`, and returns
a `Picture` with the numbers that it drew. The function of the same name with `_data` computes these
numbers alone, without matplotlib, as a frozen dataclass of NumPy arrays.
"""

from __future__ import annotations

from steepest.errors import suggest_names
from steepest.plot.activations import Activations, activations, activations_data
from steepest.plot.averages import Averages, averages, averages_data
from steepest.plot.basins import Basins, basins, basins_data
from steepest.plot.boundary import Boundary, boundary, boundary_data
from steepest.plot.calibration import Calibration, calibration, calibration_data
from steepest.plot.confusion import Confusion, confusion, confusion_data
from steepest.plot.curves import Curve, Curves, curves, curves_data
from steepest.plot.descent import Descent, Path
from steepest.plot.directions import filter_normalised
from steepest.plot.first_layer import FirstLayer, first_layer, first_layer_data
from steepest.plot.histograms import Histogram, Histograms, histograms, histograms_data
from steepest.plot.initial_weights import (
    InitialWeights,
    Signals,
    initial_weights,
    initial_weights_data,
)
from steepest.plot.loss_along import LossAlong
from steepest.plot.loss_line import LossLine, loss_line, loss_line_data
from steepest.plot.loss_plane import LossPlane, loss_plane, loss_plane_data
from steepest.plot.loss_surface import LossSurface, loss_surface
from steepest.plot.mistakes import Mistakes, mistakes, mistakes_data
from steepest.plot.network import Network, network, network_data
from steepest.plot.paths import Paths, paths, paths_data
from steepest.plot.picture import Picture
from steepest.plot.rate_range import rate_range
from steepest.plot.recorder import (
    HistogramsByEpoch,
    Recorder,
    histograms_by_epoch,
    histograms_by_epoch_data,
)
from steepest.plot.residuals import Residuals, residuals, residuals_data
from steepest.plot.runs import Runs, Scores, parallel, runs_data, scores, scores_data, slices
from steepest.plot.schedules import Schedules, schedules, schedules_data
from steepest.plot.surface import SurfaceGrid, surface, surface_data
from steepest.plot.surfaces import SURFACES, Surface
from steepest.plot.svg_picture import SvgPicture
from steepest.plot.training_path import TrainingPath, WeightPath, training_path, training_path_data
from steepest.plot.warp import Warp, warp, warp_data

__all__ = [
    "Picture",
    "rate_range",
    "curves",
    "curves_data",
    "Curves",
    "Curve",
    "boundary",
    "boundary_data",
    "Boundary",
    "activations",
    "activations_data",
    "Activations",
    "histograms",
    "histograms_data",
    "Histograms",
    "Histogram",
    "Recorder",
    "histograms_by_epoch",
    "histograms_by_epoch_data",
    "HistogramsByEpoch",
    "initial_weights",
    "initial_weights_data",
    "InitialWeights",
    "Signals",
    "averages",
    "averages_data",
    "Averages",
    "confusion",
    "confusion_data",
    "Confusion",
    "calibration",
    "calibration_data",
    "Calibration",
    "residuals",
    "residuals_data",
    "Residuals",
    "mistakes",
    "mistakes_data",
    "Mistakes",
    "first_layer",
    "first_layer_data",
    "FirstLayer",
    "schedules",
    "schedules_data",
    "Schedules",
    "surface",
    "surface_data",
    "Surface",
    "SurfaceGrid",
    "SURFACES",
    "paths",
    "paths_data",
    "Paths",
    "Path",
    "Descent",
    "basins",
    "basins_data",
    "Basins",
    "loss_plane",
    "loss_plane_data",
    "LossPlane",
    "loss_line",
    "loss_line_data",
    "LossLine",
    "LossAlong",
    "loss_surface",
    "LossSurface",
    "filter_normalised",
    "training_path",
    "training_path_data",
    "TrainingPath",
    "WeightPath",
    "warp",
    "warp_data",
    "Warp",
    "network",
    "network_data",
    "Network",
    "SvgPicture",
    "scores",
    "scores_data",
    "Scores",
    "slices",
    "parallel",
    "runs_data",
    "Runs",
]

suggest_names(__name__)
