"""A class on one page: what an instructor looks at after a run, from the whole down to each student.

The page is one file that asks the network for nothing. What a student wrote is text on it and
never anything else: the template escapes everything, and the page's own policy lets no script run
but the one below. The same outcomes make the same bytes.
"""

import base64
import hashlib
import math
import os
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from grading.boundary.bubblewrap import Layer
from grading.boundary.client import WHOLE_SECONDS
from grading.class_run.outcomes import STATUSES, UNGRADED, Cell, Outcome
from grading.class_run.sentences import OWN_CELL

RESULTS = {
    "passed": {"passed"},
    "wrong": {"wrong", "partial", "type", "mutated", "rule"},
    "stopped": {"crashed", "memory", "error", "time", "does not run"},
    "not attempted": {"not attempted"},
}
"""What a test found, as the page counts it."""
GRAVEST = ("stopped", "wrong", "not attempted", "passed")
"""A student's result in an exercise is the first of these that a part of it has."""
HAND = ("by hand", "marked")
EXCEPTION = "your code stopped"
BARS = 20  # the most there are in the distribution
SLOWEST = 8

SORT = """
const words = new Intl.Collator("en", {numeric: true});
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
  const less = (a, b) => isNaN(a) || isNaN(b) ? words.compare(a, b) : a - b;
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.append(...head.childNodes);
    head.append(button);
    button.onclick = () => {
      const key = (row) => row.cells[column].dataset.key ?? row.cells[column].textContent;
      const sign = head.ariaSort === "ascending" ? -1 : 1;
      heads.forEach((other) => (other.ariaSort = null));
      head.ariaSort = sign > 0 ? "ascending" : "descending";
      body.append(...[...body.rows].sort((a, b) => sign * less(key(a), key(b))));
    };
  });
}
"""


def write(
    outcomes: list[Outcome],
    path: Path,
    *,
    assignment: str,
    layers: Sequence[Layer] = (),
    seconds: float | None = None,
) -> None:
    """The page of one assignment in a file, whole or not at all.

    ``layers`` are what kept the students' code apart, ``seconds`` what the run took; both are only
    told. Who is not in the gradebook counts as a student, and in no number of points.
    """
    text = page(outcomes, assignment, layers, seconds)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(text.encode())
    os.replace(unfinished, path)


def page(
    outcomes: list[Outcome], assignment: str, layers: Sequence[Layer], seconds: float | None
) -> str:
    return template().render(
        assignment=assignment,
        outcomes=outcomes,
        rows={outcome.student: number for number, outcome in enumerate(outcomes)},
        seconds=seconds,
        layers=layers,
        most_seconds=WHOLE_SECONDS,
        **numbers(outcomes),
        **answers(outcomes),
        **odd(outcomes),
        troubles=[(o.student, o.troubles) for o in outcomes if o.troubles and not is_done(o)],
        order={status: number for number, status in enumerate(STATUSES)},
        meaning=STATUSES,
        results=list(RESULTS),
        policy=policy(),
        script=Markup(SORT),
    )


def numbers(outcomes: list[Outcome]) -> dict[str, Any]:
    points = [outcome.points for outcome in outcomes if is_marked(outcome)]
    most = max((outcome.max_points for outcome in outcomes), default=0.0)
    return {
        "statuses": statuses(outcomes),
        "points": points,
        "most": most,
        "mean": statistics.fmean(points) if points else None,
        "median": statistics.median(points) if points else None,
        "bars": distribution(points, most),
        "times": times(outcomes),
    }


def answers(outcomes: list[Outcome]) -> dict[str, Any]:
    return {
        "exercises": exercises(outcomes),
        "hardest": hardest(outcomes),
        "misconceptions": misconceptions(outcomes),
        "unnamed": lines(outcomes, lambda cell: result(cell) == "wrong" and not cell.misconception),
        "written": written(outcomes),
    }


def odd(outcomes: list[Outcome]) -> dict[str, Any]:
    """For each thing out of the ordinary, the students and a list of sentences for each."""
    return {
        "unrecorded": [(o.student, [o.sentence]) for o in outcomes if is_lost(o)],
        "tampered": [(o.student, o.tampered) for o in outcomes if o.tampered],
        "late": lines(outcomes, lambda cell: cell.kind == "time", "time"),
        "ended": lines(outcomes, ended, "crashed"),
        "exceptions": lines(outcomes, lambda cell: cell.kind == "crashed" and not ended(cell)),
        "mended": [(o.student, o.mended) for o in outcomes if o.mended],
    }


@cache
def template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        few=few, duration=duration, percent=percent, some=some, sentence=capital
    )
    environment.tests["marked"] = is_marked
    return environment.get_template("page.html")


