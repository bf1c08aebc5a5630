"""Charts: points lie where their numbers say, words do not collide, and they look as they did."""

import numpy as np
import pytest

from helpers import draw
from helpers.draw.canvas import HIGHLIGHT, INPUT, PADDING, tint
from helpers.draw.charts import HIGH, INSET, LINE, LONGEST, THICK, WIDE, Scale, spread

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
        levels={f"1/{k * k}": 1 / k**2 for k in (3, 5, 7)},
        **{f"{k} × {k}": 1 / FILTERS + 1 / k**2 for k in (3, 5, 7)},
    ),
    "costs_logarithmic": lambda: draw.lines(
        FILTERS,
        x_label="filters F",
        y_label="cost, separable / normal",
        log_x=True,
        log_y=True,
        levels={"1/9": 1 / 9},
        **{"3 × 3": 1 / FILTERS + 1 / 9, "7 × 7": 1 / FILTERS + 1 / 49},
    ),
    "errors": lambda: draw.lines(
        range(1, 10),
        x_label="depth multiplier m",
        y_label="relative error of the best pair",
        marks={"break-even": 9 * 8 / (9 + 8)},
        error=ERRORS,
    ),
    "many_points": lambda: draw.lines(
        np.linspace(-3, 7, 50),
        x_label="t",
        marks={"one": 1, "and a bit": 1.2},
        parabola=np.linspace(-3, 7, 50) ** 2 - 5,
        half=np.linspace(-1.5, 3.5, 50),
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
    return [text.get_text() for text in picture.figure.axes[0].texts]


def place(picture, text: str) -> tuple[float, float]:
    return next(t.get_position() for t in picture.figure.axes[0].texts if t.get_text() == text)


def drawn(picture, colour: str) -> list[np.ndarray]:
    """The points of each line of a colour, in cells."""
    found = [line for line in picture.figure.axes[0].lines if line.get_color() == colour]
    return [line.get_xydata() for line in found]


# ---------------------------------------------------------------- lines


def test_points_lie_where_their_numbers_say():
    picture = draw.lines([1, 2, 5], up=[0, 1, 4], down=[4, 3, 0])
    # x runs from 1 to 5 over WIDE - 2·INSET, y from 0 at the bottom to 4 at the top.
    xs = INSET + (WIDE - 2 * INSET) * np.array([0, 1 / 4, 1])
    up, down = drawn(picture, INPUT)[0], drawn(picture, HIGHLIGHT)[0]
    np.testing.assert_allclose(up, np.column_stack([xs, HIGH * (1 - np.array([0, 1, 4]) / 4)]))
    np.testing.assert_allclose(down, np.column_stack([xs, HIGH * (1 - np.array([4, 3, 0]) / 4)]))


def test_a_logarithmic_axis_has_equal_ratios_equally_far_apart():
    xs = drawn(EVERY["costs"](), INPUT)[0][:, 0]
    np.testing.assert_allclose(np.diff(xs), (WIDE - 2 * INSET) / 10)  # ten doublings
    ys = drawn(draw.lines([1, 2, 3], log_y=True, a=[1, 10, 100]), INPUT)[0][:, 1]
    np.testing.assert_allclose(ys, [HIGH, HIGH / 2, 0])


def test_ticks_are_few_and_round():
    assert [t for t in texts(EVERY["costs"]()) if ":" not in t][:6] == [
        *("1", "4", "16", "64", "256", "1,024")  # every second of eleven
    ]
    assert Scale.over([0, 1.11], 0, 1, False).ticks() == pytest.approx(
        [0, 0.2, 0.4, 0.6, 0.8, 1, 1.2]
    )
    assert Scale.over([0.03, 1.1], 0, 1, True).ticks() == pytest.approx(
        [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2]
    )
    assert Scale.over([0.5, 70_000], 0, 1, True).ticks() == pytest.approx(
        [0.1, 1, 10, 100, 1e3, 1e4, 1e5]
    )


def test_the_axis_of_y_begins_at_0():
    assert place(draw.lines([1, 2], a=[7, 9]), "0")[1] == HIGH
    assert place(draw.lines([1, 2], a=[-7, -9]), "0")[1] == 0


def test_levels_and_marks_are_at_their_numbers():
    (level,) = drawn(draw.lines([0, 4], a=[0, 4], levels={"limit": 3}), PADDING)[:1]
    np.testing.assert_allclose(level, [(0, HIGH / 4), (WIDE, HIGH / 4)])  # 3 of 4 up
    (mark,) = drawn(draw.lines([0, 4], a=[0, 4], marks={"break-even": 3}), PADDING)
    np.testing.assert_allclose(mark[:, 0], INSET + (WIDE - 2 * INSET) * 3 / 4)
    # A mark beyond the last point widens the axis.
    (mark,) = drawn(draw.lines([0, 4], a=[0, 4], marks={"break-even": 8}), PADDING)
    np.testing.assert_allclose(mark[:, 0], WIDE - INSET)


def test_lines_are_named_with_their_last_value():
    # 1/1024 + 1/9 = 0.112, 1/1024 + 1/25 = 0.041, 1/1024 + 1/49 = 0.021
    assert {"3 × 3: 0.11", "5 × 5: 0.04", "7 × 7: 0.02", "1/9", "1/25", "1/49"} <= set(
        texts(EVERY["costs"]())
    )
    single = texts(EVERY["errors"]())
    assert "error" in single and [t for t in single if t in ("0.81", "0.43", "0.00")] == [
        *("0.81", "0.43", "0.00")
    ]


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
        "8, 9. error: 0.81, 0.66, 0.54, 0.43, 0.33, 0.24, 0.15, 0.07, 0.00; mark break-even: 4.24."
    )  # 72 / 17 = 4.24
    assert "level 1/25: 0.04" in EVERY["costs"]().alt
    assert EVERY["many_points"]().alt.startswith(
        "Lines of y over t = −3.00 to 7.00. parabola: 4.00 to 44.00; half: −1.50 to 3.50;"
    )
    assert draw.lines([1, 2], a=[3, 4], alt="Measured.").alt == "Measured."


