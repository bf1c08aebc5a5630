"""Lesson 5's pictures: the numbers they show are right, and they look as they did."""

import numpy as np
import pytest
from test_draw import texts

from helpers import draw
from helpers.check import oracle
from helpers.draw.blocks import heard_by, sources
from helpers.draw.canvas import HIGHLIGHT

RNG = np.random.default_rng(2)
X = RNG.integers(-2, 6, size=(2, 3, 4))
W1, W2 = RNG.integers(-1, 2, size=(4, 2)), RNG.integers(-1, 2, size=(2, 4))
B1, B2 = np.array([1, 0]), np.array([0, 1, -1, 0])
NARROW, WIDE = (14, 14, 24), (14, 14, 144)

EVERY = {
    "groups": lambda: draw.groups(
        6, 2, follow=1, stacked=["grouped", "grouped"], dealt_out=["grouped", "shuffle", "grouped"]
    ),
    "groups_of_two": lambda: draw.groups(6, 3, one=["grouped"]),
    "bottleneck": lambda: draw.bottleneck(
        wide_inside=[NARROW, "1 × 1, ReLU6", WIDE, "depthwise 3 × 3, ReLU6", WIDE, "1 × 1", NARROW],
        smaller=[NARROW, "3 × 3, stride 2", (7, 7, 48)],
    ),
    "squeeze_excite": lambda: draw.squeeze_excite(X, W1, B1, W2, B2),
}


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.mpl_image_compare(style="default", savefig_kwargs={"facecolor": "white"})
def test_blocks_look_as_they_did(name):
    return EVERY[name]().figure


def test_no_words_collide_or_leave_the_paper():
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    for name, make in EVERY.items():
        figure = make().figure
        renderer = FigureCanvasAgg(figure).get_renderer()
        boxes = [t.get_window_extent(renderer) for axes in figure.axes for t in axes.texts]
        for i, box in enumerate(boxes):
            assert figure.bbox.containsx(box.x0) and figure.bbox.containsx(box.x1), name
            assert figure.bbox.containsy(box.y0) and figure.bbox.containsy(box.y1), name
            assert not any(box.overlaps(other) for other in boxes[:i]), name
        assert figure.get_figwidth() <= 8.51, name


def test_a_stack_of_groups_hears_of_one_group_and_of_all_after_a_shuffle():
    assert EVERY["groups"]().alt == (
        "6 channels in 2 groups of 3. stacked: map 1 hears of channels 0, 1, 2; "
        "dealt out: map 1 hears of channels 0, 1, 2, 3, 4, 5."
    )
    # Map 1 sees 0, 1, 2 after the shuffle, which are 0, 3 and 1 before it, of both groups.
    assert heard_by(1, ["shuffle", "grouped"], 6, 2) == [[0, 1, 3], [0, 1, 2], [1]]
    reds = [
        line for line in EVERY["groups"]().figure.axes[0].lines if line.get_color() == HIGHLIGHT
    ]
    assert len(reds) == (9 + 3) + (9 + 3 + 3)  # three heard channels, each of three


@pytest.mark.parametrize(("channels", "groups"), [(6, 2), (6, 3), (12, 4), (5, 5), (4, 1)])
def test_the_drawn_shuffle_is_the_checks(channels, groups):
    x = np.arange(channels).reshape(1, 1, 1, -1)
    drawn = [source for c in range(channels) for source in sources("shuffle", c, channels, groups)]
    assert drawn == oracle.channel_shuffle(x, groups).ravel().tolist()


def test_volumes_and_the_shortcut_where_the_ends_agree():
    assert EVERY["bottleneck"]().alt == (
        "Volumes to one scale. wide inside: 14 × 14 × 24, 1 × 1, ReLU6 to 14 × 14 × 144, depthwise "
        "3 × 3, ReLU6 to 14 × 14 × 144, 1 × 1 to 14 × 14 × 24 and a shortcut past them; "
        "smaller: 14 × 14 × 24, 3 × 3, stride 2 to 7 × 7 × 48."
    )
    assert texts(EVERY["bottleneck"]()).count("+") == 1
    alone = draw.bottleneck(shortcut=False, block=[NARROW, "1 × 1", NARROW])
    assert "+" not in texts(alone) and "shortcut" not in alone.alt


def test_gates_are_those_of_the_check():
    y = oracle.squeeze_excite(X[None], W1, B1, W2, B2)[0]
    picture = EVERY["squeeze_excite"]()
    gates = y.reshape(-1, 4).sum(axis=0) / X.reshape(-1, 4).sum(axis=0)
    assert f"to the gates {', '.join(f'{gate:.2f}' for gate in gates)}, by" in picture.alt
    shown = {text.replace("−", "-") for text in texts(picture)}
    assert {f"{value:.2f}" for value in y[..., 0].ravel()} <= shown
    no_weights = draw.squeeze_excite(X, 0 * W1, 0 * B1, 0 * W2, 0 * B2).alt
    assert "to the gates 0.50, 0.50, 0.50, 0.50" in no_weights  # 1 / (1 + exp(0))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: draw.groups(6, 4, one=["grouped"]), "The groups divide the channels"),
        (lambda: draw.groups(6, 2, follow=6, one=["grouped"]), "one of these is followed"),
        (lambda: draw.groups(6, 2), "Name lists of steps"),
        (lambda: draw.groups(6, 2, one=["mixed"]), "Name lists of steps"),
        (lambda: draw.bottleneck(), "Sizes and words in turn"),
        (lambda: draw.bottleneck(one=[NARROW, "1 × 1"]), "Sizes and words in turn"),
        (lambda: draw.bottleneck(one=[NARROW, WIDE, NARROW]), "Sizes and words in turn"),
        (lambda: draw.squeeze_excite(X, W1.T, B1, W2, B2), "x is \\(H, W, C\\), w1 \\(C, R\\)"),
    ],
)
def test_bad_input_gets_one_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@pytest.mark.parametrize("name", EVERY)
def test_pictures_are_light(name):
    assert len(EVERY[name]().png) < 100_000
