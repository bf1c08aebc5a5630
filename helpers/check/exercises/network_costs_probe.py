"""The smallest list of blocks that is counted wrongly, and what in it makes it so.

Where one block by itself is wrong, its options are left out and its numbers changed; where each is
right by itself, two or three are looked for that are wrong one after the other.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from helpers.check.diagnosis import Diagnosis
from helpers.check.diagnosis.structure import relation, whole

Block = dict[str, Any]
OPTIONS = {"stride": 1, "padding": "same", "use_bias": False}
"""What a row can leave out, and what holds then."""
CALLED = {"conv": "a conv block", "depthwise": "a depthwise block", "dense": "a dense block",
          "norm": "a norm", "pool": "a pool"}  # fmt: skip


class Counted:
    """A student's count and the right one of lists of our choice, one number of the two."""

    def __init__(self, ask: Callable, right: Callable, item: int | None):
        self.ask, self.oracle, self.item = ask, right, item

    def of(self, blocks: list[Block]) -> tuple[int | None, int]:
        """Your number and the right one; None for yours where there is none."""
        answer, right = self.ask({"blocks": blocks}), self.oracle(blocks)
        if self.item is not None:
            return whole(answer), right[self.item]
        items = answer if isinstance(answer, tuple | list) else (None, None)
        pairs = [(whole(yours), theirs) for yours, theirs in zip(items, right, strict=False)]
        return next(((a, b) for a, b in pairs if a != b), pairs[0])

    def is_wrong(self, blocks: list[Block]) -> bool:
        yours, right = self.of(blocks)
        return yours is not None and yours != right

    def is_right(self, blocks: list[Block]) -> bool:
        yours, right = self.of(blocks)
        return yours == right


def smallest(right: Callable, item: int | None = None) -> Callable:
    """The probe of a part that looks at one of the two numbers, or at the first that is wrong."""

    def probe(case: dict[str, Any], answer: Any, ask: Callable) -> Diagnosis | None:
        count, blocks = Counted(ask, right, item), case["blocks"]
        different = {repr(block): block for block in blocks}.values()
        alone = next((block for block in different if count.is_wrong([block])), None)
        if alone:
            return one_block(count, without_options(count, alone), blocks)
        return several(count, shortened(count, blocks))

    return probe


def shown(blocks: list[Block]) -> str:
    return f"count([{', '.join(map(repr, blocks))}])"


# ---------------------------------------------------------------- one block


def without_options(count: Counted, block: Block) -> Block:
    """The block without the options that it is wrong without, too."""
    for name in OPTIONS:
        less = {key: value for key, value in block.items() if key != name}
        if less != block and count.is_wrong([less]):
            block = less
    return block


def one_block(count: Counted, block: Block, case: list[Block]) -> Diagnosis:
    yours, right = count.of([block])
    numbers = f"yours is {yours:,}, right {right:,}."
    look = "Change one thing of it at a time: when is yours right?"
    if case != [block]:
        look = f"For {shown([block])} {numbers}"
    said = rounded(count, [block])
    if not said:
        tried = list(variants(block))
        alike = [other for other in tried if count.is_wrong([other])]
        counts = [count.of([other]) for other in alike]
        how = as_another(count, alike, counts) or by_how_much(alike, counts)
        how = how or f"is counted wrongly: {numbers[:-1]}"
        sizes = ", at some sizes" if any(count.is_right([other]) for other in tried) else ""
        said = f"{named(count, block)} {how}{sizes}."
    return Diagnosis("one block", said, look)


def named(count: Counted, block: Block) -> str:
    """What the block is, with the options that it is right without, and its kernel where that matters."""
    given = [f"{name}={block[name]!r}" for name in OPTIONS if name in block]
    kernel = block.get("kernel", ())
    if len(kernel) == 4 and kernel[:2] == (1, 1) and count.is_right([resized(block, (3, 3))]):
        given = ["a kernel of 1 × 1", *given]
    many = block["kind"] == "depthwise" and kernel[3] > 1
    if many and count.is_right([{**block, "kernel": (*kernel[:3], 1)}]):
        given = ["a multiplier above 1", *given]
    return CALLED[block["kind"]] + (f" with {' and '.join(given)}" if given else "")


def resized(block: Block, kernel: tuple[int, int]) -> Block:
    return {**block, "kernel": (*kernel, *block["kernel"][2:])}


def variants(block: Block) -> Iterator[Block]:
    """The block itself, and the same with other numbers: one number can agree by chance."""
    yield block
    for more in (1, 2, 4, 5, 8):
        size, kernel = block["input"], block.get("kernel", ())
        if block["kind"] == "dense":
            kernel = (kernel[0] + more, kernel[1] + 2 * more)
            yield {**block, "input": kernel[:1], "kernel": kernel}
            continue
        size = (size[0] + more, size[1] + 3 * more, size[2] + more)
        if len(kernel) == 4:
            sides = kernel[:2] if kernel[:2] == (1, 1) else (kernel[0] + more % 3, kernel[1] + 1)
            last = kernel[3] if kernel[3] == 1 else kernel[3] + 2 * more
            kernel = (*sides, size[2], last)
        yield {**block, "input": size, **({"kernel": kernel} if kernel else {})}


def as_another(count: Counted, blocks: list[Block], counts: list[tuple]) -> str:
    """Where all of these are counted as blocks are with one thing changed; or ""."""
    for said, change in changes(blocks[0]):
        others = [change(block) for block in blocks]
        if all(fits(count, *row) for row in zip(blocks, others, counts, strict=True)):
            return f"is counted {said}"
    return ""


