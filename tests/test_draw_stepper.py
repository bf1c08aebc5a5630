"""The stepper: every number it shows is right, frames are where the window is, the page is light."""

import json
import re

import numpy as np
import pytest

from helpers import draw
from helpers.check import oracle

IMAGE = np.array([[1, 0, 2, 3, 1], [2, 1, 0, 4, 0], [0, 3, 1, 2, 2], [1, 2, 0, 1, 3]])
KERNEL = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
RNG = np.random.default_rng(1)
X, KERNELS = RNG.integers(-2, 4, size=(7, 10, 3)), RNG.integers(-2, 3, size=(3, 2, 3, 5))
TWICE, SIX = RNG.integers(-2, 3, size=(3, 2, 3, 2)), RNG.integers(-2, 3, size=(1, 1, 6, 4))
SMALL = X[:4, :5]
STRIDES = [{}, {"stride": 2}, {"stride": 3, "padding": "same"}, {"padding": "same"}]
OPTIONS = [*STRIDES, {"dilation": 2}]


def steps(stepper) -> list[dict]:
    """What the page's script knows, with minus signs that Python reads."""
    data = re.search(r"const steps = (.*);", stepper.html)[1]
    return json.loads(data.replace("−", "-"))


def maps(stepper) -> list[np.ndarray]:
    """The maps that the steps fill, in the order in which they begin."""
    found = {}
    for step in steps(stepper):
        table, row, column = step["cell"]
        assert (row, column) not in found.setdefault(table, {}), "a cell is filled once"
        found[table][row, column] = float(step["value"])
    shapes = [tuple(np.max(list(cells), axis=0) + 1) for cells in found.values()]
    return [
        np.array([cells[at] for at in np.ndindex(*shape)]).reshape(shape)
        for cells, shape in zip(found.values(), shapes, strict=True)
    ]


def page(stepper) -> str:
    return stepper.html.split("</style>")[1].split("<script>")[0]


def table(stepper, name: str) -> str:
    return re.search(f'<table aria-label="{name}">.*?</table>', page(stepper))[0]


# ---------------------------------------------------------------- the numbers


@pytest.mark.parametrize("options", OPTIONS)
def test_normal_agrees_with_keras(options):
    right = oracle.conv2d(X[None], KERNELS, **options)[0]
    np.testing.assert_array_equal(np.stack(maps(draw.stepper(X, KERNELS, **options)), -1), right)


@pytest.mark.parametrize("options", STRIDES)
def test_depthwise_agrees_with_keras(options):
    right = oracle.depthwise_conv2d(X[None], TWICE, **options)[0]
    shown = np.stack(maps(draw.stepper(X, depthwise=TWICE, **options)), -1)
    assert shown.shape[2] == 3 * 2
    np.testing.assert_array_equal(shown, right)


def test_dilated_depthwise_is_dilated_normal_channel_by_channel():
    right = oracle.conv2d(X[None], oracle.as_normal_kernel(TWICE), dilation=2)[0]
    shown = np.stack(maps(draw.stepper(X, depthwise=TWICE, dilation=2)), -1)
    np.testing.assert_array_equal(shown, right)


def test_pointwise_agrees_with_keras():
    right = oracle.pointwise_conv2d(X[None], KERNELS[:1, :1])[0]
    shown = np.stack(maps(draw.stepper(X, pointwise=KERNELS[:1, :1])), -1)
    np.testing.assert_array_equal(shown, right)


@pytest.mark.parametrize("options", STRIDES)
def test_separable_agrees_with_keras_in_between_and_at_the_end(options):
    shown = maps(draw.stepper(X, depthwise=TWICE, pointwise=SIX, **options))
    between = oracle.depthwise_conv2d(X[None], TWICE, **options)[0]
    right = oracle.separable_conv2d(X[None], TWICE, SIX, **options)[0]
    np.testing.assert_array_equal(np.stack(shown[:6], -1), between)
    np.testing.assert_array_equal(np.stack(shown[6:], -1), right)


