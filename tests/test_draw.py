"""The pictures: the numbers they show are right, and they look as they did."""

import base64
import io
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from helpers import draw
from helpers.draw.canvas import HIGHLIGHT, number, tint
from helpers.draw.sliding import Axis, Slide

IMAGE = np.array([[1, 0, 2, 3, 1], [2, 1, 0, 4, 0], [0, 3, 1, 2, 2], [1, 2, 0, 1, 3]])
KERNEL = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
DY = np.array([[1, -1, 2], [0, 3, 1]])
RNG = np.random.default_rng(1)
X, FILTERS = RNG.integers(-2, 3, size=(6, 6, 3)), RNG.integers(-1, 2, size=(3, 3, 3, 4))
DEPTHWISE, POINTWISE = RNG.integers(1, 4, size=(3, 3, 3, 1)), RNG.integers(1, 4, size=(1, 1, 3, 4))
TWICE, SIX = RNG.integers(-1, 2, size=(3, 3, 3, 2)), RNG.integers(-1, 2, size=(1, 1, 6, 5))
BLOCKS = np.einsum(
    "abcj,cd->abcd", DEPTHWISE, np.eye(3, dtype=int)
)  # the normal kernel that does it

EVERY = {
    "depthwise_convolution": lambda: draw.depthwise_convolution(X, DEPTHWISE, at=(1, 2)),
    "depthwise_convolution_twice": lambda: draw.depthwise_convolution(X, TWICE, at=(0, 3)),
    "pointwise_convolution": lambda: draw.pointwise_convolution(X[:4, :4], POINTWISE, at=(1, 2)),
    "separable_convolution": lambda: draw.separable_convolution(X, DEPTHWISE, POINTWISE, (1, 2)),
    "separable_convolution_twice": lambda: draw.separable_convolution(X, TWICE, SIX, at=(0, 3)),
    "kernels": lambda: draw.kernels(BLOCKS),
    "product": lambda: draw.product(pixels=IMAGE[:, :3], weights=KERNEL, at=(2, 1)),
    "connectivity": lambda: draw.connectivity(
        (3, 4),
        normal=FILTERS * 2 + 1,
        depthwise=BLOCKS,
        pointwise=POINTWISE,
        separable=(BLOCKS, POINTWISE),
    ),
    "flow": lambda: draw.flow(one=["input", "pointwise 1 × 1", "norm", "ReLU"], two=["output"]),
    "normal_convolution": lambda: draw.normal_convolution(X, FILTERS, at=(1, 2)),
    "normal_convolution_odd": lambda: draw.normal_convolution(
        np.arange(70).reshape(7, 10, 1), np.ones((3, 2, 1, 8), int), at=(4, 8)
    ),
    "window": lambda: draw.window(IMAGE, KERNEL, at=(0, 1)),
    "window_same": lambda: draw.window(IMAGE, KERNEL, at=(1, 0), stride=2, padding="same"),
    "window_dilated": lambda: draw.window(np.arange(63).reshape(7, 9), KERNEL[:, :2], dilation=2),
    "arrays": lambda: draw.arrays(image=IMAGE, kernel=KERNEL, dx=IMAGE / 2),
    "arrays_wrapped": lambda: draw.arrays(x=np.arange(16), w=np.arange(9) / 4, dx=IMAGE[:2]),
    "stops": lambda: draw.stops(n=10, k=3, stride=3),
    "stops_same": lambda: draw.stops(n=10, k=3, stride=2, padding="same"),
    "im2col": lambda: draw.im2col(IMAGE, KERNEL, at=(0, 1)),
    "receptive_field": lambda: draw.receptive_field([(3, 1, 1)] * 3),
    "receptive_field_strided": lambda: draw.receptive_field([(3, 1, 1), (3, 2, 1), (3, 1, 2)]),
    "as_matrix": lambda: draw.as_matrix(np.arange(1, 10).reshape(3, 3), size=(4, 5)),
    "images": lambda: draw.images(grey=IMAGE / 4, signed=IMAGE - 2, colour=np.ones((4, 5, 3)) / 2),
    "backward": lambda: draw.backward(DY, KERNEL, at=(1, 1)),
    "transposed": lambda: draw.transposed(DY, KERNEL, at=(2, 2)),
    "transposed_strided": lambda: draw.transposed(DY, KERNEL[:, :2], at=(2, 3), stride=2),
    "kernel_gradient": lambda: draw.kernel_gradient(DY, IMAGE, at=(2, 1)),
}


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.mpl_image_compare(style="default", savefig_kwargs={"facecolor": "white"})
def test_looks_as_it_did(name):
    return EVERY[name]().figure


