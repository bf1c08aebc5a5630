"""Few cases in which every pair of choices occurs: mistakes hide where two options meet.

Nearly every fault of a program with options shows with one or two of them (Kuhn, Wallace, Gallo:
"Software fault interactions", IEEE TSE 30, 2004), so that all pairs find what all products would.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from allpairspy import AllPairs


def covering(rng, choices: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Rows of the choices in which any two values of two of them meet; others for another ``rng``."""
    shuffled = [[values[i] for i in rng.permutation(len(values))] for values in choices.values()]
    return [dict(zip(choices, row, strict=True)) for row in AllPairs(shuffled)]


def together(rng, **choices: Sequence[Any]) -> list[dict[str, Any]]:
    """The rows of `covering` with two options at least; the first of each one's values is its default."""
    defaults = {name: values[0] for name, values in choices.items()}
    rows = covering(rng, choices)
    set_in = [{k: v for k, v in row.items() if v != defaults[k]} for row in rows]
    return sorted((row for row in set_in if len(row) > 1), key=len)
