"""Layers that prepare inputs as part of the model: scaling, categories, gaps, components."""