def texts(picture) -> list[str]:
    return [text.get_text() for axes in picture.figure.axes for text in axes.texts]


def frames(picture) -> list[tuple[float, ...]]:
    """(x, y, width, height) of each bold frame."""
    found = []
    for patch in picture.figure.axes[0].patches:
        if patch.get_linewidth() > 2:
            corners = patch.get_xy()
            found.append((*corners.min(axis=0), *np.ptp(corners, axis=0)))
    return found


def filled(picture, strength: float) -> int:
    """How many patches have the highlight's tint."""
    wanted = tint(HIGHLIGHT, strength)
    patches = picture.figure.axes[0].patches
    return sum(np.allclose(patch.get_facecolor()[:3], wanted) for patch in patches)


@pytest.mark.parametrize("name", EVERY)
def test_a_cross_stands_in_sizes_only(name):
    from matplotlib.text import Text

    words = [text.get_text() for text in EVERY[name]().figure.findobj(Text)]
    assert not [word for word in words if re.search(r"(?<!\d )×|×(?! \d)", word)]


def test_each_sign_has_one_meaning():
    assert "∗" in texts(EVERY["window"]()) and "·" not in texts(EVERY["window"]())  # convolution
    for name in ("product", "im2col", "connectivity"):  # products of matrices
        assert "·" in texts(EVERY[name]()) and "∗" not in texts(EVERY[name]())


# ---------------------------------------------------------------- what a window reads


def test_the_window_shows_its_sum():
    picture = draw.window(IMAGE, KERNEL, at=(0, 1))
    # 0*1 + 3*(-1) + 1*2 + 4*(-2) + 3*1 + 2*(-1) = -8
    assert "0·1 + 2·0 + 3·(−1) + 1·2 + 0·0 + 4·(−2) + 3·1 + 1·0 + 2·(−1) = −8" in picture.alt
    assert frames(picture)[0] == (1, 0, 3, 3)  # over columns 1-3 of rows 0-2
    assert filled(picture, 0.35) == 9
    # 20 image cells, 9 of the kernel, and the outputs 2 and −8: the later four are blank.
    numbers = [text for text in texts(picture) if text.replace("−", "-").lstrip("-").isdigit()]
    assert len(numbers) == 20 + 9 + 2


def test_same_padding_is_drawn_at_the_bottom_and_right():
    # (4, 3, 2): (2 - 1)*2 + 3 - 4 = 1 zero, after. (5, 3, 2): (3 - 1)*2 + 3 - 5 = 2, one each side.
    slide = Slide.of(IMAGE, KERNEL, stride=2, padding="same")
    assert (slide.rows.zeros, slide.columns.zeros) == ((0, 1), (1, 1))
    assert slide.output.tolist() == [[-5, -8, 13], [-7, 3, 4]]
    picture = draw.window(IMAGE, KERNEL, at=(1, 0), stride=2, padding="same")
    assert frames(picture)[0] == (0, 2, 3, 3)
    hatched = [patch for patch in picture.figure.axes[0].patches if patch.get_hatch()]
    assert len(hatched) == 5 * 7 - 4 * 5


@pytest.mark.parametrize("options", [{}, {"stride": 2, "padding": "same"}, {"dilation": 2}])
def test_the_numbers_agree_with_keras(options):
    from helpers.check import oracle

    image, kernel = RNG.normal(size=(7, 10)), RNG.normal(size=(3, 2))
    right = oracle.conv2d(image[None, :, :, None], kernel[:, :, None, None], **options)
    np.testing.assert_allclose(
        Slide.of(image, kernel, **options).output, right[0, :, :, 0], atol=1e-12
    )


