"""Tensors, the primitive operations, their NumPy definitions and their derivatives."""
