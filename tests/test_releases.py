"""An answer to an earlier release is no tampering; a changed test of any release is."""

import json
from copy import deepcopy

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grading.submissions import releases
from grading.submissions.restoring import restored


def about(name: str, **said) -> dict:
    flags = {"grade": False, "locked": False, "solution": False, "task": False}
    return {"nbgrader": {"grade_id": name, "schema_version": 3, **flags, **said}}


def released(*, test: str = "assert f() == 1", points: int = 1, added: bool = False):
    cells = [
        new_code_cell("def f(): ...", id="f", metadata=about("f", solution=True)),
        new_code_cell(
            test, id="test", metadata=about("test", grade=True, locked=True, points=points)
        ),
        new_markdown_cell(
            "Why?", id="why", metadata=about("why", grade=True, solution=True, points=points)
        ),
    ]
    if added:
        locked = about("more", grade=True, locked=True, points=2)
        cells.append(new_code_cell("assert f() < 2", id="more", metadata=locked))
    return new_notebook(cells=cells)


def answered(notebook) -> nbformat.NotebookNode:
    notebook = deepcopy(notebook)
    notebook.cells[0].source, notebook.cells[2].source = "def f(): return 1", "Because."
    return notebook


FIRST, LATER = released(), (
    released(test="assert f() == 1, 'mended'"), released(points=3), released(added=True),
)  # fmt: skip
EARLIER = [releases.release_of(FIRST)]


def test_an_answer_to_an_earlier_release_is_called_that_and_graded_by_todays_tests():
    for now in LATER:
        assert restored(answered(FIRST), now)[1].tampered, "nobody remembers the first one"
        right, changes = restored(answered(FIRST), now, EARLIER)
        assert changes.tampered == []
        assert changes.mended == ["it answers an earlier release; it was graded by today's tests."]
        assert [c.source for c in right.cells if c.id in ("test", "more")] == [
            c.source for c in now.cells if c.id in ("test", "more")
        ]
        assert right.cells[0].source == "def f(): return 1"
        assert right.cells[1].metadata["nbgrader"] == now.cells[1].metadata["nbgrader"]


def test_a_test_that_was_changed_in_an_earlier_release_is_tampered_with():
    for now in (FIRST, *LATER):
        changed = answered(FIRST)
        changed.cells[1].source = "assert True"
        assert "the text of test was changed." in restored(changed, now, EARLIER)[1].tampered
        gone = answered(FIRST)
        del gone.cells[1]
        assert "test was deleted." in restored(gone, now, EARLIER)[1].tampered
        more = answered(FIRST)
        more.cells[1].metadata["nbgrader"]["points"] = 50
        assert restored(more, now, EARLIER)[1].tampered


def test_an_answer_to_the_current_release_is_nothing_to_speak_of():
    for now in (FIRST, *LATER):
        every = [releases.release_of(one) for one in (FIRST, *LATER)]
        changes = restored(answered(now), now, every)[1]
        assert changes.tampered == changes.mended == []


def test_releases_are_remembered_once_and_a_broken_file_is_none(tmp_path):
    for notebook in (FIRST, *LATER, FIRST):
        releases.remember(tmp_path, "a", notebook)
    releases.remember(tmp_path, "b", FIRST)
    assert releases.known(tmp_path, "a") == [releases.release_of(n) for n in (FIRST, *LATER)]
    assert releases.known(tmp_path, "b") == EARLIER and releases.known(tmp_path, "c") == []
    (tmp_path / releases.FILE).write_text("{")
    assert releases.known(tmp_path, "a") == []
    releases.remember(tmp_path, "a", FIRST)
    assert json.loads((tmp_path / releases.FILE).read_text()) == {"a": EARLIER}
