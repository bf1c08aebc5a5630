"""What the lessons look at: a photograph, and MNIST or, without a network, digits like it."""

from helpers.data.digits import drawn_digits
from helpers.data.loader import DataError, mnist
from helpers.data.photos import grey, photograph

__all__ = ["DataError", "drawn_digits", "grey", "mnist", "photograph"]
