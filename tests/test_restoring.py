"""Whatever a notebook says of itself, the assignment's cells are graded, with the student's answers."""

import copy
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from grading.boundary.cells import about, grade_id, is_test
from grading.submissions import restoring
from grading.submissions.restoring import prose, restored
from tools.notebooks import ROOT, assignments

NAMES = [path.stem for path in assignments()]
NAME = "02_depthwise_convolution"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def read(folder: str, name: str = NAME):
    return nbformat.read(ROOT / folder / name / f"{name}.ipynb", as_version=4)


def answered(name: str = NAME):
    """The release with an answer in every cell that takes one."""
    notebook, solutions = (
        read("release", name),
        {c.id: c.source for c in read("source", name).cells},
    )
    for cell in notebook.cells:
        if about(cell).get("solution"):
            cell.source = solutions[cell.id] if cell.cell_type == "code" else f"I think: {cell.id}."
    return notebook


def place(notebook, name: str) -> int:
    return next(at for at, cell in enumerate(notebook.cells) if grade_id(cell) == name)


def find(notebook, name: str):
    return notebook.cells[place(notebook, name)]


def without_ids(notebook) -> None:
    notebook.nbformat_minor = 4
    for cell in notebook.cells:
        del cell["id"]


def without_metadata(notebook) -> None:
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({})


def without_both(notebook) -> None:
    without_metadata(notebook)
    without_ids(notebook)


def changes_of(changed, name: str = NAME):
    """What is said of a notebook; that nothing but answers is left of it is seen to here."""
    released = read("release", name)
    before = copy.deepcopy((changed, released))
    right, changes = restored(changed, released)
    assert before == (changed, released), "neither is written to"
    theirs = {cell.id: cell for cell in right.cells}
    ours = [cell for cell in released.cells if cell.id in theirs]
    assert ours == released.cells, "no cell of the assignment's is missing"
    order = [cell.id for cell in right.cells]
    assert [i for i in order if i in {c.id for c in ours}] == [cell.id for cell in ours]
    assert len(set(order)) == len(order)
    for cell in ours:
        assert theirs[cell.id].metadata == cell.metadata
        assert theirs[cell.id].cell_type == cell.cell_type
        if is_test(cell):
            assert theirs[cell.id].source == cell.source
    for cell in right.cells:
        assert (
            cell.id in before[1].cells
            or not about(cell)
            or cell.metadata == theirs[cell.id].metadata
        )
    assert right.metadata.kernelspec == KERNEL
    nbformat.validate(right)
    return right, changes


def answers_of(notebook) -> dict[str, str]:
    return {grade_id(c): c.source for c in notebook.cells if about(c).get("solution")}


def sentences(changes: restoring.Changes) -> list[str]:
    return changes.tampered + changes.mended


# ---------------------------------------------------------------- honest notebooks


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("made", [answered, lambda name: read("release", name)])
def test_an_honest_notebook_is_left_alone(name, made):
    submitted = made(name)
    right, changes = changes_of(submitted, name)
    assert sentences(changes) == []
    assert [(c.id, c.source) for c in right.cells] == [(c.id, c.source) for c in submitted.cells]


def test_what_jupyter_adds_means_nothing():
    submitted = answered()
    submitted.metadata["widgets"] = {"state": {}}
    submitted.metadata.kernelspec = {**KERNEL, "display_name": "Python 3.13"}
    for cell in submitted.cells:
        cell.metadata.update({"trusted": True, "collapsed": False, "jupyter": {"x": 1}, "tags": []})
        if cell.cell_type == "code":
            cell.execution_count = 7
            cell.outputs = [nbformat.v4.new_output("stream", text="x" * 1000)]
    right, changes = changes_of(submitted)
    assert sentences(changes) == []
    assert answers_of(right) == answers_of(submitted)


def test_own_cells_stay_where_they_were_put():
    submitted = answered()
    at = place(submitted, "depthwise_params")
    submitted.cells.insert(at, new_markdown_cell("my notes", id="depthwise_macs"))
    submitted.cells.insert(at + 2, new_code_cell("x = 1", id="x", metadata={"tags": ["mine"]}))
    submitted.cells.insert(0, new_code_cell("y = 2", id="own-1"))
    submitted.cells.append(new_code_cell("z = 3"))
    right, changes = changes_of(submitted)
    assert sentences(changes) == []
    assert [c.source for c in right.cells] == [c.source for c in submitted.cells]
    own = [c for c in right.cells if c.id.startswith("own-")]
    assert [c.source for c in own] == ["y = 2", "my notes", "x = 1", "z = 3"]
    assert all(c.metadata == {} for c in own)


