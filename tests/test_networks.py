"""Networks as rows: the papers' figures, Keras' own models, and what `count` says of mistakes."""

from math import prod

import cards
import pytest

from helpers import check, networks
from helpers.check import oracle
from helpers.check.exercises.network_costs import count_by_keras


def count(blocks):
    """A student's answer, in plain Python."""
    parameters = multiply_adds = 0
    for block in blocks:
        kind, size = block["kind"], block["input"]
        if kind == "norm":
            parameters += 2 * size[-1]
        if kind in ("norm", "pool"):
            continue
        kernel, stride = block["kernel"], block.get("stride", 1)
        weights, positions = prod(kernel), 1
        if kind != "dense":
            for n, k in zip(size[:2], kernel[:2], strict=True):
                same = block.get("padding", "same") == "same"
                positions *= -(-n // stride) if same else (n - k) // stride + 1
        outputs = kernel[2] * kernel[3] if kind == "depthwise" else kernel[-1]
        parameters += weights + outputs * block.get("use_bias", False)
        multiply_adds += positions * weights
    return parameters, multiply_adds


def normal(size, channels):
    return {"kind": "conv", "kernel": (3, 3, channels, channels), "input": (size, size, channels)}


def pair(size, channels):
    image = (size, size, channels)
    return [
        {"kind": "depthwise", "kernel": (3, 3, channels, 1), "input": image},
        {"kind": "conv", "kernel": (1, 1, channels, channels), "input": image},
    ]


both_ways = pytest.mark.parametrize("count", [count, count_by_keras])


@both_ways
def test_mobilenets_table_3(count):
    assert count([normal(14, 512)]) == (9 * 512 * 512, 196 * 9 * 512 * 512)
    assert count([normal(14, 512)]) == (2_359_296, 462_422_016)
    assert count(pair(14, 512)) == (9 * 512 + 512 * 512, 196 * 512 * (9 + 512))
    assert count(pair(14, 512)) == (266_752, 52_283_392)
    assert count(pair(14, 384)) == (150_912, 29_578_752)  # width 0.75
    assert count(pair(10, 384)) == (150_912, 15_091_200)  # and resolution 0.714


@both_ways
def test_mobilenets_tables_4_and_5(count):
    convolutional = networks.mobilenet(separable=False)
    classifier = 1024 * 1000  # weights, each used once; the paper's 4866 million leave it out
    assert count(convolutional) == (29_281_120, 4_866_269_184 + classifier)
    assert count(convolutional[:-1]) == (29_281_120 - classifier, 4_866_269_184)
    assert count(networks.mobilenet()) == (4_209_088, 568_740_352)
    assert count(networks.mobilenet(width=0.75)) == (2_568_144, 325_400_448)
    assert count(networks.mobilenet(shallow=True)) == (2_875_328, 307_323_392)


@both_ways
def test_mobilenets_tables_6_and_7(count):
    """In millions: rounded in table 6, cut off in table 7."""
    widths = {1.0: (569, 4.2), 0.75: (325, 2.6), 0.5: (149, 1.3), 0.25: (41, 0.5)}
    for width, (millions, parameters) in widths.items():
        counted = count(networks.mobilenet(width))
        assert (round(counted[1] / 1e6), round(counted[0] / 1e6, 1)) == (millions, parameters)
    # 290,675,200 for images of 160: the paper prints 290, cut off, and 418 and 186 beside it.
    for size, millions in {192: 418, 160: 290, 128: 186}.items():
        parameters, multiply_adds = count(networks.mobilenet(size=size))
        assert (multiply_adds // 10**6, parameters) == (millions, 4_209_088)


@both_ways
def test_xceptions_table_3(count):
    assert count(networks.xception())[0] == 22_855_952


@both_ways
def test_the_totals_of_what_came_later(count):
    assert count(networks.resnet50()) == (25_557_032, 4_089_184_256)  # ResNeXt's table 1: 25.5, 4.1
    assert count(networks.resnet50(32, 128)) == (25_028_904, 4_230_479_872)  # there 25.0, 4.2
    assert count(networks.mobilenet_v2()) == (3_469_760, 300_774_272)  # MobileNetV2's table 4: 300
    scales = sum(channels * blocks for channels, blocks in networks.CONVNEXT_TINY)
    parameters, multiply_adds = count(networks.convnext_tiny())
    assert scales == 3 * 96 + 3 * 192 + 9 * 384 + 3 * 768 == 6624
    assert parameters + scales == 28_589_128  # ConvNeXt's table 9: 28.6 million
    assert round(multiply_adds / 1e9, 1) == 4.5


def test_resnets_block_and_resnexts():
    for width, groups, inside in ((64, 1, 9 * 64 * 64), (128, 32, 32 * 9 * 4 * 4)):
        rows = networks.bottleneck((56, 56, 256), width, 256, groups=groups)
        norms = 2 * (width + width + 256)
        assert count(rows)[0] == 256 * width + inside + width * 256 + norms
        assert rows[2]["kernel"] == (3, 3, width // groups, width)


def test_rows_read_like_the_papers_table():
    rows = networks.mobilenet()
    assert rows[:3] == [
        {"kind": "conv", "stride": 2, "kernel": (3, 3, 3, 32), "input": (224, 224, 3)},
        {"kind": "depthwise", "kernel": (3, 3, 32, 1), "input": (112, 112, 32)},
        {"kind": "conv", "kernel": (1, 1, 32, 64), "input": (112, 112, 32)},
    ]
    assert rows[-2:] == [
        {"kind": "pool", "kernel": (7, 7), "input": (7, 7, 1024)},
        {"kind": "dense", "kernel": (1024, 1000), "input": (1024,)},
    ]
    assert len(rows) == 1 + 2 * 13 + 2  # "28 layers": without the pool
    assert len(networks.mobilenet(shallow=True)) == len(rows) - 2 * 5
    assert len(networks.mobilenet(separable=False)) == len(rows) - 13


def test_a_depthwise_row_hands_on_all_its_maps():
    row = {"kind": "depthwise", "stride": 2, "kernel": (3, 3, 5, 2), "input": (9, 12, 5)}
    assert networks.output(row) == (5, 6, 10)  # ceil(9/2), ceil(12/2), 5*2
    assert networks.output({**row, "padding": "valid"}) == (4, 5, 10)  # (9-3)//2+1, (12-3)//2+1


# ---------------------------------------------------------------- Keras' own models


def kernels_and_positions(model) -> list[tuple[tuple[int, ...], int]]:
    """Every kernel of a Keras model, and at how many positions its layer uses it."""
    found = []
    for layer in model.layers:
        for weight in layer.weights:
            if "kernel" in weight.name:
                found.append((tuple(weight.shape), prod(layer.output.shape[1:-1])))
    return sorted(found)


def rows_kernels_and_positions(rows) -> list[tuple[tuple[int, ...], int]]:
    weighty = [row for row in rows if row["kind"] in ("conv", "depthwise", "dense")]
    return sorted(
        (row["kernel"], 1 if row["kind"] == "dense" else prod(networks.output(row)[:2]))
        for row in weighty
    )


def parameters_of(weights) -> int:
    return sum(prod(weight.shape) for weight in weights)


def test_mobilenet_is_keras_mobilenet_but_for_norms_and_the_classifiers_bias():
    model = oracle.keras().applications.MobileNet(weights=None)
    rows = networks.mobilenet()
    as_keras = rows_kernels_and_positions(rows[:-1])
    classifier = ((1, 1, 1024, 1000), 1)  # Keras writes it as a convolution of 1 × 1
    assert kernels_and_positions(model) == sorted([*as_keras, classifier])
    trainable, fixed = map(parameters_of, (model.trainable_weights, model.non_trainable_weights))
    normed = sum(networks.output(row)[2] for row in rows[:-2])  # a norm after each convolution
    assert normed == 10_944
    assert trainable == 4_209_088 + 2 * normed + 1000 == 4_231_976  # scale and shift, and the bias
    assert fixed == 2 * normed == 21_888  # running mean and variance
    assert model.count_params() == 4_231_976 + 21_888 == 4_253_864


def test_xception_is_keras_xception():
    model = oracle.keras().applications.Xception(weights=None)
    rows = networks.xception()
    assert kernels_and_positions(model) == rows_kernels_and_positions(rows)
    trainable, fixed = map(parameters_of, (model.trainable_weights, model.non_trainable_weights))
    normed = sum(row["input"][2] for row in rows if row["kind"] == "norm")
    assert trainable == count(rows)[0] == 22_855_952
    assert fixed == 2 * normed == 54_528
    assert model.count_params() == 22_855_952 + 54_528 == 22_910_480
    work = sum(prod(kernel) * positions for kernel, positions in kernels_and_positions(model))
    assert count(rows)[1] == work


def test_mobilenet_v2_is_keras_mobilenet_v2():
    model = oracle.keras().applications.MobileNetV2(weights=None)
    rows = networks.mobilenet_v2()
    assert kernels_and_positions(model) == rows_kernels_and_positions(rows)
    normed = sum(networks.output(row)[2] for row in rows[:-2])
    assert parameters_of(model.trainable_weights) == 3_469_760 + 2 * normed + 1000 == 3_504_872


def test_convnext_is_keras_convnext():
    model = oracle.keras().applications.ConvNeXtTiny(weights=None)
    assert model.count_params() == 28_589_128


# ---------------------------------------------------------------- the check


def test_a_right_count_passes():
    for seed in range(10):
        check.count(count, seed=seed)
    check.count(lambda blocks: list(count(blocks)), seed=3)


def card_of(function, part) -> check.CheckFailed:
    return cards.card_of(check.count, function, part=part)


def test_a_card_shows_a_row_and_not_a_whole_network():
    def one_more(blocks):
        return [number + 1 for number in count(blocks)]

    card = card_of(one_more, "parameters")
    (row,) = check.count.cases("parameters", 0)[0]["blocks"]
    assert f"called as count([{row}])" in " ".join(str(card).split())

    def forgets_one_of_many(blocks):
        return count(blocks[:-1] if len(blocks) > 20 else blocks)

    assert "count(blocks) with 29 blocks" in str(card_of(forgets_one_of_many, "papers"))
    assert "return the tuple (parameters, multiply_adds); yours is an int." in " ".join(
        str(card_of(lambda blocks: 3, "multiply-adds")).split()
    )


def test_one_of_the_two_numbers_does_not_cost_the_other():
    check.count(lambda blocks: (count(blocks)[0], None), part="parameters")
    check.count(lambda blocks: (None, count(blocks)[1]), part="multiply-adds")


def test_rows_are_plain_data_that_any_language_could_hold():
    import json

    for part in check.count.parts:
        for case in check.count.cases(part, 0):
            rows = json.loads(json.dumps(case["blocks"]))
            assert count(rows) == count(case["blocks"]), "lists do as well as tuples"
