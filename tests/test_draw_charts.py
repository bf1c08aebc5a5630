"""Charts: points lie where their numbers say, words do not collide, and they look as they did."""

import numpy as np
import pytest

from helpers import draw
from helpers.draw.canvas import HIGHLIGHT, INPUT, tint
from helpers.draw.charts import spread

FILTERS = 2 ** np.arange(11)
ERRORS = [0.81, 0.66, 0.54, 0.43, 0.33, 0.24, 0.15, 0.07, 0]
LAYERS = ["normal", "separable", "depthwise", "pointwise"]
MACS, SECONDS = [100, 14, 3, 11], [100, 34, 22, 13]

EVERY = {
    "costs": lambda: draw.lines(
        FILTERS,
        x_label="filters F",
        y_label="cost, separable / normal",
        log_x=True,
        **{f"{k} × {k}": 1 / FILTERS + 1 / k**2 for k in (3, 5, 7)},
    ),
    "costs_logarithmic": lambda: draw.lines(
        FILTERS,
        x_label="filters F",
        y_label="cost, separable / normal",
        log_x=True,
        log_y=True,
        **{"3 × 3": 1 / FILTERS + 1 / 9, "7 × 7": 1 / FILTERS + 1 / 49},
    ),
    "errors": lambda: draw.lines(
        range(1, 10),
        x_label="depth multiplier m",
        y_label="relative error of the best pair",
        marks={"break-even": 9 * 8 / (9 + 8)},
        named_at=3,
        normal_kernel=ERRORS,
        rank_two=[0.7, *8 * [0]],
    ),
    "many_points": lambda: draw.lines(
        np.linspace(-3, 7, 50),
        x_label="t",
        marks={"one": 1},
        parabola=np.linspace(-3, 7, 50) ** 2 - 5,
        half=np.linspace(-1.5, 3.5, 50),
    ),
    "some_points": lambda: draw.lines(
        np.linspace(0, 3, 25)[1:],
        x_label="epochs",
        y_label="wrong, in percent",
        training=10 / (1 + np.linspace(0, 3, 25)[1:]),
        validation={1: 4.5, 2: 2.5, 3: 2},
    ),
    "bars": lambda: draw.bars(
        LAYERS,
        label="share of the normal layer",
        unit=" %",
        seconds=SECONDS,
        **{"multiply-adds": MACS},
    ),
}


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.mpl_image_compare(style="default", savefig_kwargs={"facecolor": "white"})
def test_charts_look_as_they_did(name):
    return EVERY[name]().figure


def texts(picture) -> list[str]:
    axes = picture.figure.axes[0]
    ticks = [*axes.get_xticklabels(), *axes.get_yticklabels()]
    titles = [axes.xaxis.label, axes.title, axes._left_title]
    return [t.get_text() for t in (*axes.texts, *ticks, *titles) if t.get_text()]


# ---------------------------------------------------------------- lines


def test_points_lie_where_their_numbers_say():
    axes = draw.lines([1, 2, 5], up=[0, 1, 4], down=[4, 3, 0]).figure.axes[0]
    up, down = axes.lines
    assert up.get_xydata().tolist() == [[1, 0], [2, 1], [5, 4]]
    assert down.get_xydata().tolist() == [[1, 4], [2, 3], [5, 0]]
    assert (up.get_color(), down.get_color()) == (INPUT, HIGHLIGHT)


def test_a_list_may_be_measured_at_some_of_the_points_only():
    picture = EVERY["some_points"]()
    training, validation = picture.figure.axes[0].lines
    assert validation.get_xydata().tolist() == [[1, 4.5], [2, 2.5], [3, 2]]
    assert (training.get_marker(), validation.get_marker()) == ("None", "s"), "few points, dots"
    assert picture.alt.endswith("training: 8.89 to 2.50; validation: 4.50, 2.50, 2.00.")
    # 10 / (1 + 1/8) = 8.89, 10 / (1 + 3) = 2.5


def test_axes_are_logarithmic_where_asked():
    axes = EVERY["costs_logarithmic"]().figure.axes[0]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert EVERY["errors"]().figure.axes[0].get_xscale() == "linear"


def test_ticks_are_the_numbers_of_x_where_these_are_few():
    assert {"1", "4", "256", "1,024"} <= set(texts(EVERY["costs"]()))
    assert list("123456789") == [t for t in texts(EVERY["errors"]()) if t.isdigit()][:9]


def test_the_axis_of_y_begins_at_0():
    assert draw.lines([1, 2], a=[7, 9]).figure.axes[0].get_ylim()[0] == 0
    assert draw.lines([1, 2], a=[-7, -9]).figure.axes[0].get_ylim()[1] == 0


def test_marks_are_at_their_numbers():
    axes = draw.lines([0, 4], a=[0, 4], marks={"break-even": 8}).figure.axes[0]
    assert axes.lines[1].get_xdata() == [8, 8] and axes.get_xlim()[1] >= 8
    assert axes.texts[0].get_text() == "break-even" and axes.texts[0].get_position()[0] == 8


def test_lines_are_named_with_their_last_value():
    # 1/1024 + 1/9 = 0.112, 1/1024 + 1/25 = 0.041, 1/1024 + 1/49 = 0.021
    assert {"3 × 3: 0.11", "5 × 5: 0.04", "7 × 7: 0.02"} <= set(texts(EVERY["costs"]()))


