"""Preprocessing layers, part of the model: scaling, categories, missing values, PCA."""
