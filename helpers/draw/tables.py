"""A page of small tables that is walked through step by step: frames move, cells fill up.

It knows nothing of convolutions: tables and words stand on a grid, and a step says which cells are
framed, which one becomes known, and what to say about it.
"""

import hashlib
import json
from dataclasses import dataclass, field
from html import escape

import numpy as np

from helpers.draw.canvas import HIGHLIGHT, INK, ems, numbers, tint

SIZES = 12, 11, 10  # pixels: a cell's numbers, smaller where the page would be wider than ...
WIDEST = 826  # ... so many pixels, a notebook's column less the white around the page
WORDS, SIGN, GAP = 66, 13, 3  # pixels: columns of words (about) and of signs, and between columns

STYLE = """
[data-stepper] {font:14px/1.5 system-ui,sans-serif; overflow-x:auto}
[data-stepper] .board {display:grid; grid-template-columns:max-content; justify-content:start;
  align-items:center; justify-items:center; gap:8px GAPpx; width:max-content}
[data-stepper] .words {font-size:13px; line-height:1.35; justify-self:start; margin:0 3px}
[data-stepper] .words span {color:#666; font-size:12px; white-space:pre-line}
[data-stepper] .sign {font-size:18px; min-width:SIGNpx; text-align:center; color:#666}
[data-stepper] .sheet {position:relative; width:max-content; margin:0 auto}
[data-stepper] .title {font-size:12px; text-align:center; white-space:nowrap}
[data-stepper] .title span {color:#666}
[data-stepper] table {border-collapse:separate; border-spacing:1px; margin:0; border:0; color:INK;
  background:var(--line); font-size:var(--digit); font-variant-numeric:tabular-nums; transition:opacity .2s}
[data-stepper] tr {background:none !important}
[data-stepper] table td {box-sizing:border-box; width:calc(var(--cell) - 1px); height:21px; padding:0;
  border:0; background:var(--fill); line-height:1; vertical-align:middle;
  text-align:center !important}
[data-stepper] table td.zero {background:#ededed; color:#767676}
[data-stepper] table td.blank {background:#fff}
[data-stepper] table td.on {background:ON; color:INK}
[data-stepper] .sheet i {position:absolute; box-sizing:border-box; border:2px solid HIGHLIGHT;
  border-radius:2px; left:calc(var(--x)*var(--cell) - 1px); top:calc(var(--y)*22px - 1px);
  width:calc(var(--w)*var(--cell) + 3px); height:calc(var(--h)*22px + 3px); pointer-events:none;
  transition:left .2s,top .2s}
[data-stepper] .idle i {visibility:hidden}
[data-stepper] .idle:not(.fills) table {opacity:.45}
[data-stepper] .say {white-space:pre-line; margin:14px 0 10px; color:INK}
[data-stepper] .say::first-line {font-weight:600}
[data-stepper] button {font:13px system-ui,sans-serif; min-width:76px; padding:4px 10px; color:INK;
  background:#fff; border:1px solid #999; border-radius:4px; cursor:pointer}
[data-stepper] button:hover {background:#f2f2f2}
[data-stepper] input {width:14em; margin:0 0 0 8px; vertical-align:middle; accent-color:HIGHLIGHT}
[data-stepper]:not([data-ready]) .controls {display:none}
@media (prefers-reduced-motion:reduce) {[data-stepper] * {transition:none !important}}
"""

SCRIPT = """
document.querySelectorAll('[data-stepper="ID"]:not([data-ready])').forEach((box) => {
  box.dataset.ready = "";
  const steps = STEPS;
  const part = (name) => box.querySelector("[data-" + name + "]");
  const slider = part("slider"), say = part("say"), play = part("play");
  const sheets = [];
  box.querySelectorAll(".sheet").forEach((sheet) => { sheets[sheet.dataset.table] = sheet; });
  const cells = sheets.map((s) => [...s.querySelectorAll("tr")].map((row) => [...row.cells]));
  let timer = null;
  const under = (at, start, many, apart) =>
    at >= start && at < start + many * apart && (at - start) % apart === 0;
  const frame = (sheet, rows, place) => {
    const [y, x, h, w, apart] = place || [0, 0, 0, 0, 1];
    sheet.classList.toggle("idle", !place);
    rows.forEach((row, i) => row.forEach((cell, j) =>
      cell.classList.toggle("on", under(i, y, h, apart) && under(j, x, w, apart))));
    if (place) sheet.querySelector("i").style.cssText =
      `--y:${y};--x:${x};--h:${(h - 1) * apart + 1};--w:${(w - 1) * apart + 1}`;
  };
  const show = (at) => {
    slider.value = at;
    say.textContent = steps[at].say;
    sheets.forEach((sheet, t) => frame(sheet, cells[t], steps[at].frames[t]));
    steps.forEach(({cell: [t, i, j], value}, step) => {
      cells[t][i][j].textContent = step <= at ? value : "";
      cells[t][i][j].classList.toggle("blank", step > at);
    });
  };
  const now = () => Number(slider.value), last = steps.length - 1;
  const move = (by) => show((now() + by + steps.length) % steps.length);
  const stop = () => { clearInterval(timer); timer = null; play.textContent = "Play"; };
  const tick = () => { move(1); if (now() === last) stop(); };
  part("previous").onclick = () => { stop(); move(-1); };
  part("next").onclick = () => { stop(); move(1); };
  slider.oninput = () => { stop(); show(now()); };
  play.onclick = () => {
    if (timer) return stop();
    play.textContent = "Pause";
    timer = setInterval(() => box.isConnected ? tick() : stop(), 900);
  };
  show(0);
});
"""

