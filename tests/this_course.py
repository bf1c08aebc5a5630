"""This course as its own nbgrader_config.py describes it to the boundary."""

from pathlib import Path

from traitlets.config import PyFileConfigLoader

from grading.boundary.steps import Examine

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = Examine(
    config=PyFileConfigLoader("nbgrader_config.py", str(ROOT)).load_config()
).settings()
