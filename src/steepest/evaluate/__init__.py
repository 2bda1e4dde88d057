"""Evaluation of models and data sets: cross-validation, and a comparison of two distributions."""
