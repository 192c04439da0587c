"""Players measured: whole episodes on given seeds, intervals, and the benchmark protocol (docs/benchmark.md)."""
