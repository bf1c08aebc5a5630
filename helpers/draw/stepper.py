"""The window, step by step, with buttons."""

import hashlib
import json
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from helpers.draw.canvas import HIGHLIGHT, INPUT, KERNEL, OUTPUT, number, tint
from helpers.draw.sliding import Slide

CELL = "width:2.3em;height:2.1em;text-align:center;padding:0;border:1px solid #888"
SCRIPT = """
(() => {
  const box = document.getElementById("ID"), steps = STEPS;
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
      cell.style.outline = i === at ? "3px solid HIGHLIGHT" : "none";
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
})();
"""


@dataclass(frozen=True)
class Stepper:
    """A page made of numbers only: the same on every machine, so nbval can compare it."""

    html: str
    alt: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.alt}


def stepper(image, kernel, stride=1, padding="valid", dilation=1) -> Stepper:
    """`window` at every output position in turn, with its arithmetic.

    ``image`` (H, W), ``kernel`` (kh, kw). Where scripts do not run, the first step is shown.
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
    first = slide.so_far((0, 0))
    tables = (
        table("image", slide.padded, INPUT, image_marks(slide, steps[0]["cells"]))
        + sign("×")
        + table("kernel", slide.kernel, KERNEL)
        + sign("=")
        + table("output", first, OUTPUT)
    )
    buttons = (
        '<button data-previous type="button">Previous</button> '
        '<button data-play type="button">Play</button> '
        '<button data-next type="button">Next</button> '
        f'<input data-slider type="range" min="0" max="{len(steps) - 1}" value="0" '
        'aria-label="step of the window" style="width:12em;vertical-align:middle">'
    )
    return (
        f'<div id="{name}" style="background:#fff;color:#222;padding:12px;font-family:sans-serif">'
        f'<div style="display:flex;flex-wrap:wrap;align-items:center;gap:14px">{tables}</div>'
        f'<p data-say aria-live="polite" style="min-height:3em;margin:10px 0 4px">'
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
            marks[i, j] = (
                marks.get((i, j), "") + f"outline:2px solid {HIGHLIGHT};outline-offset:-2px;"
            )
    return marks


def table(name: str, values: np.ndarray, colour: str, marks=None) -> str:
    from matplotlib.colors import to_hex

    rows = []
    for i, row in enumerate(values):
        cells = []
        for j, value in enumerate(row):
            fill = f"background:{to_hex(tint(colour, 0.2))};color:#222;"
            text = "" if np.isnan(value) else number(value)
            cells.append(f'<td style="{CELL};{fill}{(marks or {}).get((i, j), "")}">{text}</td>')
        rows.append("<tr>" + "".join(cells) + "</tr>")
    size = f"{values.shape[0]} × {values.shape[1]}"
    return (
        f'<div><b>{name}</b> {size}<table data-{name} style="border-collapse:collapse;margin:4px 0">'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def sign(text: str) -> str:
    return f'<span style="font-size:1.6em">{text}</span>'
