"""The trust boundary: student code on one side, tests on the other, plain data in between.

It serves any nbgrader course. It knows notebooks, nbgrader's cells and `contract`, and nothing of
what a course teaches; a course says the rest in its nbgrader_config.py (`settings`).
"""
