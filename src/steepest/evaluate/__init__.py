"""Many trainings side by side, cross-validation, and a comparison of two distributions."""
