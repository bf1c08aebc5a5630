"""The classes that are made up: what they hold, and that each broken file is what it says it is."""

import json
import os
import random
import shutil
from pathlib import Path

import nbformat
import pytest

from grading.boundary.cells import grade_id, is_test
from grading.class_run.outcomes import STATUSES, UNGRADED
from grading.example import answers, classes, mishaps, mistakes, task

ROOT = Path(__file__).resolve().parent.parent
NAME = "01_normal_convolution"
ASSIGNMENTS = sorted(path.name for path in (ROOT / "source").iterdir())
# output_length, same_padding, slide, conv2d, costs, model, receptive_field, backward
POINTS = 4 + 3 + 2 + 10 + 2 + 2 + 3 + 3 + 8


@pytest.fixture
def course(tmp_path):
    """A folder with the course's own source/ and release/."""
    for step in ("source", "release"):
        shutil.copytree(ROOT / step, tmp_path / step)
    return tmp_path


def everything(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def handed_in(course: Path, student: str) -> nbformat.NotebookNode:
    return nbformat.read(course / "submitted" / student / NAME / f"{NAME}.ipynb", as_version=4)


def source(notebook: nbformat.NotebookNode, name: str) -> str:
    return next(cell.source for cell in notebook.cells if grade_id(cell) == name)


# ---------------------------------------------------------------- what they are made of


def test_an_assignment_is_read_with_its_answers_and_points():
    about = task.task(ROOT, NAME)
    assert list(about.tests) == [
        "output_length", "same_padding", "slide", "conv2d", "conv2d_params", "conv2d_macs",
        "build_two_layer_model", "receptive_field", "conv2d_backward",
    ]  # fmt: skip
    assert about.tests["same_padding"] == [
        "same_padding_stride_1", "same_padding_stride", "same_padding_dilation"
    ]  # fmt: skip
    assert about.worth() == POINTS and about.worth(["conv2d"]) == 4 + 1 + 2 + 2 + 1
    assert about.finished == "needs hand marking"
    assert "SOLUTION" not in "".join(about.solutions.values())
    assert about.solutions["conv2d_params"].endswith("int(use_bias)) * filters")


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_mistake_fits_the_solution_and_its_test_cells(assignment):
    about = task.task(ROOT, assignment)
    for mistake in mistakes.MISTAKES[assignment]:
        made = mistake.made_in(about)
        assert made != about.solutions[mistake.exercise]
        compile(made, mistake.exercise, "exec")
        assert 0 < mistake.costs(about) <= about.worth([mistake.exercise])
        assert mistake.status in STATUSES


def test_a_mistake_that_no_longer_fits_is_an_error():
    gone = mistakes.Mistake("conv2d", (("no such text", ""),), "bias", "")
    with pytest.raises(ValueError, match="'no such text' is not in the solution of conv2d"):
        gone.made_in(task.task(ROOT, NAME))


@pytest.mark.rules
def test_right_answers_are_right_in_every_style():
    """Each style by itself, on each answer there is, and compared with the solution's."""
    about, rng = task.task(ROOT, NAME), random.Random(0)
    styles = (
        answers.renamed, answers.remarked, answers.stored, answers.tabbed,
        lambda text, rng: answers.undocumented(text),
    )  # fmt: skip
    for name, args in (("output_length", (10, 3, 2)), ("same_padding", (28, 3, 2))):
        for text in (about.solutions[name], *answers.OTHER_ANSWERS[name]):
            for style in styles:
                names: dict = {}
                exec(style(text, rng), names)
                # (10 - 3) // 2 + 1 stops; ceil(28 / 2) = 14 need 27 + 2 cells, one more than 28
                assert names[name](*args) == {"output_length": 4, "same_padding": (0, 1)}[name]


def test_a_docstring_of_several_lines_is_taken_out_whole():
    about = task.task(ROOT, NAME)
    for name in about.tests:
        text = answers.undocumented(about.solutions[name])
        assert '"""' in about.solutions[name] and '"""' not in text and ">>>" not in text
        compile(text, name, "exec")


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_styles_change_texts_and_break_none(assignment):
    about, seen = task.task(ROOT, assignment), set()
    for seed in range(20):
        written = answers.answers(about, random.Random(seed))
        assert written.keys() == about.solutions.keys()
        for name in about.tests:
            compile(written[name], name, "exec")
            assert f"def {name}(" in written[name]
        seen.add(json.dumps(written))
    assert len(seen) == 20


def test_lines_are_put_in_front_of_a_body():
    text = 'def f(\n    a, b=(1, 2)\n):\n    """What it does."""\n    return a\n'
    assert classes.at_the_start(text, "    pass\n") == (
        "def f(\n    a, b=(1, 2)\n):\n    pass\n    return a\n"
    )


# ---------------------------------------------------------------- the believable class


def test_a_class_of_thirty_has_every_kind(course):
    made = classes.example_class(course, NAME)
    kinds = [one.what.partition(":")[0] for one in made.values()]
    assert {kind: kinds.count(kind) for kind in classes.SHARES} == classes.SHARES
    assert len(made) == 30 and set(made) == {p.name for p in (course / "submitted").iterdir()}
    assert all(one.status in STATUSES for one in made.values())
    for one in made.values():
        assert (one.points is None) == (one.status in UNGRADED), one
    assert {one.points for one in made.values() if one.what == "right"} == {POINTS}
    named = [name for one in made.values() for name in one.misconceptions]
    assert {"flipped kernel", "one stop missing", "stride on rows only"} <= set(named)
    assert named.count("flipped kernel") > 1, "the commonest mistake is made by several"


def test_the_same_seed_makes_the_same_class(course):
    first = classes.example_class(course, NAME, seed=1)
    files = everything(course / "submitted")
    shutil.rmtree(course / "submitted")
    assert classes.example_class(course, NAME, seed=1) == first
    assert everything(course / "submitted") == files
    shutil.rmtree(course / "submitted")
    assert classes.example_class(course, NAME, seed=2) != first


def test_a_class_is_made_anew_over_an_old_one(course):
    first = classes.example_class(course, NAME, count=4)
    again = classes.example_class(course, NAME, count=4)
    assert again == first and len(list((course / "submitted").iterdir())) == 4


def test_names_are_short_and_differ():
    names = classes.students(200, random.Random(0))
    assert len(set(names)) == 200 and max(map(len, names)) <= 10
    assert all(name.replace("-", "").isalnum() and name.isascii() for name in names)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_other_assignments_have_classes_too(course, assignment):
    made = classes.example_class(course, assignment, count=12)
    for student, one in made.items():
        path = course / "submitted" / student / assignment / f"{assignment}.ipynb"
        assert path.exists() or one.status == "missing"


def test_the_untouched_notebook_is_the_released_one(course):
    made = classes.example_class(course, NAME)
    (student,) = (name for name, one in made.items() if one.what == "untouched")
    assert handed_in(course, student) == task.task(course, NAME).released


def test_what_is_hostile_is_not_in_the_tests_of_the_others(course):
    about, rng = task.task(course, NAME), random.Random(0)
    skipped = classes.skipping(about, rng)[0]
    tagged = [cell.metadata.get("tags") for cell in skipped.cells if is_test(cell)]
    assert tagged == [["skip-execution"]] * 26  # 4 + 3 + 1 + 5 + 2 + 2 + 1 + 3 + 5
    emptied = classes.emptied(about, rng)[0]
    assert {cell.source for cell in emptied.cells if is_test(cell)} == {"assert True"}
    assert "os._exit(0)" in source(classes.leaving(about, rng)[0], "output_length")
    assert "return True" in source(classes.lying(about, rng)[0], "output_length")
    assert "return Anything()" in source(classes.lying(about, rng)[0], "conv2d_backward")
    assert all("Anything" not in cell.source for cell in about.released.cells)


# ---------------------------------------------------------------- the broken class


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """One of each way, and who handed it in."""
    course = tmp_path_factory.mktemp("broken")
    for step in ("source", "release"):
        shutil.copytree(ROOT / step / NAME, course / step / NAME)
    made = classes.broken_class(course, NAME, count=len(mishaps.WAYS), share=1.0)
    who = {one.what.removeprefix("broken: "): student for student, one in made.items()}
    return course, made, who


def at(broken, what: str) -> Path:
    course, _, who = broken
    return course / "submitted" / who[what] / NAME / f"{NAME}.ipynb"


def test_a_twentieth_of_three_hundred_is_broken_in_fifteen_ways(course):
    made = classes.broken_class(course, NAME)
    odd = [one for one in made.values() if one.what.startswith("broken")]
    assert len(made) == 300 and len(odd) == 15 and len({one.what for one in odd}) == 15
    honest = [one for one in made.values() if one not in odd]
    assert {(one.status, one.points) for one in honest} == {("needs hand marking", POINTS)}
    texts = [
        "".join(cell.source for cell in handed_in(course, student).cells)
        for student, one in made.items()
        if one in honest
    ]
    assert len(set(texts)) == 285, "no two are the same"


def test_there_are_enough_ways_and_no_two_of_a_name(broken):
    assert len({way.name for way in mishaps.WAYS}) == len(mishaps.WAYS) >= 20
    assert {way.status for way in mishaps.WAYS} == {"", "tampered", "missing", "unreadable"}
    _, made, who = broken
    assert len(who) == len(made) == len(mishaps.WAYS)


def test_what_is_not_where_it_belongs(broken):
    course, _, who = broken
    assert sorted(p.name for p in at(broken, "wrong file name").parent.iterdir()) == [
        f"{who['wrong file name']}_homework.ipynb"
    ]
    inner = at(broken, "a folder inside the folder").parent / NAME / f"{NAME}.ipynb"
    assert nbformat.read(inner, as_version=4).cells
    assert at(broken, "a folder in place of the file").is_dir()
    assert list((course / "submitted" / who["the student's folder empty"]).iterdir()) == []
    assert list(at(broken, "the assignment's folder empty").parent.iterdir()) == []
    assert [p.name for p in at(broken, "zipped").parent.iterdir()] == [f"{NAME}.zip"]
    assert [p.name for p in at(broken, "only Jupyter's copy of it").parent.iterdir()] == [
        ".ipynb_checkpoints"
    ]


def test_what_is_no_notebook(broken):
    assert at(broken, "an empty file").read_bytes() == b""
    for what in ("a web page in place of JSON", "cut off", "git's merge markers"):
        with pytest.raises(json.JSONDecodeError):
            json.loads(at(broken, what).read_text(encoding="utf-8"))
    assert "nbformat" not in json.loads(at(broken, "JSON that is no notebook").read_text())
    for what, encoding in (
        ("Windows' code page 1252", "cp1252"),
        ("UTF-16", "utf-16"),
        ("UTF-8 with a byte order mark", "utf-8-sig"),
    ):
        data = at(broken, what).read_bytes()
        assert json.loads(data.decode(encoding))["nbformat"] == 4
        with pytest.raises(ValueError):
            json.loads(data.decode("utf-8"))


def test_links_and_permissions(broken):
    course = broken[0]
    nowhere, outside = at(broken, "a link to nothing"), at(broken, "a link out of submitted/")
    assert nowhere.is_symlink() and not nowhere.exists()
    assert outside.is_symlink() and outside.samefile(course / "source" / NAME / f"{NAME}.ipynb")
    forbidden = at(broken, "no permission to read it")
    assert forbidden.stat().st_mode & 0o777 == 0
    status = broken[1][broken[2]["no permission to read it"]].status
    assert status == ("needs hand marking" if os.access(forbidden, os.R_OK) else "unreadable")


def test_what_is_graded_all_the_same(broken):
    released = len(task.task(broken[0], NAME).released.cells)

    def cells(what: str) -> list:
        return json.loads(at(broken, what).read_text(encoding="utf-8"))["cells"]

    assert len(cells("an answer pasted twice")) == len(cells("a test cell pasted twice"))
    assert len(cells("an answer pasted twice")) == released + 1
    assert len(cells("every cell pasted twice")) == 2 * released
    assert [cell["metadata"] for cell in cells("the cells' metadata stripped")] == [{}] * released
    assert all("id" not in cell for cell in cells("nbformat 4.0, whose cells have no ids"))
    assert cells("the cells' metadata and ids stripped")[0]["id"] == "00000000"
    old = json.loads(at(broken, "nbformat 3").read_text())
    assert old["nbformat"] == 3 and len(old["worksheets"][0]["cells"]) == released
    assert at(broken, "50 MB of stored output").stat().st_size > 50 * 10**6
    spec = nbformat.read(at(broken, "a kernel that is not there"), as_version=4).metadata.kernelspec
    assert spec.name == "my-conda-env"
    assert broken[2]["a name with a space and umlauts"].startswith("Jürgen Groß ")
