"""Preparation in Python before a model: dates, sequences, lists of tokens."""
