"""Run folders: what a training writes while it runs, and what the studio reads of it."""
