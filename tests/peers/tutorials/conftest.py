"""Listings are run by `test_tutorials`, never collected as tests."""

collect_ignore = ["listings"]