# ---------------------------------------------------------------- bars


def test_bars_are_as_long_as_their_numbers():
    patches = draw.bars(["a", "b"], one=[1, 4], two=[2, 3]).figure.axes[0].patches
    widths = [np.ptp(patch.get_xy()[:, 0]) for patch in patches]
    np.testing.assert_allclose(widths, LONGEST * np.array([1, 2, 4, 3]) / 4)  # group by group
    assert {tuple(np.round(p.get_facecolor()[:3], 6)) for p in patches[::2]} == {
        tuple(np.round(tint(INPUT, 0.75), 6))
    }
    assert patches[1].get_xy()[0, 1] - patches[0].get_xy()[0, 1] == pytest.approx(THICK)


def test_bars_carry_their_values_and_the_first_their_names():
    assert texts(draw.bars(["a", "b"], unit=" s", wall_time=[1.5, 0.25], label="time")) == [
        *("a", "1.50 s  wall time", "b", "0.25 s", "time")
    ]


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
    boxes = [text.get_window_extent(renderer) for text in figure.axes[0].texts]
    for i, box in enumerate(boxes):
        assert figure.bbox.containsx(box.x0) and figure.bbox.containsx(box.x1)
        assert figure.bbox.containsy(box.y0) and figure.bbox.containsy(box.y1)
        assert not any(box.overlaps(other) for other in boxes[:i])
    assert figure.get_figwidth() <= 8.51
    assert len(EVERY[name]().png) < 60_000


def test_marks_stand_on_lines_of_their_own():
    picture = EVERY["many_points"]()
    assert place(picture, "one")[1] - place(picture, "and a bit")[1] == pytest.approx(LINE)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: draw.lines([1, 2]), "Name one to 5 lists of numbers"),
        (lambda: draw.lines([1], **{c: [1] for c in "abcdef"}), "Name one to 5 lists of numbers"),
        (lambda: draw.lines([1, 2], cost=[1]), "cost has 1 numbers where 2 are needed"),
        (lambda: draw.lines([2, 1], cost=[1, 2]), "x increases"),
        (lambda: draw.lines([0, 1], log_x=True, cost=[1, 2]), "above 0, not 0"),
        (lambda: draw.lines([1, 2], log_y=True, cost=[1, -2]), "above 0, not -2"),
        (lambda: draw.lines([[1, 2]], cost=[1, 2]), r"x is a list of numbers, not an array of \(1"),
        (lambda: draw.lines([1, 2], cost=["a", "b"]), "cost is an array of numbers"),
        (lambda: draw.lines([1, 2], cost=[1, np.inf]), "cost holds NaN or infinite"),
        (lambda: draw.lines([1, 2], cost=[1, 2], marks={"here": None}), "here is an array"),
        (lambda: draw.bars(LAYERS), "Name one to 5 lists of numbers"),
        (lambda: draw.bars(LAYERS, seconds=[1, 2]), "seconds has 2 numbers where 4 are needed"),
        (lambda: draw.bars(["a"], seconds=[-1]), "numbers from 0 up"),
        (lambda: draw.bars([], seconds=[]), "seconds is an array of numbers"),
    ],
)
def test_bad_input_gets_one_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call()