def test_two_runs_give_one_notebook():
    submitted = answered()
    for _ in range(3):
        submitted.cells.insert(2, new_code_cell("x = 1"))
    assert changes_of(submitted)[0] == changes_of(submitted)[0]


def test_a_plain_cell_may_be_changed():
    submitted = answered()
    setup = next(cell for cell in submitted.cells if cell.id == "setup")
    setup.source += "\nimport math"
    right, changes = changes_of(submitted)
    assert "import math" in next(c for c in right.cells if c.id == "setup").source
    assert sentences(changes) == []


@pytest.mark.parametrize("version", [3, 4.0, 4.4])
def test_an_older_format_loses_no_answer(version, tmp_path):
    submitted = answered()
    old = copy.deepcopy(submitted)
    if version == 3:
        old = nbformat.convert(old, 3)
    else:
        without_ids(old)
        old.nbformat_minor = int(version * 10) % 10
    path = tmp_path / "old.ipynb"
    path.write_text(nbformat.writes(old, version=int(version)), encoding="utf-8")
    assert '"id"' not in path.read_text(encoding="utf-8")
    right, changes = changes_of(nbformat.read(path, as_version=4))
    assert answers_of(right) == answers_of(submitted)
    assert changes.tampered == []


# ---------------------------------------------------------------- what it says of itself


def change(name: str, **flags):
    def changed(notebook):
        find(notebook, name).metadata["nbgrader"].update(flags)

    return changed


def tagged(*tags, name="depthwise_params_with_bias"):
    def changed(notebook):
        find(notebook, name).metadata["tags"] = list(tags)

    return changed


def rewritten(name: str, source: str):
    def changed(notebook):
        find(notebook, name).source = source

    return changed


def moved(name: str, to: int):
    def changed(notebook):
        notebook.cells.insert(to, notebook.cells.pop(place(notebook, name)))

    return changed


def deleted(name: str):
    def changed(notebook):
        del notebook.cells[place(notebook, name)]

    return changed


def doubled(name: str, source: str = "", **more):
    """A second one follows, with another text."""

    def changed(notebook):
        twin = copy.deepcopy(find(notebook, name))
        twin.update({"source": source, "id": "twin", **more})
        notebook.cells.insert(place(notebook, name) + 1, twin)

    return changed


def turned(name: str):
    """What the menu does that makes a code cell a text: its outputs are gone, its metadata stays."""

    def changed(notebook):
        at, cell = place(notebook, name), find(notebook, name)
        notebook.cells[at] = new_markdown_cell(cell.source, id=cell.id, metadata=cell.metadata)

    return changed


def kernel(spec):
    def changed(notebook):
        notebook.metadata = nbformat.from_dict({"kernelspec": spec} if spec else {})

    return changed


TEST, ANSWER = "depthwise_params_with_bias", "depthwise_params"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (tagged("skip-execution"), f"{TEST} was tagged skip-execution."),
        (tagged("x" * 100, "raises-exception"), f"{TEST} was tagged {'x' * 40}, raises-exception."),
        (tagged("skip-execution", name=ANSWER), f"{ANSWER} was tagged skip-execution."),
        (change(TEST, grade=False), f"{TEST} was marked grade=False in place of True."),
        (change(TEST, locked=False), f"{TEST} was marked locked=False in place of True."),
        (change(TEST, solution=True), f"{TEST} was marked solution=True in place of False."),
        (change(TEST, points=100), f"{TEST} was marked points=100 in place of 1."),
        (change(TEST, task=True), f"{TEST} was marked task=True in place of False."),
        (change(ANSWER, locked=True), f"{ANSWER} was marked locked=True in place of False."),
        (
            change(ANSWER, grade=True, points=9),
            f"{ANSWER} was marked grade=True in place of False.",
        ),
        (change(TEST, points="9" * 99), f"{TEST} was marked points='{'9' * 19} in place of 1."),
        (rewritten(TEST, "pass"), f"the text of {TEST} was changed."),
        (rewritten(TEST, ""), f"the text of {TEST} was changed."),
        (deleted(TEST), f"{TEST} was deleted."),
        (doubled(TEST, "pass"), f"there was a second {TEST}."),
        (moved(TEST, 0), "its test cells stood in another order."),
    ],
)
def test_what_nobody_does_by_chance_is_named_and_restored(changed, says):
    submitted = answered()
    changed(submitted)
    right, changes = changes_of(submitted)
    assert says in changes.tampered
    assert answers_of(right) == answers_of(answered())
    assert [c.source for c in right.cells] == [c.source for c in answered().cells]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (turned(ANSWER), f"{ANSWER} was a markdown cell."),
        (kernel({**KERNEL, "name": "xeus"}), "its kernel was xeus; it is python3."),
        (kernel(None), "its kernel was not named; it is python3."),
        (doubled(ANSWER, "x = 1"), f"there was a second {ANSWER}."),
        (moved(ANSWER, 0), "its cells stood in another order."),
    ],
)
def test_what_can_happen_to_anyone_is_mended(changed, says):
    submitted = answered()
    changed(submitted)
    right, changes = changes_of(submitted)
    assert changes.mended == [says] and changes.tampered == []
    assert answers_of(right) == answers_of(answered())


