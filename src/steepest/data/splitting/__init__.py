"""Splitting rows: shares, folds, groups, and checks of what was split."""
