"""The course as nbgrader sees it. Every line that is not a name closes a hole, and says which."""

import os

c = get_config()  # noqa: F821  nbgrader defines it while it reads this file

c.CourseDirectory.course_id = "convolutions-by-hand"
c.CourseDirectory.root = os.path.dirname(os.path.abspath(__file__))
# nbgrader copies whatever lies beside a notebook to students and to the grader: only notebooks go.
c.CourseDirectory.ignore = [
    ".*", "*.pyc", "__pycache__", "*.py", "*.so", "*.md", "*.txt", "*.csv", "*.json", "*.db",
    "*.np?", "*.h5", "*.keras",
]  # fmt: skip
c.CourseDirectory.max_file_size = 20_000  # kB: a larger file beside a notebook stays behind

# What a student finds in place of a solution. The checks know it and say "not attempted".
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError  # write your answer here"}
c.ClearSolutions.text_stub = "*Write your answer here.*"

# Nothing that a notebook says of itself counts, only its answers: cells that were deleted, pasted
# twice, reordered, retagged or marked otherwise are the assignment's again before anything runs.
# Then there are no outputs, double ids, other kernels or broken metadata for nbgrader to look for.
c.Autograde.sanitize_preprocessors = [
    "grading.submissions.steps.Restore",
    "nbgrader.preprocessors.OverwriteCells",
]
# Student code and test cells never meet in one process: `Examine` stands where `Execute` stood.
c.Autograde.autograde_preprocessors = [
    "grading.boundary.steps.Examine",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
]
# Else a notebook is looked through after each of these steps, and not once after all of them.
c.Exporter.optimistic_validation = True
# What the test cells of the assignments find defined, besides the names of the student's.
c.Examine.setup = "import numpy as np\nfrom helpers import check"
# What notebooks import, once for a whole class. No operation of Keras may run here: a worker is a
# fork of this, and then it would hang. `drawn_digits` reads the fonts, which workers need.
# The course is written for TensorFlow, whatever else Keras is set to on this machine.
c.Examine.preload = """
import os
os.environ["KERAS_BACKEND"] = "tensorflow"
from helpers import data, networks, quiet
with quiet():
    import keras
if __name__ == "worker":
    data.drawn_digits(1)
"""
# What student code may import of this folder, and what of it holds answers: that does nothing there.
c.Examine.importable = ["helpers"]
c.Examine.silent = ["helpers.check", "helpers.draw"]
# The same answer earns the same mark twice, also where it trains a network, and whatever its notebook
# has set for all of Keras.
c.Examine.seeds = """
import keras
keras.config.set_image_data_format("channels_last")
keras.config.set_floatx("float32")
keras.config.set_dtype_policy("float32")
keras.utils.set_random_seed(1)
"""
# 60 MB of printed output would be stored in full.
c.LimitOutput.max_lines = 200
c.LimitOutput.max_traceback = 60

# Feedback shows the test cells: without this line, with the hidden tests in them.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
