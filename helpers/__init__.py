"""What the notebooks import: pictures, checks and data. Importing it starts no framework."""

from helpers.packages import require

require("numpy", "matplotlib", "keras")

from helpers.quiet import quiet  # noqa: E402  the sentence about a missing package comes first

__all__ = ["quiet"]
