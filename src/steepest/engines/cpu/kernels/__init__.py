"""Stand-alone kernels: digests, epoch orders, dense to sparse, partitions, ceilings."""
