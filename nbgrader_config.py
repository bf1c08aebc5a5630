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
c.CourseDirectory.max_file_size = 20_000  # kB: a notebook with 50 MB of output is not graded

# What a student finds in place of a solution. The checks know it and say "not attempted".
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError  # write your answer here"}
c.ClearSolutions.text_stub = "*Write your answer here.*"

# A loop that never ends costs its own cell, not the evening.
c.Execute.timeout = 120
c.Execute.interrupt_on_timeout = True
c.Execute.startup_timeout = 120
# The notebook does not choose its kernel.
c.Execute.kernel_name = "python3"
# A `skip-execution` tag on a test cell would earn full marks; no cell is ever skipped.
c.Execute.skip_cells_with_tag = "no cell of this course is skipped"
# Deleted test cells come back before grading.
c.OverwriteCells.add_missing_cells = True
# Any text on stderr scores a test cell 0, so that a warning would cost a right answer its mark.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = "."
# 60 MB of printed output would be stored in full.
c.LimitOutput.max_lines = 200
c.LimitOutput.max_traceback = 60

# Feedback shows the test cells: without this line, with the hidden tests in them.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
