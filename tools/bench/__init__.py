"""What the README states in numbers, measured: `make bench`, `make bench-grading`."""
