"""The pictures of lesson 4: networks to scale, galleries, confusion matrices, and the progress line."""

import numpy as np
import pytest

from helpers import draw, progress
from helpers.check import oracle
from helpers.check.exercises.cnn import mnist_cnn
from helpers.draw import networks, tallies
from helpers.draw.canvas import HIGHLIGHT, tint
from helpers.progress import Line

keras = oracle.keras()
layers = keras.layers
RNG = np.random.default_rng(2)
TABLE = np.array([[980, 0, 2], [1, 1129, 0], [7, 3, 990]])
FEATURE_MAP = np.array([[4, 1, 0, 2, 3, 3], [2, -6, 5, 0, -1, 2]])
RAMPS = np.add.outer(np.arange(6), np.add.outer(np.arange(5), np.arange(4)))


def small():
    return keras.Sequential(
        [
            keras.Input((9, 12, 3)),
            layers.Conv2D(6, 2, strides=2, use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.SeparableConv2D(4, 3, padding="same"),
            layers.GlobalAveragePooling2D(),
            layers.Dropout(0.5),
            layers.Dense(2),
        ]
    )


EVERY = {
    "network": lambda: draw.network(mnist_cnn()),
    "network_small": lambda: draw.network(small()),
    "pooling": lambda: draw.pooling(FEATURE_MAP),
    "filters": lambda: draw.filters(RAMPS[:, :3, :3] - 6, RAMPS, across=4),
    "gallery": lambda: draw.gallery(RAMPS, [f"{n},\ntwo lines" for n in range(6)], across=4),
    "gallery_signed": lambda: draw.gallery(RAMPS - 5, across=3),
    "confusion": lambda: draw.confusion(TABLE, names=["cat", "dog", "owl"]),
}


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.mpl_image_compare(style="default", savefig_kwargs={"facecolor": "white"})
def test_networks_look_as_they_did(name):
    return EVERY[name]().figure


# ---------------------------------------------------------------- networks


def test_a_network_is_told_in_words():
    alt = draw.network(mnist_cnn()).alt
    assert alt == (
        "A network of 1,199,882 parameters as volumes to scale, vectors 37 times smaller: "
        "input, 28 × 28 × 1; Conv2D, 26 × 26 × 32, 320 parameters; Conv2D, 24 × 24 × 64, 18,496 parameters; "
        "MaxPooling2D, 12 × 12 × 64; Flatten, 9,216; Dense, 128, 1,179,776 parameters; "
        "Dense, 10, 1,290 parameters."
    )


def test_what_keeps_the_shape_is_named_with_the_layer_before():
    found = networks.volumes_of(small())
    assert [(v.name, v.shape, v.parameters, v.more) for v in found] == [
        ("input", (9, 12, 3), 0, ()),
        ("Conv2D", (4, 6, 6), 2 * 2 * 3 * 6, ("+ 24 in a norm",)),  # four numbers a channel
        ("SeparableConv2D", (4, 6, 4), 3 * 3 * 6 + 6 * 4 + 4, ()),
        ("GlobalAveragePooling2D", (4,), 0, ()),
        ("Dense", (2,), 4 * 2 + 2, ()),
    ]
    assert sum(v.parameters for v in found) + 24 == small().count_params()


def test_volumes_are_to_one_scale():
    """Each front is as wide as its volume has channels and as high as it has rows, in cells."""
    picture = draw.network(mnist_cnn())
    fronts = [patch.get_xy() for patch in picture.figure.axes[0].patches][::3]
    sizes = [tuple(np.ptp(corners, axis=0)) for corners in fronts[:4]]
    assert np.allclose(sizes, [(1, 28), (32, 26), (64, 24), (64, 12)])


def test_vectors_are_to_one_scale():
    """Flatten is 72 times as long as Dense after it, and fills the column; 4 numbers fit as they are."""
    picture = draw.network(mnist_cnn())
    flat, dense, last = (np.ptp(p.get_xy()[:, 0]) for p in picture.figure.axes[0].patches[-3:])
    assert np.isclose(flat / dense, 9216 / 128) and np.isclose(dense / last, 128 / 10)
    assert 0.9 < flat / np.ptp(picture.figure.axes[0].get_xlim()) < 1
    bars = draw.network(small()).figure.axes[0].patches[-2:]
    assert [np.ptp(bar.get_xy()[:, 0]) for bar in bars] == pytest.approx([4, 2])
    assert "smaller" not in draw.network(small()).alt


def test_what_cannot_be_drawn_says_why():
    with pytest.raises(ValueError, match="no input yet"):
        draw.network(keras.Sequential([layers.Dense(3)]))
    sequence = keras.Sequential([keras.Input((5, 4)), layers.Dense(3)])
    with pytest.raises(ValueError, match=r"makes \(5, 3\), neither"):
        draw.network(sequence)


# ---------------------------------------------------------------- pooling


def test_each_block_has_the_colour_of_what_is_left_of_it():
    picture = EVERY["pooling"]()
    patches = picture.figure.axes[0].patches
    cells = [p for p in patches if p.get_fill() and p.get_zorder() < 4]
    fills = [tuple(cell.get_facecolor()) for cell in cells]
    blocks = [set(fills[start : start + 4]) for start in (0, 4, 8)]
    assert [len(block) for block in blocks] == [1, 1, 1] and len(set.union(*blocks)) == 3
    assert [{fill} for fill in fills[12:]] == blocks
    said = [text.get_text() for text in picture.figure.axes[0].texts]
    assert said[-5:-2] == ["4", "5", "3"]  # of 4 1 2 −6, of 0 2 5 0, of 3 3 −1 2


def test_what_is_kept_is_framed():
    """The first of equal numbers, as Keras' gradient has it."""
    frames = [
        p.get_xy()[0] for p in EVERY["pooling"]().figure.axes[0].patches if p.get_zorder() == 4
    ]
    assert np.allclose(frames, [(0, 0), (2.3, 1), (4.6, 0)])


def test_pooling_is_told_in_words():
    assert EVERY["pooling"]().alt == (
        "Max pooling in blocks of 2 × 2: feature map = [[4, 1, 0, 2, 3, 3], [2, -6, 5, 0, -1, 2]]; "
        "largest of each block = [[4, 5, 3]]."
    )
    assert "= [[5]]" in draw.pooling(FEATURE_MAP[:, 2:4]).alt
    with pytest.raises(ValueError, match="Blocks of 2 × 2 do not fill an array of 2 × 5"):
        draw.pooling(FEATURE_MAP[:, :5])


# ---------------------------------------------------------------- galleries


def shown(picture) -> list[np.ndarray]:
    return [np.asarray(axes.images[0].get_array()) for axes in picture.figure.axes]


def test_a_gallery_shows_every_image_on_one_scale():
    picture = draw.gallery(RAMPS, across=4)
    assert all(np.array_equal(a, b) for a, b in zip(shown(picture), RAMPS, strict=True))
    assert {axes.images[0].get_clim() for axes in picture.figure.axes} == {(0, 12)}
    signed = draw.gallery(RAMPS - 5)
    assert {axes.images[0].get_clim() for axes in signed.figure.axes} == {(-7, 7)}
    lefts = [round(axes.get_position().x0, 3) for axes in picture.figure.axes]
    assert len(set(lefts)) == 4 and lefts[:2] == lefts[4:], "two rows, four columns"


def test_a_gallery_is_told_in_words():
    assert draw.gallery(RAMPS[:2], ["a,\nb", 7]).alt == "2 images of 5 × 4: a, b; 7."
    assert draw.gallery(RAMPS).alt == "6 images of 5 × 4."
    assert draw.gallery(RAMPS, alt="ramps").alt == "ramps"
    assert draw.gallery(np.zeros((1, 3, 3))).alt == "1 image of 3 × 3."


@pytest.mark.parametrize(
    ("images", "titles", "words"),
    [
        (RAMPS[0], (), r"images \(n, H, W\), not an array of \(5, 4\)"),
        (RAMPS[:0], (), r"not an array of \(0, 5, 4\)"),
        (RAMPS, ["one"], "There are 6 images and 1 titles"),
    ],
)
def test_a_gallery_of_anything_else_says_why(images, titles, words):
    with pytest.raises(ValueError, match=words):
        draw.gallery(images, titles)


def test_each_filter_stands_left_of_its_map():
    panels = EVERY["filters"]().figure.axes
    for kernel, feature_map, ramp in zip(panels[::2], panels[1::2], RAMPS, strict=True):
        assert np.array_equal(kernel.images[0].get_array(), ramp[:3, :3] - 6)
        assert np.array_equal(feature_map.images[0].get_array(), ramp)
        left, right = kernel.get_position(), feature_map.get_position()
        assert np.isclose(left.x1, right.x0) and np.isclose(left.y1, right.y1)
    assert {panel.images[0].get_clim() for panel in panels[::2]} == {(-6, 6)}
    assert {panel.images[0].get_clim() for panel in panels[1::2]} == {(0, 12)}


def test_filters_are_told_in_words():
    assert EVERY["filters"]().alt == "6 filters of 3 × 3, each with its map beside it."
    with pytest.raises(ValueError, match=r"not 5 × 5 × 4 and 6 × 5 × 4"):
        draw.filters(RAMPS[:5], RAMPS)


# ---------------------------------------------------------------- confusion matrices


def test_a_confusion_matrix_shows_counts_and_the_worst():
    picture = draw.confusion(TABLE)
    said = [text.get_text() for text in picture.figure.axes[0].texts]
    assert {"980", "1129", "990", "7", "3"} <= set(said) and "0" in said
    assert "3,099 of 3,112 right" in said  # 980 + 1129 + 990 of all that are in the table
    darkest = tint(HIGHLIGHT, 0.12 + 0.6)
    fills = [patch.get_facecolor()[:3] for patch in picture.figure.axes[0].patches]
    assert sum(np.allclose(fill, darkest) for fill in fills) == 1, "the most frequent mistake"
    assert picture.alt == (
        "Confusion matrix: 3,099 of 3,112 right. Most often taken: "
        "2 for 0 (7), 2 for 1 (3), 0 for 2 (2), 1 for 0 (1)."
    )
    assert draw.confusion(np.eye(3)).alt == "Confusion matrix: 3 of 3 right."


@pytest.mark.parametrize("table", [TABLE[:2], TABLE / 7, -TABLE, TABLE[0]])
def test_what_is_no_confusion_matrix_says_so(table):
    with pytest.raises(ValueError, match="a square table of counts"):
        tallies.confusion(table)


# ---------------------------------------------------------------- progress


@pytest.fixture
def lines(monkeypatch):
    """What the progress line shows, one state after another."""
    import IPython.display

    seen = []

    class Handle:
        def update(self, line):
            seen.append(line)

    def display(line, display_id):
        seen.append(line)
        return Handle()

    monkeypatch.setattr(IPython.display, "display", display)
    return seen


def test_progress_keeps_a_curve_of_the_last_batches(lines):
    """Keras' accuracy is a mean since the epoch began; the curve shows each ten batches alone."""
    live = progress(every=10)
    live.set_params({"steps": 25, "epochs": 2})
    live.on_train_begin()
    for epoch, of_tens in enumerate(([0.2, 0.4, 0.6], [0.7, 0.8, 0.9])):
        live.on_epoch_begin(epoch)
        right = 0.0
        for batch in range(25):
            right += of_tens[batch // 10]
            live.on_train_batch_end(batch, {"accuracy": right / (batch + 1)})
    live.on_train_end()
    assert np.allclose(live.accuracy, [0.2, 0.4, 0.6, 0.7, 0.8, 0.9])
    assert np.allclose(live.epochs, [0.4, 0.8, 1.0, 1.4, 1.8, 2.0])
    assert [line.words for line in lines[:2]] == [
        "starting",
        "epoch 1 of 2, 20.0% of the last images right",
    ]
    assert lines[-1].share == 1 and lines[-1].words.startswith("epoch 2 of 2, 0 seconds")


def test_progress_does_not_count_the_tests_seconds(monkeypatch):
    now = [0.0]
    monkeypatch.setitem(progress.__globals__, "perf_counter", lambda: now[0])
    live = progress()
    live.set_params({"steps": 1, "epochs": 1})
    live.on_train_begin()
    now[0] = 5.0
    live.on_test_begin()
    now[0] = 100.0
    live.on_test_end()
    now[0] = 102.0
    live.on_train_end()
    assert live.seconds == 7.0


def test_progress_fits_into_fit(capsys):
    model = small()
    model.compile("sgd", "mse", metrics=["accuracy"])
    live = progress(every=2)
    model.fit(
        np.zeros((10, 9, 12, 3)), np.eye(2)[[0, 1] * 5], 2, epochs=2, verbose=0, callbacks=[live]
    )
    assert np.allclose(live.epochs, [0.4, 0.8, 1.0, 1.4, 1.8, 2.0]) and live.seconds > 0


def test_the_line_is_html_and_plain_text():
    line = Line(0.5, "half of it")
    assert line._repr_html_() == '<progress value="0.500" max="1"></progress> half of it'
    assert repr(line) == "50% done, half of it"
