"""One script for each habit of the project; `make` calls them: python -m scripts.house."""