def test_stops_say_what_is_left_over():
    assert (
        draw.stops(n=10, k=3, stride=3).alt
        == "n = 10, k = 3, stride 3: 3 stops, 1 cell never read."
    )
    assert draw.stops(n=9, k=3, dilation=2).alt == "n = 9, k = 3, dilation 2: 5 stops."  # 9 - 5 + 1
    assert filled(draw.stops(n=9, k=3, dilation=2), 0.45) == 5 * 3
    assert Axis(28, 3, 2, "same").zeros == (0, 1)
    assert Axis(224, 7, 2, "same").zeros == (2, 3)


def test_im2col_lays_the_window_out_as_a_row():
    picture = draw.im2col(IMAGE, KERNEL, at=(1, 2))
    assert "6 × 9" in texts(picture) and "9 × 1" in texts(picture) and "6 × 1" in texts(picture)
    assert "Row 5" in picture.alt and "= −5." in picture.alt
    assert frames(picture)[0][2:] == (3, 3) and frames(picture)[1][2:] == (9, 1)


def test_receptive_fields():
    three = draw.receptive_field([(3, 1, 1)] * 3)
    # 1 + 2 = 3, 3 + 2 = 5, 5 + 2 = 7: what the text of the lesson says of layers 1, 2 and 3.
    found = texts(three)
    assert [found[found.index(f"layer {n} sees") + 1] for n in (1, 2, 3)] == [
        "3 pixels",
        "5 pixels",
        "7 pixels",
    ]
    # 3; 3 + 2*1 = 5, jump 2; 5 + 2*2*2 = 13. One number reads 3 of layer 2, two apart.
    words = draw.receptive_field([(3, 1, 1), (3, 2, 1), (3, 1, 2)]).alt
    assert "layer 2 sees 5 pixels, its neighbour as many, 2 further; of layer 3 sees 13" in words
    assert "made of 3 of layer 2, these of 9 of layer 1, these of 13 pixels" in words


@pytest.mark.parametrize("layers", [[(3, 2, 1), (3, 1, 2)], [(2, 1, 3), (5, 3, 1), (3, 1, 1)]])
def test_receptive_fields_are_what_keras_reads(layers):
    from helpers.check import oracle
    from helpers.draw.layers import levels_of

    y = np.eye(60)[:, :, np.newaxis]  # 60 rows of pixels, a different one bright in each
    for kernel, stride, dilation in layers:
        ones = np.ones((kernel, 1, 1))
        y = oracle.keras().ops.conv(y, ones, strides=stride, dilation_rate=dilation)
    reached = oracle.to_numpy(y)[:, :2, 0]
    first, second = (np.flatnonzero(reached[:, stop]) for stop in (0, 1))
    levels = levels_of(layers)
    assert (levels[-1].size, levels[-1].jump) == (first[-1] - first[0] + 1, second[0] - first[0])
    assert levels[0].read == set(first.tolist())


def test_a_convolution_as_a_matrix():
    # 4 × 5 pixels to 2 × 3 outputs: (2*3) * (4*5) places, of which 2*3 * 3*3 are linked.
    assert "Dense: 6 × 20 = 120 weights. Convolution: 54 links that share 9 weights" in (
        EVERY["as_matrix"]().alt
    )
    digits = [text for text in texts(EVERY["as_matrix"]()) if text.isdigit()]
    assert digits[:18] == list("123456789") * 2 and len(digits) == 54