EACH = {
    "one channel": lambda: draw.stepper(IMAGE, KERNEL, stride=2, padding="same"),
    "normal": lambda: draw.stepper(SMALL, KERNELS, padding="same"),
    "depthwise": lambda: draw.stepper(SMALL, depthwise=TWICE),
    "pointwise": lambda: draw.stepper(SMALL, pointwise=KERNELS[:1, :1]),
    "separable": lambda: draw.stepper(SMALL, depthwise=TWICE, pointwise=SIX),
}


@pytest.mark.parametrize("kind", EACH)
def test_every_equation_that_is_said_is_true(kind):
    for step in steps(EACH[kind]()):
        where, *lines = step["say"].split("\n")
        assert where.endswith(f"row {step['cell'][1]}, column {step['cell'][2]}:")
        for line in lines:
            left, right = line.split(": ")[-1].replace("·", "*").split(" = ")
            assert eval(left) == int(right), line
        assert lines[-1].endswith(f"= {step['value']}")
        sums = [int(line.split(" = ")[1]) for line in lines]
        assert len(lines) == 1 or sum(sums[:-1]) == sums[-1], "the channels make the number"


def test_normal_says_its_sum_by_channel():
    x = np.array([[[1, 5], [2, 6]], [[3, 7], [4, 8]]])
    kernels = np.array([[[[1], [0]], [[0], [1]]], [[[0], [2]], [[-1], [0]]]])
    # Channel 0 is [[1, 2], [3, 4]] under [[1, 0], [0, -1]]: 1 - 4 = -3.
    # Channel 1 is [[5, 6], [7, 8]] under [[0, 1], [2, 0]]: 6 + 14 = 20.
    assert draw.stepper(x, kernels).alt == (
        "1 step. Normal convolution of 2 × 2 × 2: 1 filter 2 × 2 × 2, 1 map 1 × 1. "
        "First step: map 0, row 0, column 0: channel 0: 1·1 + 2·0 + 3·0 + 4·(−1) = −3; "
        "channel 1: 5·0 + 6·1 + 7·2 + 8·0 = 20; together: (−3) + 20 = 17."
    )


def test_depthwise_says_that_a_channel_is_alone():
    says = [step["say"] for step in steps(draw.stepper(SMALL, depthwise=TWICE))]
    # 4 × 5 under 3 × 2: 2 · 4 windows for each of 3 · 2 maps; map 3 is c*m + j = 1*2 + 1.
    assert len(says) == 2 * 4 * 6
    assert says[3 * 8].startswith("map 3, row 0, column 0:\nchannel 1 alone: ")


def test_separable_walks_through_the_depthwise_step_first():
    says = [step["say"] for step in steps(EACH["separable"]())]
    stages = [say.split(" step, ")[0] for say in says]
    assert stages == ["depthwise"] * (8 * 6) + ["pointwise"] * (8 * 4)
    assert says[48].startswith("pointwise step, output 0, row 0, column 0:\n")


def test_fractions_are_shown_with_two_decimals():
    stepper = draw.stepper(np.full((2, 2, 2), 0.5), np.full((1, 1, 2, 1), 1 / 3))
    assert "0.50·0.33 + 0.50·0.33 = 0.33" in stepper.alt
    assert table(stepper, "map 0").count(">0.33</td>") == 1


# ---------------------------------------------------------------- frames


def frames(stepper, at: int) -> dict[int, tuple]:
    """(row, column, rows, columns, apart) by table: 3 of the image, then weights and maps."""
    return {int(table): tuple(frame) for table, frame in steps(stepper)[at]["frames"].items()}


def test_normal_frames_the_window_in_every_channel():
    # Map 0 is tables 3, 4, 5 (its weights) and 6; 8 windows a map, so step 13 is map 1's (1, 1).
    window, weights = (1, 1, 3, 2, 1), (0, 0, 3, 2, 1)
    assert frames(draw.stepper(SMALL, KERNELS), 13) == {
        **dict.fromkeys((0, 1, 2), window),
        **dict.fromkeys((7, 8, 9), weights),
        10: (1, 1, 1, 1, 1),
    }


def test_depthwise_frames_one_channel_only():
    stepper = draw.stepper(SMALL, depthwise=TWICE)
    for step in range(2 * 4 * 6):
        channel = step // (8 * 2)  # two maps of 8 windows each
        assert [table for table in frames(stepper, step) if table < 3] == [channel]
    assert frames(stepper, 8 * 3 + 6)[1] == (1, 2, 3, 2, 1)  # map 3, its stop (1, 2)


