"""Values that cross the boundary: plain data, and what a library's objects become on the way."""
