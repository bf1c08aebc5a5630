"""Small changes to the assignments' own solutions, each of which a check has to notice.

    python -m tools.mutants            every solution; stops with 1 where a change goes unnoticed
    python -m tools.mutants conv2d     one of them

What changes nothing is written down with its reason in `tests/corpus/equivalent.py`.
"""

import ast
import contextlib
import copy
import itertools
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.corpus.equivalent import EQUIVALENT, OPEN
from tools.tried import before, course, in_processes, run, unheard

SECONDS = 2

OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Div, ast.Mod)
COMPARISONS = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
METHODS = {"sum": "mean", "max": "min", "zeros": "ones", "swapaxes": "reshape"}


# ---------------------------------------------------------------- what can be changed


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """Other nodes for one node: an operator, a constant, a bound, an axis, an order, an argument."""
    match node:
        case ast.BinOp(left, op, right):
            others = (other for other in OPERATORS if not isinstance(op, other))
            yield from (ast.BinOp(left, other(), right) for other in others)
        case ast.UnaryOp(_, operand):
            yield operand
        case ast.Compare(left, [op], [right]):
            yield from (ast.Compare(left, [other()], [right]) for other in COMPARISONS[type(op)])
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() as value):
            yield from (ast.Constant(value + step) for step in (1, -1))
        case ast.Constant(float() as value):
            yield from (ast.Constant(value * factor) for factor in (2, 0.5))
        case ast.Constant(str() as value) if "->" in value:
            yield from map(ast.Constant, transposed(value))
        case ast.Constant(str() as value) if value:
            yield ast.Constant(value + "_")
        case ast.Slice(lower, upper, step):
            parts = {"lower": lower, "upper": upper, "step": step}
            yield from (ast.Slice(**{**parts, k: None}) for k, part in parts.items() if part)
        case ast.Tuple(elements, context) if len(elements) > 1:
            yield from (ast.Tuple(order, context) for order in neighbours_swapped(elements))
        case ast.List(elements, context) if len(elements) > 1:
            yield from (ast.List(order, context) for order in neighbours_swapped(elements))
            yield from (ast.List(rest, context) for rest in one_left_out(elements))
        case ast.Call(function, arguments, keywords):
            for order in neighbours_swapped(arguments):
                yield ast.Call(function, order, keywords)
            for rest in one_left_out(keywords):
                yield ast.Call(function, arguments, rest)
            if isinstance(function, ast.Name) and function.id == "range":
                shorter = ast.BinOp(arguments[-1], ast.Sub(), ast.Constant(1))
                yield ast.Call(function, [*arguments[:-1], shorter], keywords)
        case ast.Attribute(value, name, context) if name in METHODS:
            yield ast.Attribute(value, METHODS[name], context)
        case ast.IfExp(_, body, orelse):
            yield from (body, orelse)
        case ast.If(_, body, orelse):
            yield from (ast.If(ast.Constant(truth), body, orelse) for truth in (True, False))
        case ast.AugAssign(target, _, value):
            yield ast.Assign([target], value)
        case ast.Continue():
            yield from (ast.Break(), ast.Pass())
        case ast.Break():
            yield from (ast.Continue(), ast.Pass())
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr):
        yield ast.Pass()


def neighbours_swapped(items: list) -> Iterator[list]:
    for i in range(len(items) - 1):
        yield [*items[:i], items[i + 1], items[i], *items[i + 2 :]]


def one_left_out(items: list) -> Iterator[list]:
    for i in range(len(items)):
        yield [*items[:i], *items[i + 1 :]]


def transposed(subscripts: str) -> Iterator[str]:
    """Two neighbouring axes of an einsum changed."""
    for i, (a, b) in enumerate(itertools.pairwise(subscripts)):
        if a.isalpha() and b.isalpha():
            yield subscripts[:i] + b + a + subscripts[i + 2 :]


# ---------------------------------------------------------------- the mutants of a solution


@dataclass(frozen=True)
class Mutant:
    """A changed solution, and the line that was changed: before and after."""

    code: str
    was: str
    now: str


def mutants(solution: str) -> list[Mutant]:
    tree = ast.parse(solution)
    before = ast.unparse(tree)
    found = {}
    for path in places(tree):
        for other in changes(at(tree, path)):
            changed = copy.deepcopy(tree)
            put(changed, path, copy.deepcopy(other))
            with contextlib.suppress(ValueError, TypeError, AttributeError):  # no Python any more
                code = ast.unparse(ast.fix_missing_locations(changed))
                compile(code, "mutant", "exec")
                if code != before:
                    found.setdefault(code, Mutant(code, *difference(before, code)))
    return list(found.values())


