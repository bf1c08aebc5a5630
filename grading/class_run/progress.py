"""How far a class run is: a bar with the time left on a screen, a line for each student elsewhere."""

import sys
from types import TracebackType

from rich import progress

from grading.class_run.outcomes import Outcome


class Progress:
    """``tell`` it of every outcome; leave the block, and the bar stays as it is."""

    def __init__(self, total: int):
        self.total, self.done = total, 0
        self.bar = progress.Progress(
            progress.TextColumn("grading"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TimeElapsedColumn(),
            progress.TextColumn("left:"),
            progress.TimeRemainingColumn(),
            progress.TextColumn("{task.fields[last]}", markup=False),  # it is a student's name
            disable=not sys.stdout.isatty(),
        )
        self.task = self.bar.add_task("", total=total, last="")

    def __enter__(self) -> "Progress":
        self.bar.start()
        return self

    def __exit__(
        self, kind: type | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bar.stop()

    def tell(self, outcome: Outcome) -> None:
        self.done += 1
        line = f"{outcome.student}: {said(outcome)}"
        if self.bar.disable:
            print(f"[{self.done}/{self.total}] {line}", flush=True)
        else:
            self.bar.update(self.task, advance=1, last=line[:60])


def said(outcome: Outcome) -> str:
    if outcome.sentence.startswith(outcome.status):
        return outcome.sentence
    return f"{outcome.status}: {outcome.sentence}"