def policy() -> str:
    """The browser's orders: load nothing, run the page's own script and no other."""
    digest = base64.b64encode(hashlib.sha256(SORT.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )


# ---------------------------------------------------------------- the class as a whole


def is_marked(outcome: Outcome) -> bool:
    """It has points: it could be graded, and the gradebook took it."""
    return outcome.status not in UNGRADED and outcome.recorded


def is_done(outcome: Outcome) -> bool:
    """Every test passed: what stopped in a cell of the student's own did no harm."""
    return outcome.status in ("graded", "needs hand marking")


def is_lost(outcome: Outcome) -> bool:
    """It was examined, and the gradebook did not take it."""
    return outcome.status not in UNGRADED and not outcome.recorded


def statuses(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """How many ended in each status; the best first."""
    counts = Counter(outcome.status for outcome in outcomes)
    return {status: counts[status] for status in reversed(STATUSES)}


@dataclass(frozen=True)
class Bar:
    """How many have ``low`` points or more, and fewer than ``high``; the last bar has all the rest."""

    low: float
    high: float
    count: int


def distribution(points: Sequence[float], most: float) -> list[Bar]:
    round_numbers = (digit * 10**size for size in count() for digit in (1, 2, 5))
    step = next(number for number in round_numbers if most / number < BARS)
    many = int(most // step) + 1
    at = Counter(min(max(int(p // step), 0), many - 1) for p in points)
    return [Bar(n * step, (n + 1) * step, at[n]) for n in range(many)]


# ---------------------------------------------------------------- the exercises


@dataclass(frozen=True)
class Share:
    """How a class did on an exercise (no ``part``) or on a part of one."""

    exercise: str
    part: str
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def passed(self) -> float:
        return self.counts["passed"] / self.total


def exercises(outcomes: Iterable[Outcome]) -> list[Share]:
    """Each exercise in the assignment's order, followed by its parts where it has several."""
    tests = by_test(outcomes)
    parts = {names: [result(cell) for _, cell in found] for names, found in tests.items()}
    students: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for (exercise, _), found in tests.items():
        for outcome, cell in found:
            students[exercise][outcome.student].add(result(cell))
    shares = []
    for exercise, each in students.items():
        shares.append(share(exercise, "", map(whole, each.values())))
        own = [share(*names, found) for names, found in parts.items() if names[0] == exercise]
        shares += own if len(own) > 1 else []
    return shares


def share(exercise: str, part: str, results: Iterable[str]) -> Share:
    counts = Counter(results)
    return Share(exercise, part, {name: counts[name] for name in RESULTS})


def hardest(outcomes: Iterable[Outcome], many: int = 3) -> list[Share]:
    """The parts that fewest passed; none where everybody passed everything."""
    found = [
        share(*names, [result(cell) for _, cell in cells])
        for names, cells in by_test(outcomes).items()
    ]
    return sorted((s for s in found if s.passed < 1), key=lambda s: s.passed)[:many]


def by_test(outcomes: Iterable[Outcome]) -> dict[tuple[str, str], list[tuple[Outcome, Cell]]]:
    """For each (exercise, part) its cells in the class."""
    outcomes = list(outcomes)
    names = names_of(outcomes)
    found: dict[tuple[str, str], list[tuple[Outcome, Cell]]] = defaultdict(list)
    for outcome in outcomes:
        for name, cell in outcome.cells.items():
            if name in names:
                found[names[name]].append((outcome, cell))
    return dict(found)


def names_of(outcomes: Iterable[Outcome]) -> dict[str, tuple[str, str]]:
    """(exercise, part) of each test cell, by grade_id.

    A test that passed does not say its part. Somebody else's did not pass, or its name tells.
    """
    said: dict[str, Counter] = {}
    guessed: dict[str, tuple[str, str]] = {}
    for outcome in outcomes:
        for name, cell in outcome.cells.items():
            if not is_written(cell):
                told = said.setdefault(name, Counter())
                told.update([(cell.exercise, cell.part)] if cell.exercise and cell.part else [])
                guessed[name] = from_name(name, cell.exercise)
    return {
        name: told.most_common(1)[0][0] if told else guessed[name] for name, told in said.items()
    }


def from_name(grade_id: str, exercise: str) -> tuple[str, str]:
    """The part is what the test's name adds to the exercise's."""
    if not exercise or not grade_id.startswith(exercise):
        return grade_id, ""
    return exercise, grade_id[len(exercise) + 1 :].replace("_", " ")


def result(cell: Cell) -> str:
    return next((name for name, kinds in RESULTS.items() if cell.kind in kinds), "wrong")


def whole(results: set[str]) -> str:
    """An exercise's result from its parts': what is begun and not finished is wrong."""
    if results == {"passed", "not attempted"}:
        return "wrong"
    return next(name for name in GRAVEST if name in results)


# ---------------------------------------------------------------- the mistakes


@dataclass(frozen=True)
class Mistake:
    exercise: str
    name: str
    sentence: str
    students: tuple[str, ...]


def misconceptions(outcomes: Iterable[Outcome]) -> list[Mistake]:
    """The mistakes that have a name, those of most students first, then in the assignment's order."""
    who: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    headlines: dict[tuple[str, str], Counter] = defaultdict(Counter)
    for (exercise, _), found in by_test(outcomes).items():
        for outcome, cell in found:
            if cell.misconception:
                key = cell.exercise or exercise, cell.misconception
                who[key][outcome.student] = None
                headlines[key][said(cell)] += 1
    mistakes = [
        Mistake(*key, headlines[key].most_common(1)[0][0], tuple(sorted(students)))
        for key, students in who.items()
    ]
    return sorted(mistakes, key=lambda mistake: -len(mistake.students))


def said(cell: Cell) -> str:
    """The sentence of a card's first line, without the exercise and part that begin it."""
    text = cell.line.removeprefix(f"✗ {cell.exercise}, {cell.part}: ").strip()
    if not text:
        return "The test itself raised an error." if cell.kind == "error" else "No more is known."
    return text if text.endswith((".", "!", "?", "…", ")")) else f"{text} …"


def label(names: tuple[str, str]) -> str:
    return " ".join(filter(None, names))


# ---------------------------------------------------------------- written answers


@dataclass(frozen=True)
class Question:
    name: str
    most: float
    waiting: tuple[str, ...]
    marked: tuple[float, ...]
    blank: int


def written(outcomes: Iterable[Outcome]) -> list[Question]:
    found: dict[str, list[tuple[str, Cell]]] = defaultdict(list)
    for outcome in outcomes:
        for name, cell in outcome.cells.items():
            if is_written(cell):
                found[name].append((outcome.student, cell))
    return [
        Question(
            name.replace("_", " "),
            max(cell.max_points for _, cell in cells),
            tuple(student for student, cell in cells if cell.kind == "by hand"),
            tuple(cell.points for _, cell in cells if cell.kind == "marked"),
            sum(cell.kind == "not attempted" for _, cell in cells),
        )
        for name, cells in found.items()
    ]


def is_written(cell: Cell) -> bool:
    """An answer for a reader; one that is left empty is known by naming no exercise."""
    return cell.kind in HAND or (cell.kind == "not attempted" and not cell.exercise)


# ---------------------------------------------------------------- the slow and the suspicious


@dataclass(frozen=True)
class Times:
    median: float
    total: float
    students: list[tuple[str, float]]  # the slowest first, as below
    cells: list[tuple[str, str, float]]  # student, where, seconds


def times(outcomes: Iterable[Outcome]) -> Times | None:
    looked_at = [outcome for outcome in outcomes if outcome.cells]
    if not looked_at:
        return None
    seconds = [outcome.seconds for outcome in looked_at]
    cells = [
        (outcome.student, label(names), cell.seconds)
        for names, found in by_test(looked_at).items()
        for outcome, cell in found
    ]
    return Times(
        statistics.median(seconds),
        sum(seconds),
        sorted(((o.student, o.seconds) for o in looked_at), key=lambda row: -row[-1])[:SLOWEST],
        sorted(cells, key=lambda row: -row[-1])[:SLOWEST],
    )


def ended(cell: Cell) -> bool:
    """More than an exception: the process was gone, memory ran out, or a test broke."""
    if cell.kind in ("memory", "error"):
        return True
    return cell.kind == "crashed" and not said(cell).startswith(EXCEPTION)


def lines(
    outcomes: Iterable[Outcome], which: Callable[[Cell], bool], own: str = ""
) -> list[tuple[str, list[str]]]:
    """For each student what was said of such cells, each sentence once, behind where it was said.

    ``own`` is why cells of the student's own were ended, where these count, too.
    """
    outcomes = list(outcomes)
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for outcome in outcomes:
        for name in [name for name, why in outcome.stopped.items() if why == own]:
            found[outcome.student][OWN_CELL[own]].append(f"the cell {name}")
    for names, cells in by_test(outcomes).items():
        for outcome, cell in cells:
            if which(cell):
                found[outcome.student][said(cell)].append(label(names))
    return [
        (student, [f"{', '.join(where)}: {sentence}" for sentence, where in sentences.items()])
        for student, sentences in sorted(found.items())
    ]


# ---------------------------------------------------------------- words and numbers


def few(value: float) -> str:
    """One decimal at most."""
    return f"{round(value, 1):.10g}"


def capital(sentence: str) -> str:
    """The sentence with a capital, unless it begins with code."""
    first = sentence.partition(" ")[0]
    return sentence[:1].upper() + sentence[1:] if first.isalpha() else sentence


def percent(value: float) -> str:
    """Rounded down: 100% is all of them."""
    return f"{math.floor(100 * value)}%"


def some(many: int, what: str) -> str:
    return f"{many} {what}" if many == 1 else f"{many} {what}s"


def duration(seconds: float) -> str:
    if seconds < 59.5:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"