Area = tuple[int, int, int, int]  # where on the grid: row, column, rows, columns; from 1
Frame = tuple[int, int, int, int, int]  # first row and column, rows, columns, how far apart


@dataclass(frozen=True)
class Table:
    """Numbers (rows, columns) under a title; ``fills`` is blank until steps make it known."""

    name: str  # for those who do not see where it stands
    values: np.ndarray
    colour: str
    area: Area
    title: str = ""
    size: str = ""  # in grey, after the title
    fills: bool = False
    zeros: tuple[tuple[int, int], tuple[int, int]] = ((0, 0), (0, 0))  # of padding, on each side

    @property
    def texts(self) -> np.ndarray:
        return numbers(self.values.astype(float))

    @property
    def widest(self) -> float:
        """The widest number that will ever stand in it, in units of its size."""
        return max(ems(text) for text in self.texts.ravel())

    def html(self, index: int, cell: int, frame: Frame | None, known: set[tuple[int, int]]) -> str:
        """``cell`` pixels a column, ``frame`` on some cells, ``known`` the cells filled so far."""
        under, rows = set(framed(frame)), []
        for i, row in enumerate(self.texts):
            cells = []
            for j, text in enumerate(row):
                blank = self.fills and (i, j) not in known
                marks = (("zero", self.padding(i, j)), ("blank", blank), ("on", (i, j) in under))
                kind = " ".join(mark for mark, holds in marks if holds)
                opening = f'<td class="{kind}">' if kind else "<td>"
                cells.append(f"{opening}{'' if blank else text}</td>")
            rows.append(f"<tr>{''.join(cells)}</tr>")
        kinds = "sheet" + " fills" * self.fills + " idle" * (frame is None)
        colours = f"--line:{hexed(self.colour, 0.45)};--fill:{hexed(self.colour, 0.18)}"
        return (
            f'<div style="{on_grid(self.area)}">{titled(self.title, self.size)}'
            f'<div class="{kinds}" data-table="{index}" style="--cell:{cell}px;{colours}">'
            f'<table aria-label="{escape(self.name)}"><tbody>{"".join(rows)}</tbody></table>'
            f'<i style="{outline(frame)}"></i></div></div>'
        )

    def padding(self, i: int, j: int) -> bool:
        (top, bottom), (left, right) = self.zeros
        rows, columns = self.values.shape
        return not (top <= i < rows - bottom and left <= j < columns - right)


@dataclass(frozen=True)
class Step:
    """Frames by table, the (table, row, column) that becomes known, and what to say."""

    frames: dict[int, Frame]
    cell: tuple[int, int, int]
    where: str
    lines: list[str]

    @property
    def sentence(self) -> str:
        return f"{self.where}: {'; '.join(self.lines)}."

    @property
    def paragraph(self) -> str:
        return "\n".join([f"{self.where}:", *self.lines])


