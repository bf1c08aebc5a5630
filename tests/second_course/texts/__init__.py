"""What the notebooks of this course import."""

RHYME = "one two two three three three"
