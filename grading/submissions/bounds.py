"""What a submission may be, in one place. Whoever is over a bound is told so in a sentence.

An honest assignment is far below all of them: the largest of this course has 90 cells and 30 kB of
text. Below them no step of grading takes long; what does all the same is ended (`class_run.bounded`).
"""

FILE_BYTES = 200 * 2**20
"""Of a notebook's file, pictures and outputs included."""
ITEMS = 20_000_000
"""Values in its JSON: each takes some 60 bytes of memory, however short it is in the file."""
CELLS = 2000
CELL_BYTES, TEXT_BYTES = 500_000, 4_000_000
"""Of what is written in a cell, and in all of them."""
CELL_LINES = 20_000
PICTURE_BYTES, PICTURES_BYTES = 4_000_000, 20_000_000
"""Of a picture that is pasted into Markdown, and of all of them. More of them become text."""
NAME_BYTES = 150
"""Of a student's folder: some of nbgrader's own files add to it, and 255 is the most there is."""
FOLDERS, FILES = 20, 5000
"""How deep folders may be nested beside a notebook, and how many files may lie there."""
STAMP_BYTES = 200
"""Of `timestamp.txt`, which holds a date. A larger one is none."""
