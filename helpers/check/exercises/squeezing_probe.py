"""Where squeeze and excite goes wrong: asked with parts of it switched off, from the end to the start."""

from typing import Any

import numpy as np

from helpers.check import oracle
from helpers.check.diagnosis import Diagnosis

Case = dict[str, Any]


def step_by_step(case: Case, answer: Any, ask: Any) -> Diagnosis | None:
    """The last step that is wrong by itself; each sentence was tried with the steps before it off."""
    if np.shape(answer) != np.shape(case["x"]):
        return None

    def right(**other: Any) -> bool:
        asked = {**case, **other}
        made = ask(asked)
        wanted = oracle.squeeze_excite(**asked)
        return made is not None and bool(np.allclose(made, wanted, rtol=1e-4, atol=1e-6))

    w1, b1, w2, b2 = (np.asarray(case[name], dtype=float) for name in ("w1", "b1", "w2", "b2"))
    if not right(w2=0 * w2, b2=0 * b2):
        return Diagnosis(
            "gates of a half",
            "with `w2` and `b2` all 0 every gate is 0.5 and the result x / 2; yours is not.",
            "Look at the end: the sigmoid of 0, and how a gate meets its channel.",
        )
    if not right(w2=0 * w2):
        return Diagnosis(
            "gates of the second bias",
            "with `w2` all 0 the gates are the sigmoid of `b2` alone; yours are not.",
            "Is `b2` added once, and nothing after it but the sigmoid?",
        )
    if not right(w1=0 * w1, b1=np.abs(b1)):
        return Diagnosis(
            "second layer",
            "with `w1` all 0 only `b1` reaches the second layer; your gates are wrong there, too.",
            "hidden @ w2 + b2: which of the two axes of `w2` is summed, and is `b1` added once?",
        )
    if not right(w1=0 * w1, b1=-1 - np.abs(b1)):
        return Diagnosis(
            "inner numbers below 0",
            "where the first layer makes numbers below 0 your gates are wrong; above 0 they are right.",
            "A ReLU sets them to 0: np.maximum(…, 0).",
        )
    flat = np.broadcast_to(case["x"].mean(axis=(1, 2), keepdims=True), case["x"].shape).copy()
    if right(x=flat):
        return Diagnosis(
            "squeeze",
            "where each channel is one number all over the image yours is right: your squeeze is no mean.",
            "One mean for each image and channel, over rows and columns: axis=(1, 2).",
        )
    return Diagnosis(
        "first layer",
        "with `w1` all 0 yours is right: it goes wrong on the way from the image to the ReLU.",
        "One mean for each channel of each image, then means @ w1 + b1: which axes has each of them?",
    )
