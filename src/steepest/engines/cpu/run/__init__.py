"""Running compiled programs: memory, threads and calls."""