Path = tuple[tuple[str, int | None], ...]


def places(node: ast.AST, path: Path = ()) -> Iterator[Path]:
    """Every node below a function's signature, as the way that leads to it."""
    for name, value in ast.iter_fields(node):
        if isinstance(node, ast.FunctionDef) and name in ("args", "decorator_list", "returns"):
            continue
        for index, child in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(child, ast.AST) and not is_docstring(node, child):
                step = (name, index if isinstance(value, list) else None)
                yield (*path, step)
                yield from places(child, (*path, step))


def is_docstring(node: ast.AST, child: ast.AST) -> bool:
    body = getattr(node, "body", None)
    first = body[0] if isinstance(body, list) and body else None
    return child is first and isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)


def at(tree: ast.AST, path: Path) -> ast.AST:
    for name, index in path:
        tree = getattr(tree, name) if index is None else getattr(tree, name)[index]
    return tree


def put(tree: ast.AST, path: Path, node: ast.AST) -> None:
    parent, (name, index) = at(tree, path[:-1]), path[-1]
    if index is None:
        setattr(parent, name, node)
    else:
        getattr(parent, name)[index] = node


LONG, AROUND = 100, 20  # characters


def difference(before: str, after: str) -> tuple[str, str]:
    """The first line that differs, in both; of a long one what differs, and a little around it."""
    pairs = itertools.zip_longest(before.splitlines(), after.splitlines(), fillvalue="")
    was, now = next((a.strip(), b.strip()) for a, b in pairs if a != b)
    if max(len(was), len(now)) <= LONG:
        return was, now
    start = shared(was, now)
    end = shared(was[start:][::-1], now[start:][::-1])
    before = max(start - AROUND, 0)
    return was[before : len(was) - end + AROUND], now[before : len(now) - end + AROUND]


def shared(one: str, other: str) -> int:
    """How many characters the two begin with in common."""
    return sum(
        1
        for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    )


# ---------------------------------------------------------------- judged


def survivors(exercise: str) -> tuple[int, list[Mutant]]:
    """How many mutants there are of an exercise's solution, and which of them pass every check."""
    from contract import limits
    from helpers.check import EXERCISES
    from helpers.check.trial import Trial

    limits.SECONDS = SECONDS
    check, names = EXERCISES[exercise], before(exercise)
    trials = [Trial(check, None, part, seed) for seed in (0, 1, 2) for part in check.parts]
    every = mutants(solution(exercise))
    return len(every), [mutant for mutant in every if survives(mutant, exercise, trials, names)]


def solution(exercise: str) -> str:
    given = next(a for a in course() if exercise in a.tests).given
    return next(source for source in given if source.startswith(f"def {exercise}("))


def survives(mutant: Mutant, exercise: str, trials: list, names: dict) -> bool:
    own = dict(names)
    with unheard():
        run(mutant.code, own)
        for trial in trials:
            trial.function = own[exercise]
            if not trial.passes():
                return False
    return True


def main() -> int:
    start = time.monotonic()
    asked = sys.argv[1:] or [e for a in course() for e in a.tests if e not in OPEN]
    total = listed = 0
    unnoticed, outdated = [], []
    for exercise, (count, alive) in zip(asked, in_processes(survivors, asked), strict=True):
        known = EQUIVALENT.get(exercise, {})
        left = [m for m in alive if (m.was, m.now) not in known]
        gone = known.keys() - {(m.was, m.now) for m in alive}
        total, listed = total + count, listed + len(alive) - len(left)
        unnoticed += [f"{exercise}: {m.was}  ->  {m.now}" for m in left]
        outdated += [f"{exercise}: {was}  ->  {now}  is noticed by now." for was, now in gone]
        print(f"{exercise}: {count} changes, {len(left)} unnoticed, {len(alive) - len(left)} equal")
    print(f"{total} changes: {len(unnoticed)} unnoticed, {listed} equivalent for a reason.")
    print("\n".join([*unnoticed, *outdated]) or "Every change is noticed.")
    print(f"{time.monotonic() - start:.0f} s")
    return 1 if unnoticed or outdated else 0


if __name__ == "__main__":
    sys.exit(main())
