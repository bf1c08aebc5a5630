"""The mistakes that an exercise lists, and which of them an answer is."""

from dataclasses import replace
from typing import Any

from contract import calling
from contract.verdicts import Finding


def listed(trial: Any, case: dict, answer: Any) -> Any:
    """The mistake whose answer this is: of several the one that explains most other cases.

    One number can agree with a mistake by chance, so a mistake must explain all of them.
    """
    fitting = [m for m in trial.exercise.misconceptions if explains(trial, m, case, answer)]
    by_chance = trial.exercise.parts[trial.part].answer.agrees_by_chance
    if not fitting or (len(fitting) == 1 and not by_chance):
        return fitting[0] if fitting else None
    others = [other for other in trial.cases if other is not case]
    answers = [trial.quietly(trial.answer, other) for other in others]

    def explained(m) -> int:
        return sum(equals(trial, m, c, a) for c, a in zip(others, answers, strict=True))

    best = max(fitting, key=explained)
    return None if by_chance and explained(best) < len(others) else best


def explains(trial: Any, m: Any, case: dict, answer: Any) -> bool:
    """Same answer as the mistake gives, where the mistake makes a difference."""
    if not equals(trial, m, case, answer):
        return False
    return bool(trial.difference(trial.mistaken(m, case), case))


def equals(trial: Any, m: Any, case: dict, answer: Any) -> bool:
    wrong = trial.mistaken(m, case)
    return wrong is not None and answer is not None and trial.same(answer, wrong, case)


def stopped_alike(trial: Any, problem: calling.Problem, case: dict) -> Finding:
    """The same card, with the mistake's name where the mistake stops in the same way."""
    for m in trial.exercise.misconceptions if problem.stopped_by else ():
        try:
            trial.exercise.answer(m.wrong, case, trial.part)
        except calling.Problem as same:
            if same.stopped_by == problem.stopped_by:
                headline, *rest = problem.finding.lines
                lines = (m.sentence, f"  {headline}", *rest, f"  {m.look}")
                return replace(problem.finding, lines=lines, misconception=m.name)
        except calling.Unattempted:
            continue
    return problem.finding