def test_backward_hands_the_gradient_to_the_window():
    picture = draw.backward(DY, KERNEL, at=(1, 1))
    assert frames(picture)[1][2:] == pytest.approx((3, 3))
    assert "dx[1:4, 1:4] += 3 · kernel" in texts(picture)
    # dx in the middle, from five of the six outputs: 1*(-1) + (-1)*0 + 2*1 + 0*(-2) + 3*0 = 1;
    # the sixth, 1*2, has not added its share yet.
    assert "[1, 5, 1, -5, -2]" in picture.alt
    # With stride 2 the windows of (0, 0), (0, 1), (1, 0) and (1, 1) meet there: -1 + -1 + 0 + 3.
    assert "dx[2:5, 2:5] += 3 · kernel" in (strided := draw.backward(DY, KERNEL, (1, 1), 2).alt)
    assert "[1, 0, 1, 0, 0, 0, -2]" in strided


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_both_pictures_of_dx_agree_with_keras(stride):
    from helpers.check import oracle
    from helpers.draw.gradients import scattered

    dy, kernel = RNG.integers(-3, 4, size=(3, 2)), RNG.integers(-3, 4, size=(3, 4))
    last = tuple(np.subtract(dy.shape, 1))
    dx = scattered(dy, kernel, stride, upto=last)
    shaped = dy[None, :, :, None].astype(float), kernel[:, :, None, None].astype(float)
    right = oracle.to_numpy(oracle.keras().ops.conv_transpose(*shaped, strides=stride))[0, :, :, 0]
    np.testing.assert_allclose(dx, right, atol=1e-12)
    for at in ((0, 0), (2, 3), tuple(np.subtract(dx.shape, 1))):
        collected = draw.transposed(dy, kernel, at=at, stride=stride)
        assert collected.alt.endswith(f"= {number(right[at])}.")


def test_the_kernels_gradient_is_the_image_under_dy():
    # x[2:4, 1:4] * dy: 3*1 + 1*(-1) + 2*2 + 2*0 + 0*3 + 1*1 = 7
    picture = EVERY["kernel_gradient"]()
    assert picture.alt.endswith("3·1 + 1·(−1) + 2·2 + 2·0 + 0·3 + 1·1 = 7.")
    assert {"image", "dy", "dkernel"} <= set(texts(picture))


def test_normal_convolution_marks_one_block_and_one_cell_per_map():
    picture = draw.normal_convolution(X, FILTERS, at=(1, 2))
    assert filled(picture, 0.6) == 3 * (3 * 3) + 4  # a window in 3 channels, a cell in 4 maps
    assert {"6 × 6 × 3", "3 × 3 × 3", "4 × 4", "4 filters, each"} <= set(texts(picture))
    sums = np.tensordot(X[1:4, 2:5], FILTERS, axes=3).tolist()
    assert (
        "each sum of 27 products is one number, at row 1, column 2 of that filter's map: "
        + (", ".join(map(str, sums)).replace("-", "−"))
        in picture.alt
    )
    assert [t for t in texts(picture) if t.startswith("= ")] == [
        f"= {value}".replace("-", "−") for value in sums
    ]


def test_depthwise_convolution_keeps_the_channels_apart():
    picture = draw.depthwise_convolution(X, TWICE, at=(1, 2))
    assert filled(picture, 0.6) == 3 * (3 * 3) + 6  # a window in 3 channels, a cell in 3 * 2 maps
    assert {"6 × 6 × 3", "3 × 3 × 1", "6 filters, each", "6 output maps, each"} <= set(
        texts(picture)
    )
    # Map c*2 + j is channel c under its own filter j.
    sums = [int(np.sum(X[1:4, 2:5, c] * TWICE[:, :, c, j])) for c in range(3) for j in range(2)]
    assert [t for t in texts(picture) if t.startswith("= ")] == [
        f"= {value}".replace("-", "−") for value in sums
    ]
    assert "only the 2 filters of that channel; each sum of 9 products" in picture.alt


def test_a_multiplier_shows_the_index_of_each_map():
    words = texts(draw.depthwise_convolution(X, TWICE))
    assert [word for word in words if word.startswith("map ")] == [
        *("map 0·2 + 0 = 0", "map 0·2 + 1 = 1", "map 1·2 + 0 = 2", "map 1·2 + 1 = 3"),
        *("map 2·2 + 0 = 4", "map 2·2 + 1 = 5"),
    ]
    assert words.count("j = 0") == words.count("j = 1") == 3
    assert [word for word in words if word.startswith("c = ")] == ["c = 0", "c = 1", "c = 2"]
    assert not [word for word in texts(draw.depthwise_convolution(X, DEPTHWISE)) if "j" in word]


