"""Plain data between two processes that do not trust each other, as MessagePack.

What crosses is None, truth values, numbers, text, lists, tuples, dicts, NumPy arrays, and Keras
models as configuration and weights. Anything else crosses as its type's name and a short
description (`Opaque`), so that a sentence can still say what it was. Nothing is ever unpickled,
and nothing that is received is run.
"""

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgpack
import numpy as np

BYTES = 64 * 2**20
"""The largest message. `build_cnn` is 5 MB, the largest answer of the course."""
ITEMS, DEPTH, DIGITS, TEXT = 200_000, 20, 1000, 2**20
PAIRS = 5000
"""Entries of all dictionaries: keys that are made to collide cost the square of their number."""
STRANGE = 20
"""Something that does not cross counts as so many items: a class is made for each."""
NUMBERS = "biufc"
DTYPE = re.compile(rf"[<>|][{NUMBERS}US]\d{{1,9}}")
SIMPLE = {type(None), bool, float}
CONTAINERS = {str, list, tuple, dict, np.ndarray}
HEADER = struct.Struct(">Q")

TUPLE, DICT, ARRAY, OBJECTS, SCALAR, INTEGER, OPAQUE, MODEL, CALLBACK, COMPLEX = range(1, 11)


class Refused(Exception):
    """A message that breaks the rules: too large, too deep, or not what it says it is."""


@dataclass(frozen=True)
class Model:
    """A Keras model on its way: what `models` makes of it, and makes a model of again."""

    config: str  # JSON
    weights: list[np.ndarray]
    optimizer: str = ""
    learning_rate: float | None = None


@dataclass(frozen=True)
class Callback:
    """A function that stays where it is; the other side may call it by its number."""

    number: int


@dataclass(frozen=True)
class Plain:
    """What `Packer.plain` has made of a value already, and what it comes to."""

    value: Any
    bytes: int


class Opaque:
    """Something that does not cross. Its class is made for it, with the name of its type."""

    def __init__(self, shown: str):
        self.shown = shown

    def __repr__(self) -> str:
        return self.shown


def opaque(name: str, shown: str) -> Opaque:
    name = name if name.isidentifier() else "object"
    return type(name[:60], (Opaque,), {})(shown[:200])


# ---------------------------------------------------------------- packing


class Packer:
    """Makes bytes of a value; ``special`` may turn a value into a Model or a Callback first."""

    def __init__(self, special: Callable[[Any], Any] = lambda value: value):
        self.special, self.items, self.pairs = special, 0, 0

    def pack(self, value: Any) -> bytes:
        self.items = self.pairs = 0
        return packed(self.plain(value))

    def plain(self, value: Any, depth: int = 0) -> Any:
        self.items += 1
        if self.items > ITEMS:
            raise Refused("more items than anyone needs")
        if depth > DEPTH:
            raise Refused("nested more deeply than anyone needs")
        kind = type(value)
        if kind in SIMPLE or (kind is int and -(2**63) <= value < 2**64):
            return value
        if kind is Plain:
            return value.value
        if kind not in CONTAINERS:
            value = self.special(value)
            kind = type(value)
        if isinstance(value, np.ndarray):
            return self.array(np.asarray(value), depth)
        if isinstance(value, np.generic):
            return self.scalar(value)
        if kind is Model:
            parts = [value.config, value.weights, value.optimizer, value.learning_rate]
            return self.extension(MODEL, parts, depth)
        if kind is Callback:
            return msgpack.ExtType(CALLBACK, HEADER.pack(value.number))
        if isinstance(value, str):
            return str.__str__(value)[:TEXT]
        if isinstance(value, bool | int):
            return self.integer(int.__add__(value, 0))
        if isinstance(value, float):
            return float.__add__(value, 0.0)
        if isinstance(value, complex):
            return msgpack.ExtType(COMPLEX, struct.pack(">dd", value.real, value.imag))
        if isinstance(value, bytes):
            return value[:TEXT]
        if isinstance(value, list):
            return [self.plain(item, depth + 1) for item in list.__iter__(value)]
        if isinstance(value, tuple):
            return self.extension(TUPLE, list(tuple.__iter__(value)), depth)
        if isinstance(value, dict):
            self.pairs = few(self.pairs + dict.__len__(value))
            if all(type(key) is str for key in dict.keys(value)):
                return {k[:TEXT]: self.plain(v, depth + 1) for k, v in dict.items(value)}
            return self.extension(DICT, [list(pair) for pair in dict.items(value)], depth)
        return self.described(value)

    def extension(self, code: int, parts: list, depth: int) -> msgpack.ExtType:
        plain = [self.plain(part, depth + 1) for part in parts]
        return msgpack.ExtType(code, packed(plain))

    def integer(self, value: int) -> Any:
        if -(2**63) <= value < 2**64:
            return value
        if value.bit_length() > 3 * DIGITS:
            raise Refused("an integer of more digits than anyone needs")
        return msgpack.ExtType(INTEGER, str(value).encode())

    def array(self, array: np.ndarray, depth: int) -> Any:
        if array.dtype.kind == "O":
            parts = [list(array.shape), array.ravel().tolist()]
            return self.extension(OBJECTS, parts, depth)
        if array.dtype.kind == "V":  # bfloat16 and its like
            array = np.array(array.astype(object), dtype="U40")
        if array.nbytes > BYTES:
            raise Refused(f"an array of {array.nbytes / 2**20:,.0f} MB")
        if array.dtype.kind not in NUMBERS + "US":
            return self.described(array)
        parts = [array.dtype.str, list(array.shape), array.tobytes()]
        return msgpack.ExtType(ARRAY, packed(parts))

    def scalar(self, value: np.generic) -> Any:
        if value.dtype.kind not in NUMBERS + "US":
            return self.described(value)
        parts = [value.dtype.str, value.tobytes()]
        return msgpack.ExtType(SCALAR, packed(parts))

    def described(self, value: Any) -> msgpack.ExtType:
        self.items += STRANGE
        try:
            shown = str(repr(value))[:200]
        except BaseException:  # a student's own __repr__
            shown = ""
        parts = [type(value).__name__[:60], shown]
        return msgpack.ExtType(OPAQUE, packed(parts))


