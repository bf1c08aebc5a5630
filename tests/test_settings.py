"""What a student has set for all of Keras changes no verdict, and is as it was after a check."""

import os
import subprocess
import sys

import pytest
from nbgrader_course import ROOT

SETTINGS = {
    "channels first": "keras.config.set_image_data_format('channels_first')",
    "half the bits": "keras.config.set_floatx('float16')",
    "mixed precision": "keras.mixed_precision.set_global_policy('mixed_float16')",
    "twice the bits": "keras.config.set_floatx('float64')",
}
RIGHT = """
import keras, numpy as np
{setting}
before = str((keras.config.image_data_format(), keras.config.floatx(), keras.config.dtype_policy().name))
from helpers import check

def output_length(n, k, stride=1, padding="valid", dilation=1):
    reach = (k - 1) * dilation + 1
    return -(-n // stride) if padding == "same" else (n - reach) // stride + 1

def build_two_layer_model():
    layers = [keras.layers.Conv2D(32, 3), keras.layers.Conv2D(64, 3)]
    return keras.Sequential([keras.Input((224, 224, 3)), *layers])

check.output_length(output_length)
check.build_two_layer_model(build_two_layer_model)
after = str((keras.config.image_data_format(), keras.config.floatx(), keras.config.dtype_policy().name))
assert before == after, (before, after)
"""


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_right_answer_is_right_whatever_is_set(setting):
    run(RIGHT.format(setting=SETTINGS[setting]))


def test_a_right_answer_is_right_whatever_kerass_file_says(tmp_path):
    (tmp_path / "keras.json").write_text(
        '{"image_data_format": "channels_first", "floatx": "float16"}'
    )
    run(RIGHT.format(setting=""), KERAS_HOME=str(tmp_path))


def run(code: str, **variables: str) -> None:
    environment = os.environ | variables
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("✓") == 5, done.stdout  # four parts, and the model
