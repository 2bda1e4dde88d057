"""Kernels outside of programs: digests, epoch orders, dense to sparse, partitions, ceilings."""