@dataclass
class Board:
    """Tables and words on a grid, and the steps that walk through them."""

    tables: list[Table] = field(default_factory=list)
    words: list[tuple[Area, str]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def table(self, *args, **options) -> int:
        """Put a `Table` down; returns the number by which steps name it."""
        self.tables.append(Table(*args, **options))
        return len(self.tables) - 1

    def label(self, area: Area, text: str, size: str) -> None:
        html = f"<b>{escape(text)}</b><br><span>{escape(size)}</span>"
        self.words.append((area, f'<div class="words" style="{on_grid(area)}">{html}</div>'))

    def sign(self, area: Area, text: str) -> None:
        self.words.append((area, f'<div class="sign" style="{on_grid(area)}">{text}</div>'))

    def html(self, title: str) -> str:
        """The page at its first step, and the script that goes on from there.

        The script finds its page by a name made of the page's content, so that the same call twice
        on a page works, and the same call on another day gives the same text.
        """
        first = self.steps[0]
        data = json.dumps(self.data(), ensure_ascii=False, separators=(",", ":"))
        longest = max(len(step.lines) for step in self.steps) + 1
        body = (
            f"{self.grid(first)}"
            f'<p class="say" data-say aria-live="polite" style="min-height:{1.5 * longest:g}em">'
            f"{escape(first.paragraph)}</p>{controls(len(self.steps))}"
        )
        name = "steps-" + hashlib.sha256((body + data).encode()).hexdigest()[:12]
        script = SCRIPT.replace("ID", name).replace("STEPS", data)
        return (
            f'<div data-stepper="{name}" role="group" aria-label="{escape(title)}" style="'
            f'background:#fff;color:{INK};color-scheme:light;padding:12px">'
            f"<style>{style()}</style>{body}</div><script>{script}</script>"
        )

    def grid(self, first: Step) -> str:
        """Tables and words in the order in which they are read aloud: row by row."""
        digit = next((size for size in SIZES if self.width(size) <= WIDEST), SIZES[-1])
        items = list(self.words)
        for t, table in enumerate(self.tables):
            known = {first.cell[1:]} if t == first.cell[0] else set()
            html = table.html(t, self.cell(table, digit), first.frames.get(t), known)
            items.append((table.area, html))
        items.sort(key=lambda item: item[0])
        html = "".join(html for _, html in items)
        return f'<div class="board" style="--digit:{digit}px">{html}</div>'

    def cell(self, table: Table, digit: int) -> int:
        """Pixels from one column to the next: equal in all tables of a colour."""
        widest = max(other.widest for other in self.tables if other.colour == table.colour)
        return max(2 * digit, round(digit * widest) + digit - 7)

    def width(self, digit: int) -> int:
        """About how many pixels the grid is wide."""
        taken = [(area, SIGN if 'class="sign"' in html else WORDS) for area, html in self.words]
        for table in self.tables:
            taken.append((table.area, table.values.shape[1] * self.cell(table, digit) + 1))
        columns = {}
        for (_, column, _, span), wide in taken:
            if span == 1:
                columns[column] = max(columns.get(column, 0), wide)
        return sum(columns.values()) + GAP * max(columns)

    def data(self) -> list[dict]:
        texts = [table.texts for table in self.tables]
        return [
            {
                "frames": step.frames,
                "cell": step.cell,
                "value": texts[step.cell[0]][step.cell[1:]],
                "say": step.paragraph,
            }
            for step in self.steps
        ]


def framed(frame: Frame | None) -> list[tuple[int, int]]:
    """The cells that a frame is about: with gaps where they are more than one apart."""
    if frame is None:
        return []
    row, column, rows, columns, apart = frame
    return [(row + apart * i, column + apart * j) for i, j in np.ndindex(rows, columns)]


def outline(frame: Frame | None) -> str:
    """Around all of a frame's cells and what is between them."""
    y, x, h, w, apart = frame or (0, 0, 1, 1, 1)
    return f"--y:{y};--x:{x};--h:{(h - 1) * apart + 1};--w:{(w - 1) * apart + 1}"


def on_grid(area: Area) -> str:
    row, column, rows, columns = area
    return f"grid-area:{row}/{column}/span {rows}/span {columns}"


def titled(title: str, size: str) -> str:
    if not title:
        return ""
    return f'<div class="title"><b>{escape(title)}</b> <span>{escape(size)}</span></div>'


def controls(steps: int) -> str:
    return (
        '<div class="controls"><button data-previous type="button">Previous</button> '
        '<button data-play type="button">Play</button> '
        '<button data-next type="button">Next</button> '
        f'<input data-slider type="range" min="0" max="{steps - 1}" value="0" '
        'aria-label="step of the window"></div>'
    )


def style() -> str:
    values = {"HIGHLIGHT": HIGHLIGHT, "INK": INK, "GAP": GAP, "SIGN": SIGN}
    values["ON;"] = f"{hexed(HIGHLIGHT, 0.28)};"
    filled = STYLE
    for name, value in values.items():
        filled = filled.replace(name, str(value))
    return filled


def hexed(colour: str, strength: float) -> str:
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in tint(colour, strength))