def test_pointwise_convolution_marks_one_pixel_through_all_channels():
    picture = draw.pointwise_convolution(X, POINTWISE, at=(5, 0))
    assert filled(picture, 0.6) == 3 + 4  # a pixel in 3 channels, a cell in 4 maps
    assert {"1 × 1 × 3", "6 × 6"} <= set(texts(picture))
    values = [f"= {value}".replace("-", "−") for value in (X[5, 0] @ POINTWISE[0, 0]).tolist()]
    assert [t for t in texts(picture) if t.startswith("= ")] == values


def test_separable_convolution_agrees_with_keras():
    from helpers.check import oracle

    picture = draw.separable_convolution(X, TWICE, SIX, at=(1, 2))
    right = oracle.separable_conv2d(X[None], TWICE, SIX)[0, 1, 2]
    assert [t for t in texts(picture) if t.startswith("= ")] == [
        f"= {round(value)}".replace("-", "−") for value in right
    ]
    assert filled(picture, 0.6) == 3 * 9 + 6 + 5  # windows, one cell of 6 in between, 5 maps
    assert "which makes 4 × 4 × 6, then a pointwise step with 5 filters" in picture.alt


def test_connectivity_counts_weights_and_connections():
    picture = EVERY["connectivity"]()
    # A 3 × 4 image: 3 taps along an axis of n cells lie inside n - 1 + n + n - 1 times,
    # so (3*3 - 2) * (3*4 - 2) = 70 connections for each pair of channels, and 3 * 4 = 12 for 1 × 1.
    nonzero = np.count_nonzero(FILTERS * 2 + 1)
    assert nonzero == 3 * 3 * 3 * 4
    assert (
        f"normal, {nonzero} weights in {70 * 3 * 4} connections; depthwise, 27 weights in "
        "210 connections; pointwise, 12 weights in 144 connections; separable, 27 + 12 weights in "
        "210 + 144 connections, whose product has 840." in picture.alt
    )
    # The discs: 3 + 4, 3 + 3, 3 + 4, 3 + 3 + 4 of them; the matrices: 4 of 4 × 3 blocks, 2 of 3 × 3.
    assert sum(word.isdigit() for word in texts(picture)) == 7 + 6 + 7 + 10 + 4 * 7 + 2 * 6
    assert {"·", "=", "both in one:\n840 connections"} <= set(texts(picture))


def test_the_product_of_a_separable_pair_is_the_composed_kernel():
    from helpers.draw.matrices import operator, shown

    composed = DEPTHWISE * POINTWISE  # multiplier 1
    np.testing.assert_array_equal(
        shown([BLOCKS, POINTWISE], (3, 4))[-1], operator(composed, (3, 4))
    )


@pytest.mark.parametrize("shape", [(3, 3), (2, 3), (1, 1)])
def test_the_matrix_of_a_convolution_is_keras_convolution(shape):
    from helpers.check import oracle
    from helpers.draw.matrices import operator

    image, kernel = RNG.normal(size=(4, 5, 2)), RNG.normal(size=(*shape, 2, 3))
    right = oracle.conv2d(image[None], kernel, padding="same")[0]
    ours = operator(kernel, (4, 5)) @ image.transpose(2, 0, 1).ravel()
    np.testing.assert_allclose(ours.reshape(3, 4, 5).transpose(1, 2, 0), right, atol=1e-12)


def test_kernels_say_which_map_sees_which_channel():
    assert draw.kernels(BLOCKS).alt == (
        "A kernel of 3 × 3 × 3 × 3, one block of 3 × 3 for each channel and map: "
        "map 0 sees channel 0; map 1 sees channel 1; map 2 sees channel 2."
    )
    kernel = np.zeros((1, 1, 3, 3))
    kernel[0, 0, :, 0] = 1
    kernel[0, 0, :2, 1] = 1
    assert draw.kernels(kernel).alt.endswith(
        "map 0 sees every channel; map 1 sees channels 0 and 1; map 2 sees no channel."
    )


