"""Exceptions that cross: Python's own types by their name, with their message."""

import builtins


def built_in(name: str, message: str) -> BaseException:
    """An exception of Python's own type of this name, or the nearest there is."""
    kind = getattr(builtins, name, None)
    if not isinstance(kind, type) or not issubclass(kind, Exception):
        kind = RuntimeError
    try:
        return kind(message)
    except TypeError:  # UnicodeDecodeError wants more than a message
        return RuntimeError(message)
