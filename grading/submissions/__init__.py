"""What students hand in: found, read, and restored to the assignment's own cells."""