def test_pointwise_frames_one_pixel_in_every_channel():
    found = frames(draw.stepper(SMALL, pointwise=KERNELS[:1, :1]), 7)  # 7 = 1·5 + 2
    assert {found[table] for table in (0, 1, 2)} == {(1, 2, 1, 1, 1)}


def test_the_frame_takes_strides_padding_and_dilation_along():
    # "same" puts (2-1)*2 + 3 - 4 = 1 zero below and (3-1)*2 + 3 - 5 = 2, one on each side: stop
    # (1, 2) begins at padded row 2, column 4. Dilation 2 keeps the taps 2 apart.
    assert frames(draw.stepper(IMAGE, KERNEL, stride=2, padding="same"), 5)[0] == (2, 4, 3, 3, 1)
    dilated = draw.stepper(np.arange(63).reshape(7, 9), KERNEL[:, :2], dilation=2)
    assert frames(dilated, 8)[0] == (1, 1, 3, 2, 2)  # 7 stops a row
    assert table(dilated, "image").count('class="on"') == 3 * 2
    assert "--y:0;--x:0;--h:5;--w:3" in page(dilated)  # (3-1)*2 + 1 rows, (2-1)*2 + 1 columns


def test_zeros_of_padding_are_told_apart():
    same = draw.stepper(SMALL, KERNELS, padding="same")  # 3 × 2: a row on each side, a column after
    assert table(same, "image, channel 1").count('"zero') == 6 * 6 - 4 * 5
    assert "4 × 5 × 3\nand zeros" in page(same)
    assert "zero" not in page(draw.stepper(SMALL, KERNELS))


# ---------------------------------------------------------------- the page


def test_it_shows_its_first_step_without_scripts():
    stepper = draw.stepper(SMALL, KERNELS)
    assert "map 0, row 0, column 0:\nchannel 0: " in page(stepper)
    assert 'aria-live="polite"' in page(stepper)
    first = int(maps(stepper)[0][0, 0])
    shown = f'<td class="on">{first}</td>'.replace("-", "−")
    assert table(stepper, "map 0").count(shown) == 1
    assert table(stepper, "map 0").count('<td class="blank"></td>') == 2 * 4 - 1
    assert table(stepper, "map 1").count('<td class="blank"></td>') == 2 * 4
    assert table(stepper, "filter 0, channel 2").count('class="on"') == 3 * 2
    assert 'class="on"' not in table(stepper, "filter 1, channel 2")
    # A window in 3 channels, 3 blocks of weights and a number; 4 · 3 blocks are left out.
    assert page(stepper).count('class="on"') == 3 * 6 + 3 * 6 + 1
    assert page(stepper).count('class="sheet idle"') == 4 * 3


def test_one_channel_is_image_convolved_with_kernel_is_output():
    stepper = draw.stepper(IMAGE, KERNEL)
    assert stepper.alt == (
        "6 steps. A 3 × 3 kernel on a 4 × 5 image makes an output of 2 × 3. First step: row 0, "
        "column 0: 1·1 + 0·0 + 2·(−1) + 2·2 + 1·0 + 0·(−2) + 0·1 + 3·0 + 1·(−1) = 2."
    )
    assert stepper.html.count("<td") == 20 + 9 + 6
    assert steps(stepper)[5]["say"].startswith("row 1, column 2:\n0·1 + 4·0")
    words = re.sub(r"<[^>]*>", " ", re.sub(r"<table.*?</table>", "", page(stepper)))
    assert " ".join(words.split()).startswith("image 4 × 5 ∗ kernel 3 × 3 = output 2 × 3 row 0,")


def test_tables_and_words_are_read_row_by_row():
    names = re.findall(r'<b>(.*?)</b>|aria-label="(.*?)"', page(draw.stepper(SMALL, KERNELS)))
    assert ["".join(pair) for pair in names][:12] == [
        *("image", "channel 0", "image, channel 0", "channel 1", "image, channel 1"),
        *("channel 2", "image, channel 2", "filter 0", "filter 0, channel 0"),
        *("filter 0, channel 1", "filter 0, channel 2", "map 0"),
    ]


