"""Errors that are one sentence for a reader: what is wrong, and what to do next."""


class Sentence(Exception):
    """Its text is all there is to say."""

    def _render_traceback_(self) -> list[str]:
        """IPython shows this instead of a traceback."""
        return [str(self)]
