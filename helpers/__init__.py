"""What the notebooks import: pictures, checks and data. Importing it starts no framework."""

from helpers.packages import require, require_engine

require("numpy", "matplotlib", "keras")
require_engine()

from helpers.progress import progress  # noqa: E402  the sentence above comes first
from helpers.quiet import quiet  # noqa: E402

__all__ = ["progress", "quiet"]