def few(pairs: int) -> int:
    if pairs > PAIRS:
        raise Refused("dictionaries of more entries than anyone needs")
    return pairs


def packed(plain: Any) -> bytes:
    """Half a letter, which Python's strings can hold and UTF-8 cannot, becomes a question mark."""
    return msgpack.packb(plain, use_bin_type=True, unicode_errors="replace")


# ---------------------------------------------------------------- unpacking


class Unpacker:
    """Makes a value of bytes that somebody else sent; Refused if they break a rule."""

    def __init__(self, special: Callable[[Any], Any] = lambda value: value):
        self.special, self.items, self.pairs, self.bytes = special, 0, 0, 0

    def unpack(self, data: bytes) -> Any:
        self.items = self.pairs = self.bytes = 0
        return self.value(data, 0)

    def value(self, data: bytes, depth: int) -> Any:
        self.bytes += len(data)  # a message within a message is copied out of it
        if depth > 2 * DEPTH or self.bytes > 6 * BYTES:
            raise Refused("nested more deeply than anyone needs")
        try:
            return msgpack.unpackb(
                data,
                raw=False,
                strict_map_key=True,
                max_array_len=ITEMS,
                max_map_len=PAIRS,
                timestamp=1,  # a number
                ext_hook=lambda code, part: self.extension(code, part, depth + 1),
                list_hook=self.counted,
                object_pairs_hook=lambda pairs: dict(self.counted(pairs)),
            )
        except Refused:
            raise
        except Exception as error:  # whatever a forged message does to a parser
            raise Refused(f"it cannot be read ({type(error).__name__})") from None

    def counted(self, items: list) -> list:
        self.items += len(items)
        if self.items > 2 * ITEMS:
            raise Refused("more items than anyone needs")
        return items

    def extension(self, code: int, data: bytes, depth: int) -> Any:
        self.counted([code] * (STRANGE if code == OPAQUE else 1))
        if code == INTEGER:
            if len(data) > DIGITS:
                raise Refused("an integer of more digits than anyone needs")
            return int(data)
        if code == COMPLEX:
            return complex(*struct.unpack(">dd", data))
        if code == CALLBACK:
            return self.special(Callback(HEADER.unpack(data)[0]))
        parts = self.value(data, depth)
        if code == TUPLE:
            return tuple(parts)
        if code == DICT:
            self.pairs = few(self.pairs + len(parts))
            return dict(parts)
        if code == ARRAY:
            return self.array(*parts)
        if code == OBJECTS:
            return self.objects(*parts)
        if code == SCALAR:
            return self.array(parts[0], [], parts[1])[()]
        if code == OPAQUE:
            return opaque(str(parts[0]), str(parts[1]))
        if code == MODEL:
            return self.model(*parts)
        raise Refused(f"an unknown kind of value, {code}")

    def array(self, dtype: str, shape: list[int], data: bytes) -> np.ndarray:
        if not DTYPE.fullmatch(dtype) or len(shape) > 32 or any(n < 0 for n in shape):
            raise Refused("an array of something else than numbers")
        kind = np.dtype(dtype)
        array = np.frombuffer(data, kind) if kind.itemsize else np.empty(0, kind)
        return array.reshape([int(n) for n in shape]).copy()

    def objects(self, shape: list[int], items: list) -> np.ndarray:
        array = np.empty(len(items), dtype=object)
        for number, item in enumerate(items):  # at once, NumPy would look into the items
            array[number] = item
        return array.reshape([int(n) for n in shape])

    def model(self, config: str, weights: list, optimizer: str, rate: float | None) -> Any:
        if not isinstance(config, str) or not all(isinstance(w, np.ndarray) for w in weights):
            raise Refused("a model that is none")
        rate = None if rate is None else float(rate)
        return self.special(Model(config, list(weights), str(optimizer), rate))
