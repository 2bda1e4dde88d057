"""Kernels that no graph asks for: digests, epoch orders, dense to sparse, partitions, ceilings."""
