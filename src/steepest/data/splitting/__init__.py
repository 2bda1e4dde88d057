"""Splitting rows: shares, folds, groups, and warnings about unsound splits."""
