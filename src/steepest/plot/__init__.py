"""Pictures of data, trainings and networks, by matplotlib (`pip install steepest[plot]`).

Every function draws on the axes `ax`, or on a new figure in the light or dark `theme`, and returns
a `Picture` with the numbers that it drew. The function of the same name with `_data` computes these
numbers alone, without matplotlib.
"""

from __future__ import annotations

from steepest.errors import suggest_names
from steepest.plot.descent import Descent, Path
from steepest.plot.paths import Paths, paths, paths_data
from steepest.plot.picture import Picture
from steepest.plot.schedules import Schedules, schedules, schedules_data
from steepest.plot.surface import SurfaceGrid, surface, surface_data
from steepest.plot.surfaces import SURFACES, Surface

__all__ = [
    "Picture",
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
]

suggest_names(__name__)
