"""What the notebooks import: pictures, checks and data. Importing it starts no framework."""
