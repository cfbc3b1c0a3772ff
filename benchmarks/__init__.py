"""What is fast, measured: run `python -m benchmarks` (see --help)."""
