"""What the checks make of answers, right and wrong: `make proof`.

Every answer of `tests/corpus` meets the test cells of its assignment, the hidden tests among them:
once here, as in a student's live check, and once in nbgrader, from the release to the feedback page.
Stops with 1 where a goal is missed. `docs/proof.md` holds what was found, answer by answer.
"""

import argparse
import re
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from grading.boundary import bubblewrap
from tests import strangers
from tests.corpus import Answer, answers
from tools import tried
from tools.notebooks import ROOT
from tools.tried import Cells, Said, answers_to, assignment_of, course

NAMED, NAMED_OF_STRANGERS = 0.97, 0.85
"""The shares of wrong answers whose card has to name the mistake; of strangers' ones, a reader said so."""

STOPS = ("wrong", "crashed", "type", "mutated", "time", "memory", "rule")
"""The ways in which an answer can be stopped; each has to stop somebody."""

PAGE = ROOT / "docs" / "proof.md"


# ---------------------------------------------------------------- what was found


@dataclass(frozen=True)
class Found:
    """What became of one answer, live and in nbgrader."""

    answer: Answer
    live: dict[str, Said]
    graded: dict[str, Said]

    @property
    def agree(self) -> bool:
        """Letter for letter: the card, the green lines, and what is counted of it."""
        return self.live == self.graded

    @property
    def passes(self) -> bool:
        return not any(self.live.values())

    @property
    def named(self) -> bool:
        said = " ".join(" ".join(one.card for one in self.live.values()).split())
        return self.answer.says is not None and self.answer.says in said

    @property
    def only(self) -> str | None:
        """The one test cell that stops it, where there is only one."""
        stopped = [cell for cell, said in self.live.items() if said]
        return stopped[0] if len(stopped) == 1 else None


def missed(found: list[Found], tests: Iterable[str]) -> list[str]:
    """The goals that are not met, each in a sentence."""
    wrong = [f for f in found if not f.answer.right]
    named = sum(f.named for f in wrong)
    alone = {f.only for f in wrong}
    kinds = {one.found["kind"] for f in wrong for one in f.live.values()}
    return [
        *(f"{name(f)} is right, and fails." for f in found if f.answer.right and not f.passes),
        *(f"{name(f)} is wrong, and passes." for f in wrong if f.passes),
        *(f"{name(f)}: nbgrader and the live check disagree." for f in found if not f.agree),
        *(f"Without {test} no wrong answer would pass." for test in tests if test not in alone),
        *(f"Nothing is stopped as {kind!r}." for kind in STOPS if kind not in kinds),
        *([f"Named: {named} of {len(wrong)}."] if named < NAMED * len(wrong) else []),
    ]


def name(found: Found) -> str:
    return f"{found.answer.exercise}, {found.answer.name!r},"


def table(found: list[Found]) -> list[str]:
    """Markdown: an exercise a row, and all of them in the last one."""
    return rows("exercise", found, lambda f: f.answer.exercise)


def summary(found: list[Found]) -> list[str]:
    """The same with an assignment a row, for the README."""
    return rows("assignment", found, lambda f: assignment_of(f.answer.exercise).source.stem)