def test_a_product_shows_one_of_its_sums():
    picture = draw.product(pixels=[[1, 2], [3, 4]], weights=[[5], [6]], gives="mixed", at=(1, 0))
    assert picture.alt == (
        "pixels 2 × 2 times weights 2 × 1 gives mixed 2 × 1. At row 1, column 0: 3·5 + 4·6 = 39."
    )
    assert frames(picture)[0][2:] == (2, 1) and frames(picture)[1][2:] == (1, 2)
    assert draw.product(a=[[1, 2]], b=[[3], [-4]]).alt.endswith("gives output 1 × 1: [[-5]].")


def test_a_flow_is_read_from_left_to_right():
    assert (
        EVERY["flow"]().alt
        == "one: input, then pointwise 1 × 1, then norm, then ReLU; two: output."
    )


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


def test_arrays_show_numbers_as_the_alternative_text_does():
    picture = draw.arrays(x=[1, 2], output=np.array([0.5, -1 / 3, -0.001]))
    assert picture.alt == "x = [1, 2]; output = [0.50, -0.33, 0.00]."
    assert texts(picture) == ["1", "2", "x", "2", "0.50", "−0.33", "0.00", "output", "3"]


def test_the_readers_own_settings_change_nothing():
    import matplotlib

    plain = draw.window(IMAGE, KERNEL).png
    with matplotlib.rc_context({"font.size": 30, "text.color": "red", "font.family": "serif"}):
        assert draw.window(IMAGE, KERNEL).png == plain
        assert matplotlib.rcParams["font.size"] == 30


def test_small_integers_do_not_overflow():
    # 200*2 + 200*2 = 800
    bytes_ = np.full((1, 2), 200, np.uint8), np.full((1, 2), 2, np.uint8)
    assert "200·2 + 200·2 = 800" in draw.window(*bytes_).alt


def test_images_take_bytes_and_fractions():
    half = draw.images(photo=np.full((4, 5, 3), 0.5)), draw.images(photo=np.full((4, 5, 3), 128))
    shown = [picture.figure.axes[0].images[0].get_array() for picture in half]
    np.testing.assert_allclose(shown[0], shown[1], atol=0.002)


def test_signed_images_are_symmetric_about_zero_with_a_bar():
    figure = draw.images(edges=np.array([[-1.0, 0.0], [2.0, 4.0]])).figure
    panel, bar = figure.axes
    assert panel.images[0].get_clim() == (-4, 4)
    assert [tick.get_text() for tick in bar.get_xticklabels()] == ["−4.00", "0", "4.00"]


def test_normal_convolution_takes_odd_sizes():
    picture = draw.normal_convolution(np.zeros((7, 10, 1)), np.zeros((3, 2, 1, 8)), at=(4, 8))
    assert filled(picture, 0.6) == 3 * 2 + 8
    assert max(picture.figure.get_size_inches()) < 9
    assert (
        "1 filter 3 × 3 × 3, 1 output map 4 × 4" in draw.normal_convolution(X, FILTERS[..., :1]).alt
    )


# ---------------------------------------------------------------- what Jupyter gets


def test_the_bundle_is_crisp_small_and_described():
    picture = draw.window(IMAGE, KERNEL)
    data, metadata = picture._repr_mimebundle_()
    png = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    shown = metadata["image/png"]
    assert shown["alt"] == data["text/plain"] == picture.alt
    assert abs(png.width - 2 * shown["width"]) <= 1 and len(picture.png) < 60_000
    assert shown["width"] == round(100 * picture.figure.get_figwidth())
    again = draw.window(IMAGE, KERNEL)
    assert again.png == picture.png


@pytest.mark.parametrize("name", EVERY)
def test_pictures_are_light(name):
    assert len(EVERY[name]().png) < 60_000


def test_photographs_keep_their_shades():
    from helpers import data

    photo = data.grey(data.photograph())[::2, ::2]
    png = Image.open(io.BytesIO(draw.images(photo=photo).png)).convert("L")
    assert len(np.unique(np.asarray(png))) > 200, "a palette would flatten a face"


