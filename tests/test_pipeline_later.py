"""Assignments 2 to 5 through the class run: what is right, left blank, or wrong in one place."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from nbgrader_course import Course

from grading.class_run.configuration import configuration
from grading.class_run.run import Classroom
from grading.reports import feedback

pytestmark = pytest.mark.sandbox


@dataclass(frozen=True)
class Assignment:
    """What a class gets in an assignment: everything, nothing, and all but what one mistake costs."""

    name: str
    points: int
    by_hand: int
    mistake: dict[str, str]
    lost: int
    sentence: str


OTHER_ORDER = """
def depthwise_conv2d(x, kernel, bias=None, stride=1, padding="valid"):
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
    y = np.einsum("nijcab,abcm->nijmc", windows, kernel)
    return y.reshape(*y.shape[:3], -1)
"""
# separable_conv2d calls pointwise_conv2d, and is right for all that.
AVERAGED = """
def pointwise_conv2d(x, kernel, bias=None):
    y = x @ kernel[0, 0] / x.shape[3]
    return y if bias is None else y + bias
"""
# Only the images' two points are gone: the type and the labels are right.
BYTES = """
def preprocess(images, labels):
    return images[..., np.newaxis].astype("float32"), np.eye(10)[labels]
"""
# The groups' maps come one of each in turn: right where there is one group or one map in each only.
IN_TURN = """
def grouped_conv2d(x, kernel, groups, bias=None, stride=1, padding="valid"):
    pairs = zip(np.split(x, groups, axis=3), np.split(kernel, groups, axis=3))
    y = np.stack([conv2d(*pair, stride, padding) for pair in pairs], axis=-1)
    y = y.reshape(*y.shape[:3], -1)
    return y if bias is None else y + bias
"""
LATER = (
    Assignment(
        "02_depthwise_convolution",
        33,  # 9 depthwise_conv2d + 4 costs + 4 as_normal_kernel + 7 backward + 6 test + 3 by hand
        3,
        {"depthwise_conv2d": OTHER_ORDER},
        9,
        "the maps are in another order: yours is j·C + c.",
    ),
    Assignment(
        "03_pointwise_convolution",
        35,  # 4 pointwise + 6 separable + 4 costs + 3 compose + 7 factor + 8 count + 3 by hand
        3,
        {"pointwise_conv2d": AVERAGED},
        4,
        "you average over the channels.",
    ),
    Assignment(
        "04_mnist_cnn",
        # 5 preprocess + 4 and 5 pooling + 6 softmax + 5 build_cnn + 4 reading + 4 train + 4 table
        # + 6 separable + 6 fold + 3 by hand
        52,
        3,
        {"preprocess": BYTES},
        2,
        "the pixels are still 0..255.",
    ),
    Assignment(
        "05_what_became_of_it",
        24,  # 7 grouped_conv2d + 3 channel_shuffle + 6 costs + 5 squeeze_excite + 3 by hand
        3,
        {"grouped_conv2d": IN_TURN},
        7,
        "the maps are in another order: one of each group in turn.",
    ),
)


@pytest.fixture(scope="module")
def executor():
    """One examiner for all of them: its start costs more than they do."""
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.mark.parametrize("assignment", LATER, ids=lambda a: a.name)
def test_a_later_assignment(assignment, executor, tmp_path, monkeypatch):
    course = Course.released(tmp_path, assignment.name)
    course.submit("right", course.answered())
    course.submit("blank", course.untouched())
    course.submit("wrong", course.answered(**assignment.mistake))
    monkeypatch.chdir(tmp_path)
    classroom = Classroom(configuration(), assignment.name)
    outcomes = {o.student: o for o in classroom.run(executor, tell=lambda outcome: None)}
    full = assignment.points - assignment.by_hand
    assert {o.max_points for o in outcomes.values()} == {assignment.points}
    assert outcomes["right"].points == full and outcomes["blank"].points == 0
    assert outcomes["wrong"].points == full - assignment.lost
    for student, outcome in outcomes.items():
        scores = course.points(student).values()
        assert sum(score or 0 for score, _ in scores) == outcome.points, "nbgrader's, too"
    assert set(course.errors("blank")) == {"NotAttempted"}
    assert feedback.page(assignment.name, "wrong") == ""
    wrong = course.feedback("wrong")
    assert assignment.sentence in wrong
    assert "HIDDEN TESTS" not in wrong and "seed=" not in wrong
