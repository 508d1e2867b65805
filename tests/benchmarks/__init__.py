"""Benchmarks: `make bench` runs them all, `python -m pytest tests/benchmarks/bench_retrieve.py` one."""
