"""What the instructor runs. `python -m grading --help`."""
