"""Benchmarks: what the integration costs. `python -m benchmarks` runs all of them."""
