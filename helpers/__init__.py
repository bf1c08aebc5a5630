"""What the notebooks import: pictures, checks and data. Importing it starts no framework."""

from helpers.quiet import quiet

__all__ = ["quiet"]
