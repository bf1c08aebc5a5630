"""What a check and whoever runs it agree on; both import this, and it imports neither.

`calling` calls a student's function on terms, `limits` ends what takes too long or too much,
`rules` notices who does the work, and `verdicts` has what a check says: a green line, or an
exception that tells its kind, its exercise and its lines. A check of any course that raises
`verdicts.CheckFailed` and calls through `calling.call` works in a notebook and behind the boundary.
"""
