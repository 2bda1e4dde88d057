"""Preparation in Python before a model: texts, categories, dates, sequences."""
