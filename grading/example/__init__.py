"""Classes that nobody taught: for `make demo`, for the tests and for the benchmark."""