def fits(count: Counted, block: Block, other: Block, numbers: tuple[int, int]) -> bool:
    if other == block:
        return False
    at = count.item
    try:
        right = count.oracle([other])
    except Exception:  # there is no such block
        return False
    return numbers[0] == right[at] if at is not None else numbers[0] in right


def changes(block: Block) -> Iterator[tuple[str, Callable[[Block], Block]]]:
    """What a block could be taken for."""
    if block.get("stride", 1) > 1:
        yield "as if its stride were 1", lambda b: {**b, "stride": 1}
    for padding in ("same", "valid"):
        yield f'as if its padding were "{padding}"', lambda b, p=padding: {**b, "padding": p}
    if "use_bias" in block:
        yield "as if it had no bias", lambda b: {**b, "use_bias": False}
    yield "as if it had a bias", lambda b: {**b, "use_bias": True}
    if block["kind"] in ("conv", "depthwise"):
        for side, name in ((0, "height"), (1, "width")):
            for args in (("kernel",), ("input",), ("kernel", "input")):
                what = " and ".join(f"`{arg}`" for arg in args)
                said = f"as if {what} were square, of the {name}"
                yield said, lambda b, s=side, a=args: squared(b, s, a)
        yield "as if its multiplier were 1", lambda b: {**b, "kernel": (*b["kernel"][:3], 1)}
        other = "conv" if block["kind"] == "depthwise" else "depthwise"
        yield f"like a {other} block", lambda b: {**b, "kind": other}


def squared(block: Block, side: int, names: tuple[str, ...]) -> Block:
    return {**block, **{n: (block[n][side], block[n][side], *block[n][2:]) for n in names}}


def by_how_much(blocks: list[Block], counts: list[tuple[int, int]]) -> str:
    yours, right = ([pair[side] for pair in counts] for side in (0, 1))
    if not any(yours):
        return "is not counted"
    if not any(right):
        return f"is counted; it has nothing to count ({yours[0]:,} is yours)"
    how = relation(blocks, yours, right)
    return f"is counted wrongly: yours is {how}" if how else ""


# ---------------------------------------------------------------- several blocks


def shortened(count: Counted, blocks: list[Block]) -> list[Block]:
    """As few neighbours as are needed for a wrong number, then only those of them that are needed."""
    end = first_wrong(lambda n: count.is_wrong(blocks[:n]), len(blocks))
    blocks = blocks[:end]
    start = first_wrong(lambda n: count.is_wrong(blocks[len(blocks) - n :]), len(blocks))
    blocks = blocks[len(blocks) - start :]
    if len(blocks) > 2 and count.is_wrong([blocks[0], blocks[-1]]):
        return [blocks[0], blocks[-1]]
    at = 1
    while at < len(blocks) - 1 <= 20:
        less = blocks[:at] + blocks[at + 1 :]
        blocks, at = (less, at) if count.is_wrong(less) else (blocks, at + 1)
    return blocks


def first_wrong(is_wrong: Callable[[int], bool], n: int) -> int:
    """A length that is wrong, while one less is right; ``n`` is wrong."""
    low = 0
    while n - low > 1:
        middle = (low + n) // 2
        low, n = (low, middle) if is_wrong(middle) else (middle, n)
    return n


def several(count: Counted, blocks: list[Block]) -> Diagnosis | None:
    """Blocks that are each right by themselves, and wrong in one list."""
    if len(blocks) < 2 or not count.is_wrong(blocks):
        return None
    yours, right = count.of(blocks)
    short = len(shown(blocks)) < 300
    look = (
        f"For {shown(blocks)} yours is {yours:,}, right {right:,}."
        if short
        else (
            f"Each by itself is right; of these {len(blocks)} yours is {yours:,}, right {right:,}."
        )
    )
    said = rounded(count, blocks) or twice(count, blocks) or kept(count, blocks)
    if said:
        return Diagnosis("blocks together", said, look)
    kinds = " and ".join(CALLED[block["kind"]] for block in blocks)
    if len(blocks) > 3:
        kinds = f"{len(blocks)} blocks"
    together = "each right by itself, are counted wrongly together"
    return Diagnosis("blocks together", f"{kinds}, {together}.", look)


def rounded(count: Counted, blocks: list[Block]) -> str:
    """A sum in float32: seven digits remain."""
    yours, right = count.of(blocks)
    if right < 2**24 or yours != int(np.float32(right)):
        return ""
    return f"your sums are rounded to seven digits: {yours:,} in place of {right:,}. Add up Python's ints."


def twice(count: Counted, blocks: list[Block]) -> str:
    one, *others = blocks
    if len(blocks) != 2 or others != [one]:
        return ""
    yours, right = count.of(blocks)
    if 2 * yours == right:
        return f"{CALLED[one['kind']]} that comes twice is counted once."
    return f"{CALLED[one['kind']]} is counted rightly, and wrongly where it comes twice."


def kept(count: Counted, blocks: list[Block]) -> str:
    """An option of one block that is still there at the next one."""
    if len(blocks) != 2:
        return ""
    before, after = blocks
    yours, _ = count.of(blocks)
    for name in OPTIONS:
        if name not in before or name in after:
            continue
        as_if = [before, {**after, name: before[name]}]
        less = [{k: v for k, v in before.items() if k != name}, after]
        here = count.oracle(as_if)
        if count.is_right(less) and (
            yours in here if count.item is None else yours == here[count.item]
        ):
            return (
                f"`{name}` of one block is kept for the next: {CALLED[after['kind']]} after one "
                f"with {name}={before[name]!r} is counted as if it had it, too."
            )
    return ""
