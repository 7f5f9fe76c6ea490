"""Unit tests of the benchmarks themselves: `make bench-smoke` runs them."""