def test_a_second_answer_still_runs_after_the_first():
    submitted = answered()
    doubled(ANSWER, "def depthwise_params():\n    pass")(submitted)
    right, _ = changes_of(submitted)
    twin = right.cells[place(right, ANSWER) + 1]
    assert twin.source == "def depthwise_params():\n    pass" and about(twin) == {}


def test_a_deleted_answer_is_not_attempted():
    submitted = answered()
    deleted(ANSWER)(submitted)
    right, changes = changes_of(submitted)
    assert changes.tampered == [f"{ANSWER} was deleted."]
    assert find(right, ANSWER).source == find(read("release"), ANSWER).source
    assert "NotImplementedError" in find(right, ANSWER).source


def test_an_answer_written_into_a_new_cell_is_found():
    submitted = answered()
    at = place(submitted, ANSWER)
    submitted.cells[at] = new_code_cell("import math\n\n\n" + submitted.cells[at].source)
    right, changes = changes_of(submitted)
    assert find(right, ANSWER).source.startswith("import math")
    assert changes.mended == [f"{ANSWER} had lost its metadata."]


def test_cells_that_were_shuffled_stand_in_order_again():
    submitted = answered()
    submitted.cells.reverse()
    right, changes = changes_of(submitted)
    assert changes.tampered == ["its test cells stood in another order."]
    assert [c.source for c in right.cells] == [c.source for c in answered().cells]


def test_a_graded_cell_that_somebody_made_up_is_worth_nothing():
    submitted = answered()
    made_up = copy.deepcopy(find(submitted, TEST))
    made_up.id, made_up.source = "made-up", "pass"
    made_up.metadata["nbgrader"].update(grade_id="extra_points", points=100)
    submitted.cells.append(made_up)
    right, changes = changes_of(submitted)
    assert changes.mended == ["extra_points is not ours."]
    assert right.cells[-1].source == "pass" and about(right.cells[-1]) == {}


@pytest.mark.parametrize("stolen", ["depthwise_macs", TEST])
def test_a_name_that_two_cells_claim_is_the_first_ones(stolen):
    submitted = answered()
    find(submitted, ANSWER).metadata["nbgrader"]["grade_id"] = stolen
    right, changes = changes_of(submitted)
    assert any(stolen in sentence for sentence in sentences(changes))
    assert bool(changes.tampered) == (stolen == TEST), "an answer that moved accuses nobody"
    assert is_test(find(right, TEST)) and "check." in find(right, TEST).source


# ---------------------------------------------------------------- stripped


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("stripped", [without_ids, without_metadata, without_both])
def test_a_notebook_that_lost_its_marks_keeps_its_answers(name, stripped):
    submitted = answered(name)
    answers = answers_of(submitted)
    stripped(submitted)
    right, changes = changes_of(submitted, name)
    assert answers_of(right) == answers
    assert [c.source for c in right.cells] == [c.source for c in answered(name).cells]
    lost = [] if stripped is without_ids else [f"{n} had lost its metadata." for n in named(name)]
    assert changes.mended == lost and changes.tampered == []


def named(name: str) -> list[str]:
    return [grade_id(c) for c in read("release", name).cells if grade_id(c)]


