"""The course's own promises: canonical notebooks, honest releases, one set of versions."""

import doctest
import json
import os
import re
import subprocess
import sys
import tomllib
from itertools import takewhile
from pathlib import Path

import nbformat
import pytest

from helpers.check.exercises import reading
from tools import lab, notebooks, release, tried
from tools.environment import SetupError, check_disk, check_machine, explain, find_python, is_ready
from tools.lock import environment_yml, pins

ROOT = Path(__file__).resolve().parent.parent
LESSONS, ASSIGNMENTS = notebooks.lessons(), notebooks.assignments()


# ---------------------------------------------------------------- notebooks


@pytest.mark.parametrize("path", LESSONS + ASSIGNMENTS, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_notebooks_are_in_canonical_form(path):
    assert notebooks.form(path) == path.read_text(encoding="utf-8"), "run `make format`"


def test_the_canonical_form_takes_an_editors_traces_out():
    cell = nbformat.v4.new_code_cell(
        "\nx = 1  \n", id="1a2b3c4d", metadata={"collapsed": True, "tags": ["keep"]}
    )
    cell.execution_count = 7
    cell.outputs = [nbformat.v4.new_output("stream", text=text) for text in ("a\n", "b\n")]
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": {}})
    kept = json.loads(notebooks.canonical(notebook, with_outputs=True))
    assert kept["cells"][0]["id"] == "x-1"
    assert kept["cells"][0]["execution_count"] == 1
    assert kept["cells"][0]["metadata"] == {"tags": ["keep"]}
    assert kept["cells"][0]["source"] == ["x = 1"]
    assert kept["cells"][0]["outputs"][0]["text"] == ["a\n", "b\n"]
    assert set(kept["metadata"]) == {"kernelspec", "language_info"}
    bare = json.loads(notebooks.canonical(notebook, with_outputs=False))
    assert bare["cells"][0]["outputs"] == [] and bare["cells"][0]["execution_count"] is None


def test_what_answers_a_prediction_is_folded_until_it_is_run():
    new, said = nbformat.v4, [nbformat.v4.new_output("stream", text="64\n")]
    cells = [
        new.new_code_cell("1", execution_count=1, outputs=said),
        new.new_markdown_cell("**Predict, then run.** How many?"),
        new.new_code_cell("def f(): ...", execution_count=2),
        new.new_code_cell("f()", execution_count=3, outputs=said, metadata={"tags": ["kept"]}),
        new.new_code_cell("assert f()", execution_count=4, outputs=said),
        new.new_markdown_cell("So that is it."),
        new.new_code_cell("2", execution_count=5, outputs=said),
    ]
    kept = json.loads(notebooks.canonical(new.new_notebook(cells=cells), with_outputs=True))
    folded = {"jupyter": {"outputs_hidden": True}}
    code = [cell["metadata"] for cell in kept["cells"] if cell["cell_type"] == "code"]
    assert code == [{}, {}, {"tags": ["kept"], **folded}, folded, {}]
    empty = {"output_type": "display_data", "data": {}, "metadata": {}}
    stream = {"output_type": "stream", "name": "stdout", "text": ["64\n"]}
    outputs = [cell["outputs"] for cell in kept["cells"] if cell["cell_type"] == "code"]
    assert outputs == [[stream], [], [empty, stream], [empty, stream], [stream]]
    again = notebooks.canonical(nbformat.reads(json.dumps(kept), 4), with_outputs=True)
    assert json.loads(again) == kept


@pytest.mark.parametrize("path", LESSONS, ids=lambda p: p.name)
def test_every_prediction_of_a_lesson_is_answered_below_it_and_folded(path):
    cells = notebooks.read(path).cells
    asked = [i for i, c in enumerate(cells) if c.cell_type == "markdown" and "Predict" in c.source]
    assert asked
    for place in asked:
        assert notebooks.QUESTION in cells[place].source, "written as **Predict…"
        below = takewhile(lambda cell: cell.cell_type == "code", cells[place + 1 :])
        answers = [cell for cell in below if cell.outputs]
        assert answers, cells[place].id
        assert all(a.metadata["jupyter"] == {"outputs_hidden": True} for a in answers)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<<<<<<< HEAD", "its text is not JSON"),
        ("[]", "not a valid notebook"),
        ('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "not a valid notebook"),
    ],
)
def test_a_broken_notebook_gets_one_sentence(tmp_path, text, words):
    path = tmp_path / "broken.ipynb"
    path.write_text(text)
    with pytest.raises(notebooks.NotebookError, match=words):
        notebooks.read(path)
    command = [sys.executable, "-m", "tools.notebooks", "check", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1 and "Traceback" not in done.stderr and words in done.stderr


FIGURES = {
    "01_normal_convolution": 20,
    "02_depthwise_convolution": 9,
    "03_pointwise_convolution": 13,
    "04_mnist_cnn": 13,
    "05_what_became_of_it": 8,
}


@pytest.mark.parametrize("path", LESSONS, ids=lambda p: p.name)
def test_every_figure_of_a_lesson_has_alternative_text_and_no_cell_was_skipped(path):
    cells = [cell for cell in notebooks.read(path).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    figures = [o for cell in cells for o in cell.outputs if "image/png" in o.get("data", {})]
    assert len(figures) == FIGURES[path.stem], "a picture was lost, or is new"
    for output in figures:
        assert output.metadata["image/png"]["alt"] == output.data["text/plain"]
    assert not [o for cell in cells for o in cell.outputs if o.get("name") == "stderr"]


NUMBERS = {
    "01_normal_convolution": [
        "112 by hand, 112 by Keras",  # (3*3*3 + 1)*4
        "896 + 18,496 = 19,392",  # (3*3*3 + 1)*32 + (3*3*32 + 1)*64
        "42,581,376",  # 222*222 * 3*3*3 * 32
        "237,397,479,552",  # (224*224*3 + 1) * 222*222*32
        "(3, 1, 2)] size 13 jump 2",  # 1 + 2*1 + 2*1 + 2*2*2
        "(3, 1, 2)] size 15 jump 2",  # 1 + 2*1 + 2*2 + 2*2*2
        "stride 3: (6, 9), equal to Keras: True",  # (2 - 1)*3 + 3, (3 - 1)*3 + 3
        "every weight is right to within 0.01",
    ],
    "02_depthwise_convolution": [
        "27 by hand, 27 by Keras",  # (3*3*1 + 0)*3
        "[1, 2, 5] together 8",  # lesson 1's number at that place
        "(64 times fewer)",
    ],
    "03_pointwise_convolution": [
        "16 by hand, 16 by Keras",  # (1*1*3 + 1)*4
        "27 + 16 = 43 by hand, 43 by Keras",
        "normal: 112",
        "first   27 + 128 = 155",  # 3*3*3, (1*1*3 + 1)*32
        "second  288 + 2,112 = 2,400",  # 3*3*32, (1*1*32 + 1)*64
        "155 + 2,400 = 2,555 against 19,392",
        # MobileNet, table 3: 14*14 * 512*(3*3*512), 14*14 * 512*(3*3 + 512), then 384 channels
        *("462,422,016", "2,359,296", "52,283,392", "266,752", "29,578,752", "150,912"),
        "15,091,200",  # 10*10 * 384*(3*3 + 384)
        *("4,866,269,184", "29,281,120", "568,740,352", "4,209,088"),  # table 4
        *("325,400,448", "2,568,144", "307,323,392", "2,875,328"),  # table 5
        "6.96 times the parameters and 8.56 times the multiply-adds for 1.1 points of accuracy",
        "22,855,952",  # Xception, table 3
        "column, then row: 6 multiply-adds; the kernel: 9",  # Sobel, 3 + 3 against 3*3
    ],
    "04_mnist_cnn": [
        "(3*3*1 + 1) * 32 = 320",
        "(3*3*32 + 1) * 64 = 18,496",
        "12 * 12 * 64 = 9,216",
        "(9,216 + 1) * 128 = 1,179,776",
        "together 1,199,882",  # 320 + 18,496 + 1,179,776 + (128 + 1)*10
        "11,992,448 multiply-adds",  # 26*26*9*32 + 24*24*9*32*64 + 9216*128 + 128*10
        "3*3*32 + 32*64 + 64 = 2,400, Keras: 2,400",
        "24*24 * (3*3*32 + 32*64) = 1,345,536",
        "powers of e:   [ 2.72  7.39 54.6 ] together 64.71",  # e, e^2, e^4
        "third class is right  by hand 0.170, Keras 0.170",  # -log(54.6 / 64.71)
        "31,546 learned + 416 running",  # two for each of 16 + 32 + 64 + 96 channels
        "learning rate 0.001",
        "convolution layers: 2",
    ],
    "05_what_became_of_it": [
        "72 by hand, 72 by Keras",  # 3*3*2*4
        "60,965,224 parameters",  # AlexNet: 60 million
        *(
            "69,632 weights",
            "70,144 weights",
        ),  # 256*64 + 9*64*64 + 64*256, 32*(256*4 + 9*4*4 + 4*256)
        *("25,557,032", "4,089,184,256", "25,028,904", "4,230,479,872"),  # ResNeXt, table 1
        "94.86 percent of the multiply-adds, 74.59 of the parameters",  # MobileNet, table 2
        "map 1 hears of channels [0, 1, 2]\n",
        "map 1 hears of channels [0, 1, 2, 3, 4, 5]",
        "7,949,760",  # 28*28 * (2*240*60/3 + 9*60)
        *("300,774,272", "3,469,760", "3,504,872"),  # MobileNetV2, table 4
        "2,514,944 weights, 9.8 percent",  # 2/16 * (3*256**2 + 4*512**2 + 6*1024**2 + 3*2048**2)
        *("28,589,128", "4,455,531,264"),  # ConvNeXt-T, table 9
    ],
}


@pytest.mark.parametrize("name", NUMBERS)
def test_the_lessons_compute_the_tutorials_and_the_papers_numbers(name):
    cells = notebooks.read(ROOT / f"notebooks/{name}.ipynb").cells
    printed = "".join(o.get("text", "") for cell in cells for o in cell.get("outputs", []))
    for number in NUMBERS[name]:
        assert number in printed, number


def test_assignment_4_shows_the_program_that_its_check_reads():
    cells = notebooks.read(ROOT / "source/04_mnist_cnn/04_mnist_cnn.ipynb").cells
    (task,) = [cell.source for cell in cells if cell.id == "task-reading"]
    assert f"```python\n{reading.PROGRAM}```" in task


def sections(path) -> dict[str, list]:
    """The code cells under each heading of a lesson."""
    found, heading = {}, ""
    for cell in notebooks.read(path).cells:
        if cell.cell_type == "markdown" and re.match("##? ", cell.source):
            heading = cell.source.splitlines()[0]
        elif cell.cell_type == "code":
            found.setdefault(heading, []).append(cell)
    return found


def test_what_depends_on_the_data_is_compared_by_range():
    """Where strict comparison passes over a cell, the same section of lesson 4 asserts after it."""
    passed_over = 0
    for heading, cells in sections(ROOT / "notebooks/04_mnist_cnn.ipynb").items():
        free = ["nbval-ignore-output" in cell.metadata.get("tags", ()) for cell in cells]
        asserts = [bool(re.search("^assert ", cell.source, re.MULTILINE)) for cell in cells]
        passed_over += sum(free)
        if any(free):
            last = max(place for place, is_free in enumerate(free) if is_free)
            assert any(asserts[last:]), f"{heading}: nothing is asserted after {cells[last].id}"
    assert passed_over == 14, "a tag was added or taken away"


# ---------------------------------------------------------------- release


def test_release_is_what_source_generates_and_gives_nothing_away(tmp_path):
    release.regenerate(tmp_path)
    made = {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    folder = ROOT / "release"
    stored = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert sorted(made) == sorted(stored)
    assert made == stored, "run `make release`"


@pytest.mark.parametrize("source", ASSIGNMENTS, ids=lambda p: p.parent.name)
def test_a_written_answer_has_a_rubric_that_only_the_instructor_sees(source):
    cells = notebooks.read(source).cells
    (answer,) = [c.source for c in cells if c.cell_type == "markdown" and "nbgrader" in c.metadata]
    solution = answer.partition("### BEGIN SOLUTION")[2].partition("### END SOLUTION")[0]
    assert re.search(r"\*\*Rubric\.\*\* 3 points.*\b(no|none|not|half|½)\b", solution, re.S | re.I)
    released = (ROOT / "release" / source.parent.name / source.name).read_text(encoding="utf-8")
    assert "ubric" not in released and "alf a point" not in released


def test_a_leak_is_seen(tmp_path):
    source = ASSIGNMENTS[0]
    assert release.leaks(source, source), "the source itself holds every secret"
    notebook = notebooks.read(ROOT / "release" / source.parent.name / source.name)
    secret = [line for region in release.parts(source)[0] for line in region]
    assert 'check.conv2d(conv2d, part="window", seed=4301)' in secret
    notebook.cells[-1].source = "    return -(-n // stride)"
    path = tmp_path / "leaky.ipynb"
    nbformat.write(notebook, path)
    assert release.leaks(source, path) == ["return -(-n // stride)"]


def test_points_and_ids_of_the_assignments():
    for path in ASSIGNMENTS:
        cells = notebooks.read(path).cells
        graded = [c.metadata.nbgrader for c in cells if "nbgrader" in c.metadata]
        ids = [meta.grade_id for meta in graded]
        assert len(ids) == len(set(ids))
        assert all(c.id == c.metadata.nbgrader.grade_id for c in cells if "nbgrader" in c.metadata)
        tests = [c for c in cells if c.metadata.get("nbgrader", {}).get("locked")]
        assert all(c.metadata.nbgrader.points >= 1 for c in tests)


def test_worked_values_in_the_docstrings_are_right():
    """In the solutions, run as a reader would type them."""
    finder, worked = doctest.DocTestFinder(), set()
    for assignment in tried.course():
        names = tried.before(next(iter(assignment.tests)))
        for name in assignment.tests.keys() & names.keys():  # answers in words are no function
            for test in finder.find(names[name], name, module=False, globs=names):
                found = doctest.DocTestRunner(verbose=False).run(test)
                assert found.failed == 0, name
                worked |= {name} if found.attempted else set()
    without = {"build_two_layer_model"}  # its docstring has its counts
    assert tried.course()[0].tests.keys() - worked == without


# ---------------------------------------------------------------- versions and set-up


def test_environment_yml_has_the_locks_versions():
    lock = (ROOT / "requirements.txt").read_text()
    assert len(pins(lock)) == lock.count("==") - sum(line.count("==") for line in markers(lock))
    assert (ROOT / "environment.yml").read_text() == environment_yml(lock), "run `make lock`"


def markers(lock: str) -> list[str]:
    return [line.split(" ; ")[1] for line in lock.splitlines() if " ; " in line]


def test_the_lock_holds_what_pyproject_asks_for_and_names_no_host():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["test"]
    for name in ("requirements.txt", "requirements-gpu.txt"):
        lock = (ROOT / name).read_text()
        assert set(wanted) <= {pin.split(" ; ")[0] for pin in pins(lock)}
        assert "://" not in lock and "--index" not in lock
        assert lock.count("--hash=sha256:") > len(pins(lock))
    cpu, gpu = (pins((ROOT / n).read_text()) for n in ("requirements.txt", "requirements-gpu.txt"))
    assert set(cpu) <= set(gpu), "the GPU has more packages, never other versions"


def test_no_file_names_a_machine_or_a_package_index():
    rooms = (".ci", ".github", "contract", "docs", "grading", "helpers", "notebooks", "release",
             "source", "tests", "tools")  # fmt: skip
    files = [path for path in ROOT.iterdir() if path.is_file()]
    files += [path for room in rooms for path in (ROOT / room).rglob("*") if path.is_file()]
    endings = (".py", ".ipynb", ".md", ".yml", ".txt", ".toml", ".html", ".svg", "Makefile", "run")
    texts = [path for path in files if path.name.endswith(endings)]
    assert len(texts) > 150
    for path in texts:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"/(work|root|home)/[a-z.]+/", text), path


def test_setup_troubles_are_sentences(tmp_path, monkeypatch):
    import tools.environment as environment

    monkeypatch.setattr(environment, "NEEDED_GB", 10**9)
    with pytest.raises(SetupError, match="Make room, then run the same command again"):
        check_disk(tmp_path)
    monkeypatch.setattr(environment, "SUPPORTED", ((2, 7),))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match=r"needs Python 3\.11, 3\.12 or 3\.13, and .* is Python 3"):
        find_python()
    assert "no package index could be reached" in explain(
        "WARNING: Retrying ... Connection refused"
    )
    assert "its hash differs" in explain("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES")
    assert explain("OSError: No space left on device").startswith("The disk is full.")


@pytest.fixture
def installed(tmp_path):
    """A tiny environment: two packages, their records, and the stamp that a set-up leaves."""
    site = tmp_path / ".venv/lib/python3.12/site-packages"
    for name in ("keras", "numpy"):
        record = site / f"{name}-1.0.dist-info" / "RECORD"
        record.parent.mkdir(parents=True)
        record.write_text(f"{name}/__init__.py,sha256=x,1\n{name}-1.0.dist-info/RECORD,,\n")
        (site / name).mkdir()
    stamp = tmp_path / ".venv/installed.json"
    packages = [path.name for path in site.iterdir()]
    stamp.write_text(json.dumps({"fingerprint": "as wanted", "packages": packages}))
    return tmp_path / ".venv", site, stamp


def test_a_package_that_vanished_is_named_and_installed_again(installed, capsys):
    venv, site, stamp = installed
    assert is_ready(venv, stamp, "as wanted")
    assert not is_ready(venv, stamp, "another lock")
    (site / "keras").rmdir()
    assert not is_ready(venv, stamp, "as wanted")
    assert capsys.readouterr().out == "Missing from .venv: keras. Installing it again.\n"
    left = sorted(path.name for path in site.iterdir())
    assert left == ["numpy", "numpy-1.0.dist-info"], "pip must not think that keras is there"


def test_a_stamp_that_was_cut_short_is_no_set_up(installed):
    venv, _, stamp = installed
    stamp.write_text('{"fingerprint": "as wan')
    assert not is_ready(venv, stamp, "as wanted")
    assert not is_ready(venv, venv / "no stamp", "as wanted")


MISSING = """
import sys
sys.modules["LOST"] = None  # what Python then says is what it says where there is no such package
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("from helpers import draw, quiet\\nwith quiet():\\n    import keras")
"""


@pytest.mark.parametrize("lost", ["keras", "matplotlib", "tensorflow"])
def test_a_missing_package_is_one_sentence_in_the_notebook(lost):
    """TensorFlow is missed only when Keras starts it; the others at the first line."""
    command = [sys.executable, "-c", MISSING.replace("LOST", lost)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    said = done.stdout.strip()
    assert said.startswith(f"The package {lost} is missing from "), said
    assert "Run `make lab` in the course's folder: it installs what is missing." in said
    assert "Traceback" not in said and len(said.splitlines()) == 1


ENGINES = {
    "variable": "set KERAS_BACKEND to tensorflow",
    "file": 'write "backend": "tensorflow" in ',
}


@pytest.mark.parametrize("by", ENGINES)
def test_another_engine_for_keras_is_one_sentence_that_names_the_setting(tmp_path, by):
    (tmp_path / "keras.json").write_text('{"backend": "jax"}')
    settings = {"KERAS_BACKEND": "jax"} if by == "variable" else {"KERAS_HOME": str(tmp_path)}
    command = [sys.executable, "-c", MISSING.replace('sys.modules["LOST"] = None', "pass")]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env=os.environ | settings
    )
    said = done.stdout.strip()
    assert said.startswith("Keras is to run on jax here, and this course needs tensorflow:"), said
    assert ENGINES[by] in said and len(said.splitlines()) == 1
    if by == "file":
        assert str(tmp_path / "keras.json") in said


def test_another_module_named_helpers_is_seen_before_the_course_is_opened(tmp_path):
    (tmp_path / "work").mkdir()
    assert list(lab.hiding("helpers", [tmp_path, tmp_path / "work"])) == []
    (tmp_path / "work" / "helpers.py").write_text("")
    (tmp_path / "helpers").mkdir()
    found = list(lab.hiding("helpers", [tmp_path, tmp_path / "work"]))
    assert found == [tmp_path / "helpers", tmp_path / "work" / "helpers.py"]


def test_a_students_work_is_never_replaced(tmp_path):
    done, work = tmp_path / "release" / "01", tmp_path / "work"
    done.mkdir(parents=True)
    (done / "01.ipynb").write_text("new")
    assert lab.lay_out_exercises(tmp_path / "release", work) == ["01"]
    (work / "01" / "01.ipynb").write_text("mine")
    assert lab.lay_out_exercises(tmp_path / "release", work) == []
    assert (work / "01" / "01.ipynb").read_text() == "mine"


@pytest.mark.parametrize(
    ("system", "machine", "libc", "said"),
    [
        ("darwin", "x86_64", "", "Apple silicon only"),
        ("linux", "x86_64", "x86_64-pc-linux-musl", "Alpine"),
        ("darwin", "arm64", "", ""),
        ("linux", "aarch64", "aarch64-unknown-linux-gnu", ""),
        ("win32", "AMD64", None, ""),
    ],
)
def test_a_machine_without_tensorflow_is_told_so_before_anything_is_downloaded(
    system, machine, libc, said, monkeypatch
):
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr("platform.machine", lambda: machine)
    monkeypatch.setattr("sysconfig.get_config_var", lambda name: libc)
    if not said:
        assert check_machine() is None
        return
    with pytest.raises(SetupError, match=said) as refused:
        check_machine()
    assert "Google Colab" in str(refused.value)
