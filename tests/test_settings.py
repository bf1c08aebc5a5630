"""What a student has set for all of Keras changes no verdict, and is as it was after a check."""

import os
import subprocess
import sys

from nbgrader_course import ROOT

RIGHT = """
import keras, numpy as np
from helpers import check

def output_length(n, k, stride=1, padding="valid", dilation=1):
    reach = (k - 1) * dilation + 1
    return -(-n // stride) if padding == "same" else (n - reach) // stride + 1

def build_two_layer_model():
    layers = [keras.layers.Conv2D(32, 3), keras.layers.Conv2D(64, 3)]
    return keras.Sequential([keras.Input((224, 224, 3)), *layers])

def told():
    config = keras.config
    return config.image_data_format(), config.floatx(), config.dtype_policy().name

def judged():
    before = told()
    check.output_length(output_length)
    check.build_two_layer_model(build_two_layer_model)
    assert told() == before, (told(), before)
"""
ALL = """
for change in (
    lambda: keras.config.set_image_data_format("channels_first"),
    lambda: keras.config.set_floatx("float16"),
    lambda: keras.config.set_floatx("float64"),
    lambda: keras.mixed_precision.set_global_policy("mixed_float16"),
):
    change()
    judged()
"""


def run(code: str, times: int, **variables: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("✓") == 5 * times, done.stdout  # four parts, and the model


def test_a_right_answer_is_right_whatever_is_set():
    run(RIGHT + ALL, 4)


def test_a_right_answer_is_right_whatever_kerass_file_says(tmp_path):
    (tmp_path / "keras.json").write_text(
        '{"image_data_format": "channels_first", "floatx": "float16"}'
    )
    run(f"{RIGHT}\njudged()", 1, KERAS_HOME=str(tmp_path))