def test_an_answer_with_a_function_of_its_own_is_known_without_marks():
    submitted = answered()
    find(submitted, ANSWER).source = "def product(a, b):\n    return a * b\n\n\n" + (
        find(submitted, ANSWER).source
    )
    answers = answers_of(submitted)
    without_both(submitted)
    assert answers_of(changes_of(submitted)[0]) == answers


def test_an_answer_is_known_by_its_function_where_nothing_else_is_left():
    submitted = answered()
    answers = answers_of(submitted)
    submitted.cells.insert(place(submitted, ANSWER), new_code_cell("x = 1"))
    without_both(submitted)
    right, _ = changes_of(submitted)
    assert answers_of(right) == answers
    assert right.cells[place(right, ANSWER) - 1].source == "x = 1"


def test_a_written_answer_is_known_by_its_id():
    submitted = answered()
    answers = answers_of(submitted)
    submitted.cells.insert(place(submitted, "red_and_blue"), new_markdown_cell("notes"))
    without_metadata(submitted)
    assert answers_of(changes_of(submitted)[0]) == answers


def test_an_own_cell_takes_no_id_of_the_assignments():
    released = nbformat.v4.new_notebook(cells=[new_code_cell("a", id="own-0")])
    submitted = nbformat.v4.new_notebook(cells=[new_code_cell(text) for text in "abc"])
    right, _ = restored(submitted, released)
    assert [(c.id, c.source) for c in right.cells] == [
        ("own-0", "a"),
        ("own-1", "b"),
        ("own-2", "c"),
    ]


def test_hidden_tests_are_no_part_of_the_text_that_is_compared():
    source, submitted = read("source"), answered()
    right, changes = restored(submitted, source)
    assert changes.tampered == [] and "HIDDEN TESTS" in find(right, TEST).source


# ---------------------------------------------------------------- nonsense


@pytest.mark.parametrize(
    "metadata",
    [
        {"nbgrader": 5},
        {"nbgrader": []},
        {"nbgrader": {"grade_id": ["a"]}},
        {"nbgrader": {"grade_id": None, "points": {}}},
        {"tags": 5},
        {"tags": {"a": 1}},
        {"tags": [None, {}, "x" * 1000]},
    ],
    ids=range(7),
)
def test_metadata_that_is_none_does_no_harm(metadata):
    submitted = answered()
    for cell in submitted.cells:
        cell.metadata = nbformat.from_dict(metadata)
    right, changes = changes_of(submitted)
    assert answers_of(right) == answers_of(answered())
    assert f"{TEST} had lost its metadata." in changes.mended or "grade_id" in str(metadata)
    assert all(len(sentence) < 300 for sentence in sentences(changes))


def test_an_empty_notebook_is_the_untouched_assignment():
    right, changes = changes_of(nbformat.v4.new_notebook(metadata={"kernelspec": KERNEL}))
    assert [c.source for c in right.cells] == [c.source for c in read("release").cells]
    assert changes.tampered == [f"{name} was deleted." for name in named(NAME)]


def test_raw_cells_of_a_students_own_are_left_out():
    submitted = answered()
    submitted.cells.append(nbformat.v4.new_raw_cell("%%html <script>"))
    assert "script" not in str(changes_of(submitted)[0])


def test_every_notebook_of_the_course_is_tried():
    assert [Path(name).name for name in NAMES] == NAMES and len(NAMES) == 5


def test_a_blank_answer_below_the_real_one_is_noted():
    submitted = answered()
    at = place(submitted, ANSWER)
    own = new_code_cell(submitted.cells[at].source)
    submitted.cells[at].source = find(read("release"), ANSWER).source
    submitted.cells.insert(at, own)
    says = f"the cell {ANSWER} is still blank, and replaces the {ANSWER} of a cell above it"
    assert changes_of(submitted)[1].noted == [says]
    submitted.cells.remove(own)
    assert changes_of(submitted)[1].noted == []


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (new_markdown_cell("It moves."), "It moves."),
        (new_raw_cell("It moves."), "It moves."),
        (new_code_cell("# It\n\n#  moves."), "It\n\nmoves."),
        (new_code_cell("# It moves.\nx = 1"), ""),
    ],
)
def test_a_written_answer_may_stand_in_any_cell_of_text(cell, text):
    assert prose(cell) == text