def test_lines_that_end_in_one_point_are_named_where_they_are_apart():
    axes = EVERY["errors"]().figure.axes[0]
    named = {text.get_text(): text.xy for text in axes.texts if ":" in text.get_text()}
    assert named == {"normal kernel: 0.54": (3, 0.54), "rank two: 0.00": (3, 0)}


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ([5, 1, 3], [5, 1, 3]),  # far enough apart already
        ([2, 2], [1.5, 2.5]),  # half a step each
        ([4, 4, 4], [3, 4, 5]),
        ([1, 1.5, 9], [0.75, 1.75, 9]),  # the middle stays at 1.25
    ],
)
def test_names_stay_near_and_apart(wanted, places):
    assert spread(wanted, 1) == pytest.approx(places)


def test_lines_in_words():
    assert EVERY["errors"]().alt == (
        "Lines of relative error of the best pair over depth multiplier m = 1, 2, 3, 4, 5, 6, 7, "
        "8, 9. normal kernel: 0.81, 0.66, 0.54, 0.43, 0.33, 0.24, 0.15, 0.07, 0.00; rank two: 0.70, "
        "0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00; mark break-even: 4.24."
    )  # 72 / 17 = 4.24
    assert EVERY["many_points"]().alt.startswith(
        "Lines of y over t = −3.00 to 7.00. parabola: 4.00 to 44.00; half: −1.50 to 3.50;"
    )
    assert draw.lines([1, 2], a=[3, 4], alt="Measured.").alt == "Measured."


# ---------------------------------------------------------------- bars


def test_bars_are_as_long_as_their_numbers():
    axes = draw.bars(["a", "b"], one=[1, 4], two=[2, 3]).figure.axes[0]
    one, two = axes.containers
    assert [bar.get_width() for bar in (*one, *two)] == [1, 4, 2, 3]
    assert [bar.get_y() for bar in two] == pytest.approx([bar.get_y() + 1 for bar in one])
    assert one[0].get_facecolor()[:3] == pytest.approx(tint(INPUT, 0.75))


def test_bars_carry_their_values_and_the_first_their_names():
    said = texts(draw.bars(["a", "b"], unit=" s", wall_time=[1.5, 0.25], label="time"))
    assert said == ["1.50 s  wall time", "0.25 s", "a", "b", "time"]


def test_bars_in_words_unless_given():
    assert EVERY["bars"]().alt == (
        "Bars of share of the normal layer. normal: seconds 100 %, multiply-adds 100 %; separable: "
        "seconds 34 %, multiply-adds 14 %; depthwise: seconds 22 %, multiply-adds 3 %; "
        "pointwise: seconds 13 %, multiply-adds 11 %."
    )
    picture = draw.bars(LAYERS, seconds=SECONDS, alt="Seconds do not follow multiply-adds.")
    assert picture.alt == "Seconds do not follow multiply-adds."
    assert draw.bars(["none"], seconds=[0]).alt == "Bars. none: seconds 0."


# ---------------------------------------------------------------- on the page


@pytest.mark.parametrize("name", EVERY)
def test_no_words_collide_or_leave_the_paper(name):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = EVERY[name]().figure
    renderer = FigureCanvasAgg(figure).get_renderer()
    axes = figure.axes[0]
    axes.figure.draw(renderer)
    (left, right), (low, high) = axes.get_xlim(), sorted(axes.get_ylim())
    words = [*axes.texts, axes._left_title]  # and the labels of the ticks that are in sight
    words += [t for t in axes.get_xticklabels() if left <= t.get_position()[0] <= right]
    words += [t for t in axes.get_yticklabels() if low <= t.get_position()[1] <= high]
    boxes = [text.get_window_extent(renderer) for text in words if text.get_text()]
    for i, box in enumerate(boxes):
        assert figure.bbox.containsx(box.x0) and figure.bbox.containsx(box.x1)
        assert figure.bbox.containsy(box.y0) and figure.bbox.containsy(box.y1)
        assert not any(box.overlaps(other) for other in boxes[:i])
    assert figure.get_figwidth() <= 8.51
    assert len(EVERY[name]().png) < 60_000


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: draw.lines([1, 2]), "Name one to 5 lists of numbers"),
        (lambda: draw.lines([1], **{c: [1] for c in "abcdef"}), "Name one to 5 lists of numbers"),
        (lambda: draw.lines([1, 2], cost=[1]), "cost has 1 numbers where 2 are needed"),
        (lambda: draw.lines([1, 2], cost={}), "cost is an array of numbers"),
        (lambda: draw.lines([0, 1], log_x=True, cost=[1, 2]), "above 0, not 0"),
        (lambda: draw.lines([1, 2], log_y=True, cost=[1, -2]), "above 0, not -2"),
        (lambda: draw.lines([[1, 2]], cost=[1, 2]), r"x is a list of numbers, not an array of \(1"),
        (lambda: draw.lines([1, 2], named_at=3, cost=[1, 2]), "at one of the x, and 3 is none"),
        (lambda: draw.lines([1, 2], cost=["a", "b"]), "cost is an array of numbers"),
        (lambda: draw.lines([1, 2], cost=[1, np.inf]), "cost holds NaN or infinite"),
        (lambda: draw.bars(LAYERS), "Name one to 5 lists of numbers"),
        (lambda: draw.bars(LAYERS, seconds=[1, 2]), "seconds has 2 numbers where 4 are needed"),
        (lambda: draw.bars(["a"], seconds=[-1]), "numbers from 0 up"),
        (lambda: draw.bars([], seconds=[]), "seconds is an array of numbers"),
    ],
)
def test_bad_input_gets_one_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call()
