"""Judging models and data sets: cross-validation, and whether two sets have one distribution."""
