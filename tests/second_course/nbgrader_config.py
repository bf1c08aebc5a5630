"""A course about words: nothing of convolutions, no Keras, graded by the same commands."""

import os

c = get_config()  # noqa: F821  nbgrader defines it while it reads this file

c.CourseDirectory.course_id = "words"
c.CourseDirectory.root = os.path.dirname(os.path.abspath(__file__))
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}
c.Autograde.sanitize_preprocessors = [
    "grading.submissions.steps.Restore",
    "nbgrader.preprocessors.OverwriteCells",
]
c.Autograde.autograde_preprocessors = [
    "grading.boundary.steps.Examine",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
]
c.Examine.setup = """
import sys
import texts
from texts import checks
assert not {"keras", "tensorflow", "helpers"} & sys.modules.keys()
"""
c.Examine.preload = "import texts"
c.Examine.importable = ["texts"]
c.Examine.silent = ["texts.checks"]
c.Examine.seeds = "import random; random.seed(7)"