def rows(what: str, found: list[Found], key: Callable[[Found], str]) -> list[str]:
    rows = [
        f"| {what} | wrong | caught | by nbgrader | named | right | full marks | by nbgrader |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    groups = [(k, [f for f in found if key(f) == k]) for k in dict.fromkeys(map(key, found))]
    for title, group in (*groups, ("all", found)):
        wrong, right = ([f for f in group if f.answer.right == side] for side in (False, True))
        numbers = (
            *(len(wrong), sum(not f.passes for f in wrong)),
            *(sum(any(f.graded.values()) for f in wrong), sum(f.named for f in wrong)),
            *(len(right), sum(f.passes for f in right)),
            sum(not any(f.graded.values()) for f in right),
        )
        rows.append(f"| {title} | {' | '.join(map(str, numbers))} |")
    return rows


def page(found: list[Found], tests: list[str]) -> str:
    """The whole of it, for `docs/proof.md`."""
    lines = [
        "# What the checks make of answers",
        "",
        "Made by `make proof`; the answers are in `tests/corpus`. Each meets its assignment's own test",
        "cells, hidden tests included, in a live check and in nbgrader. An answer is caught when a cell",
        "stops it, and named when the card says which mistake it is.",
        "",
        *table(found),
        "",
        f"Each of the {len(tests)} test cells is the only one that stops some wrong answer: without it,",
        "that answer would pass.",
    ]
    for exercise in dict.fromkeys(f.answer.exercise for f in found):
        lines += ["", f"## {exercise}", "", "| answer | stopped by | said |", "| --- | --- | --- |"]
        for f in (f for f in found if f.answer.exercise == exercise):
            lines.append(f"| {f.answer.name} | {stopped_by(f)} | {said(f)} |")
    return "\n".join(lines) + "\n"


def stopped_by(found: Found) -> str:
    stopped = [cell for cell, said in found.live.items() if said]
    if not stopped:
        return "nothing: full marks"
    return "every cell" if len(stopped) == len(found.live) > 1 else ", ".join(stopped)


def said(found: Found) -> str:
    first = next((one.card for one in found.live.values() if one), "")
    headline = " ".join(re.split(r"\n  (?:called|in line)", first)[0].split()).partition(": ")[2]
    headline = re.sub(r"(your code stopped with \w+).*", r"\1", headline)  # messages change
    return re.sub(r"\d+%", "…%", headline).replace("|", "\\|")  # and so may what is learned


# ---------------------------------------------------------------- answers written with fresh eyes

STRANGERS = "tests/strangers"


def of_strangers(exercise: str) -> Cells:
    return tried.live(exercise, strangers.answers_to(exercise))


def headline(cells: dict[str, Said]) -> str:
    """What the first card says first, on one line."""
    first = next((one.card for one in cells.values() if one), "")
    return " ".join(re.split(r"\n  (?:called|in line)", first)[0].split())


def by_strangers() -> tuple[list[str], list[str]]:
    """A table of the answers in `tests/strangers`, an assignment a row, and what misses a goal."""
    exercises = sorted(
        strangers.exercises(), key=lambda e: e not in UNSEEDED
    )  # the long ones first
    seen = dict(zip(exercises, tried.in_processes(of_strangers, exercises), strict=True))
    problems = [sentence for e in strangers.exercises() for sentence in misjudged(e, seen[e])]
    counts: dict[str, list[int]] = {a.source.stem: [0] * 5 for a in course()} | {"all": [0] * 5}
    for exercise in strangers.exercises():
        found = counted(exercise, seen[exercise])
        for row in (assignment_of(exercise).source.stem, "all"):
            counts[row] = [a + b for a, b in zip(counts[row], found, strict=True)]
    table = [f"| {row} | {' | '.join(map(str, numbers))} |" for row, numbers in counts.items()]
    wrong, _, named, *_ = counts["all"]
    if named < NAMED_OF_STRANGERS * wrong:
        problems.append(f"Named: {named} of {wrong}.")
    if any(row not in (ROOT / "README.md").read_text(encoding="utf-8") for row in table):
        problems.append("README.md does not have this table: put it there.")
    return [HEAD, "| --- | --- | --- | --- | --- | --- |", *table], problems


HEAD = "| by strangers | wrong | caught | named | right | full marks |"


def counted(exercise: str, said: Cells) -> tuple[int, ...]:
    """Of the answers to an exercise: wrong, caught, and named ones; right ones, and with full marks."""
    answers, judged = strangers.answers_to(exercise), strangers.named().get(exercise, {})
    wrong, right = ([a for a in answers if a.right == side] for side in (False, True))
    caught = [a for a in wrong if any(said[a.name].values())]
    named = [a for a in caught if judged.get(a.name) == headline(said[a.name])]
    full = [a for a in right if not any(said[a.name].values())]
    return tuple(map(len, (wrong, caught, named, right, full)))


def misjudged(exercise: str, said: Cells) -> list[str]:
    return [
        f"{exercise}, {a.name!r}, is {'right, and fails' if a.right else 'wrong, and passes'}."
        for a in strangers.answers_to(exercise)
        if any(said[a.name].values()) == a.right
    ]


# ---------------------------------------------------------------- the command


def work(item: int | str) -> dict:
    """An assignment by its number is graded, an exercise by its name is tried live."""
    if isinstance(item, str):
        return tried.live(item)
    return tried.graded(item) if bubblewrap.works() else {}


def prove() -> list[Found]:
    exercises = list(dict.fromkeys(answer.exercise for answer in answers()))
    numbers = range(len(course()))
    long_first = [*reversed(numbers), *reversed(exercises)]  # networks are trained in the last ones
    done = dict(zip(long_first, tried.in_processes(work, long_first), strict=True))
    seen = {exercise: done[exercise] for exercise in exercises}
    marked: dict[str, Cells] = {}
    for number in numbers:
        marked |= done[number] or {exercise: seen[exercise] for exercise in course()[number].tests}
    return [Found(a, seen[a.exercise][a.name], marked[a.exercise][a.name]) for a in answers()]


UNSEEDED = {"build_two_layer_model", "build_cnn", "reading", "build_separable_cnn", "train"}
"""Exercises whose cases no seed changes, and `train`, which `tools.bench.thresholds` tries with many."""


def verdicts(seed: int) -> dict[tuple[str, str], tuple[str, ...]]:
    """The parts that stop each answer, by its exercise and its name, with the cases of a seed."""
    from helpers.check import EXERCISES
    from helpers.check.trial import Trial

    found = {}
    for exercise in dict.fromkeys(a.exercise for a in answers() if a.exercise not in UNSEEDED):
        names, check = tried.before(exercise), EXERCISES[exercise]
        trials = [Trial(check, None, part, seed) for part in check.parts]
        for answer in answers_to(exercise):
            own = dict(names)
            with tried.unheard(), tried.patience(answer):
                tried.run(f"{answer.before}\n{answer.code}", own)
                for trial in trials:
                    trial.function = own[exercise]
                stopped = tuple(trial.part for trial in trials if not trial.passes())
            found[exercise, answer.name] = stopped
    return found


def changing(seeds: int) -> list[str]:
    """The answers that are judged otherwise with other cases."""
    every = tried.in_processes(verdicts, range(1, seeds + 1))  # 0 is the one that students see
    return [
        f"{exercise}, {answer!r}: {' or '.join(sorted({str(v[exercise, answer]) for v in every}))}"
        for exercise, answer in every[0]
        if len({v[exercise, answer] for v in every}) > 1
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="proof", description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    parser.add_argument("--strangers", action="store_true", help=f"try {STRANGERS}, nothing else")
    parser.add_argument("--seeds", type=int, metavar="N", help="live with N seeds, nothing else")
    options = parser.parse_args()
    start = time.monotonic()
    if options.strangers:
        lines, problems = by_strangers()
        print("\n".join(lines))
    elif options.seeds:
        problems = changing(options.seeds)
        print(f"{len(answers())} answers with {options.seeds} seeds each: {len(problems)} change.")
    else:
        found, tests = prove(), [cell for a in course() for t in a.tests.values() for cell in t]
        problems = missed(found, tests)
        if bubblewrap.works():
            print("\n".join([*table(found), "", *summary(found)]))
        else:  # as pytest says it
            print(f"SKIPPED [{len(found)}] not graded by nbgrader: {bubblewrap.why_not()}")
        text = page(found, tests)
        if options.write:
            PAGE.write_text(text, encoding="utf-8")
        elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
            problems.append(f"{PAGE.relative_to(ROOT)} is older than this: run `make proof`.")
        if "\n".join(summary(found)) not in (ROOT / "README.md").read_text(encoding="utf-8"):
            problems.append("README.md does not have this summary: put it there.")
    print("\n".join(problems) or "All goals are met.")
    print(f"{time.monotonic() - start:.0f} s")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
