"""The window, step by step, with buttons."""

import hashlib
import json
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from helpers.draw.canvas import (
    HIGHLIGHT,
    INK,
    INPUT,
    KERNEL,
    OUTPUT,
    by,
    number,
    numbers,
    tint,
)
from helpers.draw.sliding import Slide

CELL = "width:2.3em;height:2.1em;text-align:center;padding:0;border:1px solid #888"
FRAME = f"outline:2px solid {HIGHLIGHT};outline-offset:-2px;"
SCRIPT = """
document.querySelectorAll('[data-stepper="ID"]:not([data-ready])').forEach((box) => {
  box.dataset.ready = "";
  const steps = STEPS;
  const part = (name) => box.querySelector("[data-" + name + "]");
  const slider = part("slider"), say = part("say"), play = part("play");
  const cells = [...box.querySelectorAll("[data-image] td")];
  const outputs = [...box.querySelectorAll("[data-output] td")];
  let timer = null;
  const show = (at) => {
    slider.value = at;
    say.textContent = steps[at].say;
    cells.forEach((cell, i) => {
      const tapped = steps[at].cells.includes(i);
      cell.style.outline = tapped ? "2px solid HIGHLIGHT" : "none";
      cell.style.outlineOffset = "-2px";
    });
    outputs.forEach((cell, i) => {
      cell.textContent = i <= at ? steps[i].value : "";
      cell.style.backgroundColor = i <= at ? "KNOWN" : "#fff";
      cell.style.outline = i === at ? "2px solid HIGHLIGHT" : "none";
      cell.style.outlineOffset = "-2px";
    });
  };
  const move = (by) => show((Number(slider.value) + by + steps.length) % steps.length);
  const stop = () => { clearInterval(timer); timer = null; play.textContent = "Play"; };
  part("previous").onclick = () => { stop(); move(-1); };
  part("next").onclick = () => { stop(); move(1); };
  slider.oninput = () => { stop(); show(Number(slider.value)); };
  play.onclick = () => {
    if (timer) return stop();
    play.textContent = "Pause";
    timer = setInterval(() => box.isConnected ? move(1) : stop(), 900);
  };
  show(0);
});
"""


@dataclass(frozen=True)
class Stepper:
    """A page made of numbers only: the same on every machine, so nbval can compare it."""

    html: str
    alt: str

    def save(self, path: str | Path) -> None:
        """Write the page as an HTML file."""
        Path(path).write_text(f'<!doctype html><meta charset="utf-8">{self.html}', "utf-8")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        return {"text/html": self.html, "text/plain": self.alt}, {}


def stepper(image, kernel, stride=1, padding="valid", dilation=1) -> Stepper:
    """`window` at every output position in turn, with its arithmetic.

    ``image`` (H, W), ``kernel`` (kh, kw), options as for `window`. Where scripts do not run, the
    first step is shown. ValueError where something does not fit.
    """
    slide = Slide.of(image, kernel, stride, padding, dilation)
    width = slide.padded.shape[1]
    steps = [
        {
            "cells": [i * width + j for i, j in slide.cells(at)],
            "value": number(slide.value(at)),
            "say": f"row {at[0]}, column {at[1]}: {slide.arithmetic(at)}",
        }
        for at in np.ndindex(slide.shape)
    ]
    return Stepper(page(slide, steps), f"{len(steps)} steps. {slide.alt((0, 0))}")


def page(slide: Slide, steps: list[dict]) -> str:
    data = json.dumps(steps, ensure_ascii=False)
    name = "steps-" + hashlib.sha256((data + str(slide.padded.tolist())).encode()).hexdigest()[:12]
    script = SCRIPT.replace("ID", name).replace("STEPS", data).replace("HIGHLIGHT", HIGHLIGHT)
    script = script.replace("KNOWN", pale(OUTPUT))
    first = slide.so_far((0, 0))
    tables = (
        table("image", slide.padded, INPUT, image_marks(slide, steps[0]["cells"]))
        + sign("×")
        + table("kernel", slide.kernel, KERNEL)
        + sign("=")
        + table("output", first, OUTPUT, {(0, 0): FRAME})
    )
    buttons = (
        '<button data-previous type="button">Previous</button> '
        '<button data-play type="button">Play</button> '
        '<button data-next type="button">Next</button> '
        f'<input data-slider type="range" min="0" max="{len(steps) - 1}" value="0" '
        'aria-label="step of the window" style="width:12em;vertical-align:middle">'
    )
    return (
        f'<div data-stepper="{name}" role="group" aria-label="a window, step by step" style="'
        f'background:#fff;color:{INK};color-scheme:light;padding:12px;font:14px sans-serif">'
        f'<div style="display:flex;flex-wrap:wrap;align-items:center;gap:14px">{tables}</div>'
        f'<p data-say aria-live="polite" style="color:{INK};min-height:3em;margin:10px 0 4px">'
        f"{escape(steps[0]['say'])}</p><div>{buttons}</div></div><script>{script}</script>"
    )


def image_marks(slide: Slide, cells: list[int]) -> dict[tuple[int, int], str]:
    """Extra style for cells: the first window's frame, and grey for padding."""
    width, marks = slide.padded.shape[1], {}
    (top, _), (left, _) = slide.rows.zeros, slide.columns.zeros
    h, w = slide.image.shape
    for i, j in np.ndindex(slide.padded.shape):
        if not (top <= i < top + h and left <= j < left + w):
            marks[i, j] = "background:#e8e8e8;color:#777;"
        if i * width + j in cells:
            marks[i, j] = marks.get((i, j), "") + FRAME
    return marks


def table(name: str, values: np.ndarray, colour: str, marks=None) -> str:
    rows = []
    for i, row in enumerate(numbers(values.astype(float))):
        cells = []
        for j, text in enumerate(row):
            fill = f"background:{pale(colour) if text else '#fff'};color:#222;"
            cells.append(f'<td style="{CELL};{fill}{(marks or {}).get((i, j), "")}">{text}</td>')
        rows.append(f'<tr style="background:#fff">{"".join(cells)}</tr>')
    return (
        f"<div><b>{name}</b> {by(values.shape)}"
        f'<table data-{name} style="border-collapse:collapse;margin:4px 0;color:#222">'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def pale(colour: str) -> str:
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in tint(colour, 0.2))


def sign(text: str) -> str:
    return f'<span style="font-size:1.6em">{text}</span>'
