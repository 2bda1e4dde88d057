"""Pictures of data, trainings and networks, by matplotlib (`pip install steepest[plot]`).

Every function draws on the axes `ax`, or on a new figure in the light or dark `theme`, and returns
a `Picture` with the numbers that it drew. The function of the same name with `_data` computes these
numbers alone, without matplotlib.
"""

from __future__ import annotations

from steepest.errors import suggest_names
from steepest.plot.picture import Picture
from steepest.plot.schedules import Schedules, schedules, schedules_data

__all__ = [
    "Picture",
    "schedules",
    "schedules_data",
    "Schedules",
]

suggest_names(__name__)