def test_pictures_can_be_saved(tmp_path):
    draw.window(IMAGE, KERNEL).save(tmp_path / "window.png")
    assert Image.open(tmp_path / "window.png").format == "PNG"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: draw.normal_convolution(X, FILTERS[:, :, :2]),
            r"these are \(6, 6, 3\) and \(3, 3, 2, 4\)",
        ),
        (
            lambda: draw.normal_convolution(X, FILTERS, at=(4, 0)),
            "lies outside the output of 4 × 4",
        ),
        (lambda: draw.window(X, KERNEL), "one channel"),
        (lambda: draw.window(IMAGE, KERNEL, at=(2, 0)), "lies outside the output of 2 × 3"),
        (lambda: draw.window(IMAGE, KERNEL, padding="full"), 'padding is "valid" or "same"'),
        (lambda: draw.window(IMAGE, KERNEL, at=(0.5, 0)), "two whole numbers"),
        (lambda: draw.window(IMAGE, KERNEL, at=1), "two whole numbers"),
        (lambda: draw.window([["a"]], KERNEL), "image is an array of numbers"),
        (lambda: draw.window(IMAGE, [[1, 2], [3]]), "kernel is an array of numbers"),
        (lambda: draw.normal_convolution(X[:2], FILTERS), "does not fit on an image of 2 × 6 × 3"),
        (
            lambda: draw.depthwise_convolution(X, DEPTHWISE[:, :, :2]),
            r"the kernels are \(kh, kw, C, m\) with the same C",
        ),
        (lambda: draw.pointwise_convolution(X, FILTERS), r"are \(1, 1, C, F\); these are \(3, 3"),
        (
            lambda: draw.separable_convolution(X, TWICE, POINTWISE),
            r"with multiplier 2 the pointwise kernels are \(1, 1, 6, F\)",
        ),
        (lambda: draw.kernels(KERNEL), r"The kernel is \(kh, kw, C, F\); this is \(3, 3\)"),
        (lambda: draw.product(a=IMAGE, b=KERNEL), r"these are \(4, 5\), \(3, 3\)"),
        (lambda: draw.connectivity((3, 4)), "Name the layers to compare"),
        (lambda: draw.connectivity((3, 4), two=(FILTERS, FILTERS)), "takes as many channels"),
        (lambda: draw.flow(), "Name the blocks"),
        (lambda: draw.arrays(), "Name the arrays to draw"),
        (lambda: draw.arrays(x=[]), "x is an array of numbers"),
        (lambda: draw.images(photo=np.zeros((2, 2, 4))), "Name the images to draw"),
        (lambda: draw.receptive_field([(3, 1, 0)]), "whole numbers from 1 up"),
        (lambda: draw.window([[1, np.nan]], [[1]]), "image holds NaN or infinite numbers"),
        (lambda: draw.receptive_field(0), "whole numbers from 1 up"),
        (lambda: draw.receptive_field([]), r"a list of \(kernel, stride, dilation\)"),
        (lambda: draw.stops(n=2, k=3), "A window over 3 cells does not fit on 2"),
        (lambda: draw.stops(n=9, k=3, stride=0), "whole numbers from 1 up"),
        (lambda: draw.arrays(image=X), "each of one or two dimensions"),
        (lambda: draw.images(), "Name the images to draw"),
        (lambda: draw.receptive_field([3, 3]), r"a list of \(kernel, stride, dilation\)"),
        (lambda: draw.as_matrix(KERNEL, size=(2, 5)), "A window over 3 cells does not fit on 2"),
        (lambda: draw.transposed(DY, KERNEL, at=(4, 0)), "lies outside the output of 4 × 5"),
        (lambda: draw.transposed(DY, KERNEL, stride=0), "Stride is a whole number from 1 up"),
        (lambda: draw.backward(X, KERNEL), "dy is"),
        (lambda: draw.kernel_gradient(IMAGE, DY), "does not fit on 2"),
        (lambda: draw.backward(DY, KERNEL, at=(2, 0)), "lies outside the output of 2 × 3"),
    ],
)
def test_bad_input_gets_one_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_importing_draw_is_light():
    code = "import sys; import helpers.draw; print({'keras', 'tensorflow', 'matplotlib'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_drawing_needs_no_pyplot():
    code = (
        "import sys; from helpers import draw; draw.stops(n=5, k=3).png; "
        "draw.images(a=[[0.5, -1]]).png; "
        "print({'keras', 'tensorflow', 'matplotlib.pyplot'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
