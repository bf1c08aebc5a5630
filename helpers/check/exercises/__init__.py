"""One file a topic; in each, exercises as `helpers/check/core.py` declares them."""
