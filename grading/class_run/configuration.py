"""The course as nbgrader's own commands find it."""

import logging
import warnings

from nbgrader.apps import NbGrader
from sqlalchemy.exc import SAWarning
from traitlets.config import Config


def configuration() -> Config:
    """nbgrader's configuration, as its own commands read it in this folder."""
    # nbgrader's own objects, flushed in an order that SQLAlchemy warns of and that does no harm
    warnings.filterwarnings("ignore", category=SAWarning)
    app = NbGrader()
    app.load_config_file()
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    return app.config