def test_it_works_several_times_on_a_page():
    html = draw.stepper(SMALL, KERNELS).html
    assert html == draw.stepper(SMALL, KERNELS).html
    assert " id=" not in html  # the same call twice would repeat it
    assert ":not([data-ready])" in html
    assert html.split('"')[1] != draw.stepper(SMALL, KERNELS, stride=2).html.split('"')[1]


@pytest.mark.parametrize("kind", EACH)
def test_it_is_light_and_made_of_numbers(kind):
    html = EACH[kind]().html
    assert len(html) < 60_000
    assert "http" not in html and "<img" not in html and "url(" not in html
    assert not re.search(r"HIGHLIGHT|INK|GAP|SIGN|STEPS|\bID\b", html), "a name was not filled in"


def test_cells_are_as_wide_as_their_numbers_and_pages_as_a_notebook():
    from helpers.draw.tables import SIZES, WIDEST, Board, Step

    def cell(values, digit=12) -> int:
        board = Board()
        board.table("x", np.array(values), "#000000", (1, 1, 1, 1))
        return board.cell(board.tables[0], digit)

    assert cell([[1]]) == 2 * 12
    assert cell([[1, -100]]) == round(12 * (0.84 + 3 * 0.64)) + 5
    wide = Board()
    wide.table("x", np.zeros((1, 36)), "#000000", (1, 1, 1, 1))  # 36·24 px and the line at the end
    assert [wide.width(digit) for digit in SIZES] == [868, 796, 724] and WIDEST == 826
    # So the numbers are 11 pixels high, in cells of 22.
    wide.steps.append(Step({}, (0, 0, 0), "here", ["1"]))
    assert "--digit:11px" in wide.html("x") and "--cell:22px" in wide.html("x")


def test_it_can_be_saved(tmp_path):
    draw.stepper(IMAGE, KERNEL).save(tmp_path / "steps.html")
    assert "data-stepper" in (tmp_path / "steps.html").read_text("utf-8")


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: draw.stepper(IMAGE), "Give a kernel, or depthwise="),
        (lambda: draw.stepper(X, KERNELS, depthwise=TWICE), "Give a kernel, or depthwise="),
        (lambda: draw.stepper(X, KERNELS, pointwise=SIX), "Give a kernel, or depthwise="),
        (lambda: draw.stepper(X, pointwise=KERNELS[:1, :1], stride=2), "it has no stride, padding"),
        (lambda: draw.stepper(X, pointwise=KERNELS[:1, :1], padding="same"), "visits every pixel"),
        (lambda: draw.stepper(X, pointwise=KERNELS), r"are \(1, 1, C, F\); these are \(3, 2, 3, 5"),
        (lambda: draw.stepper(X, KERNELS[:, :, :2]), r"these are \(7, 10, 3\) and \(3, 2, 2, 5\)"),
        (lambda: draw.stepper(IMAGE, KERNELS), r"these are \(4, 5\) and \(3, 2, 3, 5\)"),
        (lambda: draw.stepper(X, KERNEL), r"these are \(7, 10, 3\) and \(3, 3\)"),
        (lambda: draw.stepper(X, depthwise=KERNEL), r"the kernels are \(kh, kw, C, m\)"),
        (
            lambda: draw.stepper(X, depthwise=TWICE, pointwise=KERNELS[:1, :1]),
            r"After 6 depthwise maps the pointwise kernels are \(1, 1, 6, F\); these are \(1, 1, 3",
        ),
        (lambda: draw.stepper(X, KERNELS, padding="full"), 'padding is "valid" or "same"'),
        (lambda: draw.stepper(X, depthwise=TWICE, stride=0), "whole numbers from 1 up"),
        (lambda: draw.stepper(X[:2], KERNELS), "A window over 3 cells does not fit on 2"),
        (lambda: draw.stepper([[1, 2], [3]], KERNEL), "image is an array of numbers"),
        (lambda: draw.stepper(IMAGE, [["a"]]), "kernel is an array of numbers"),
        (lambda: draw.stepper(X, depthwise=TWICE * np.nan), "kernels holds NaN"),
    ],
)
def test_bad_input_gets_one_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call()
