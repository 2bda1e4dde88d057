"""The views of the studio. Each is imported at its first request."""

from __future__ import annotations

VIEWS: dict[str, str] = {
    "initial_weights": "steepest.studio.views.initial_weights:InitialWeights",
    "landscape": "steepest.studio.views.landscape:Landscape",
    "microscope": "steepest.studio.views.microscope:Microscope",
    "model": "steepest.studio.views.model:MyModel",
    "playground": "steepest.studio.views.playground:Playground",
    "training": "steepest.studio.views.training:Training",
}
"""The module and the class of each view, by its name."""
