"""What crosses between two processes arrives as it left; what breaks a rule is Refused, and no more."""

import random
import socket
import struct
import threading
import time
import tracemalloc

import msgpack
import numpy as np
import pytest

from grading.boundary import protocol
from grading.boundary.protocol import Closed, Late, Line
from grading.boundary.values import packing
from grading.boundary.values.packing import Callback, Model, Packer, Plain, Refused, Unpacker

SOON = 0.05  # seconds of a deadline that is meant to pass
NUMBERS = [np.bool_, np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64,
           np.uint64, np.float16, np.float32, np.float64, np.longdouble, np.complex64,
           np.complex128]  # fmt: skip


def crossed(value):
    return Unpacker().unpack(Packer().pack(value))


def plain(value) -> bytes:
    return msgpack.packb(value, use_bin_type=True)


def forged(code: int, *parts) -> bytes:
    """A message of one value of ours, as somebody else might make it."""
    return plain(msgpack.ExtType(code, plain(list(parts))))


def refusal(data: bytes) -> str:
    with pytest.raises(Refused) as caught:
        Unpacker().unpack(data)
    return str(caught.value)


# ---------------------------------------------------------------- what arrives as it left


@pytest.mark.parametrize(
    "value",
    [
        None, True, False, 0, -1, 2**63 - 1, 2**64 - 1, 2**64, -(2**63) - 1, 10**900, -(10**900),
        0.5, -0.0, 1e308, float("inf"), 1 + 2j, complex(-0.0, float("inf")),
        "", "größer ×", "a\0b", b"", b"\xff\0",
        np.bool_(True), np.int64(-7), np.uint8(255), np.float16(0.5), np.float32(0.1),
        np.float64(0.1), np.complex64(1j), np.longdouble("0.1"), np.str_("valid"), np.bytes_(b"a"),
        [], [1, [2.0, ["three"]]], (), (1,), (1, (2, [3, (4,)])),
        {}, {"a": 1, 2: "b", (3, "c"): [4], None: (), 2.5: {True: False}, np.int64(6): 7},
    ],
    ids=lambda value: f"{type(value).__name__} {value!r:.20}",
)  # fmt: skip
def test_plain_values_keep_their_type(value):
    came = crossed(value)
    assert same(came, value), (came, value)


def same(one, other) -> bool:
    """Equal, of one type, and so are all their parts; −0.0 is not 0.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    return one == other and repr(one) == repr(other)


def test_not_a_number_stays_none():
    assert np.isnan(crossed(float("nan"))) and np.isnan(crossed(np.float32("nan")))


@pytest.mark.parametrize("kind", NUMBERS, ids=lambda kind: kind.__name__)
def test_arrays_of_every_kind_of_number(kind):
    array = np.arange(24).reshape(2, 3, 4).astype(kind)
    for given in (
        array,
        array[:, ::-1, 1::2],
        array.transpose(2, 0, 1),
        array[:0],
        np.array(kind(1)),
    ):
        came = crossed(given)
        assert type(came) is np.ndarray and came.dtype == given.dtype
        assert came.shape == given.shape and np.array_equal(came, given)
        assert came.flags.writeable, "the checks' copies of an answer may be written to"


@pytest.mark.parametrize("dtype", [">f8", ">i4", "<U3", "S2"])
def test_arrays_keep_their_order_of_bytes_and_their_texts(dtype):
    given = np.array([["1", "20"], ["3", "4"]]).astype(dtype)
    came = crossed(given)
    assert came.dtype == given.dtype and came.tolist() == given.tolist()


def test_an_array_of_objects_keeps_its_shape_and_its_items():
    given = np.empty((2, 2), object)
    given[0, 0], given[0, 1], given[1, 0] = [1, 2], np.ones((3, 4), np.float32), (5,)
    came = crossed(given)
    assert came.dtype == object and came.shape == (2, 2)
    assert came[0, 0] == [1, 2] and came[1, 0] == (5,) and came[1, 1] is None
    assert came[0, 1].dtype == np.float32 and came[0, 1].shape == (3, 4)


def test_subclasses_arrive_as_what_they_are_made_of():
    class Text(str):
        def __str__(self):
            raise OSError

    class Row(list):
        def __iter__(self):
            raise OSError

    class Count(int):
        __add__ = __index__ = None

    class Table(dict):
        items = None

    for came, value in (
        (crossed(Text("a")), "a"),
        (crossed(Row([1, 2])), [1, 2]),
        (crossed(Count(3)), 3),
        (crossed(Table(a=1)), {"a": 1}),
    ):
        assert same(came, value)
    assert type(crossed(np.ma.array([1]))) is np.ndarray
    assert crossed(np.ma.array([1, 2], mask=[0, 1])).tolist() == [1, 2]


def test_half_a_letter_becomes_a_question_mark():
    assert crossed("a\ud800b") == "a?b"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({1, 2}, "set"),
        (int, "type"),
        (np, "module"),
        (lambda: 0, "function"),
        ((i for i in ()), "generator"),
        (range(3), "range"),
        (np.datetime64("2020-01-01"), "datetime64"),
        (object(), "object"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_cross_arrives_as_the_name_of_its_type(value, name):
    came = crossed([value])[0]
    assert isinstance(came, packing.Opaque) and type(came).__name__ == name
    assert repr(came) == repr(value)[:200]


def test_something_that_cannot_say_what_it_is_crosses_too():
    class Silent:
        def __repr__(self):
            raise SystemExit

    assert repr(crossed(Silent())) == "" and type(crossed(Silent())).__name__ == "Silent"


def test_a_name_that_is_none_is_not_used():
    assert type(packing.opaque("a b; import os", "x")).__name__ == "object"
    assert len(type(packing.opaque("a" * 100, "x")).__name__) == 60
    assert len(repr(packing.opaque("a", "x" * 1000))) == 200


def test_models_and_functions_cross_as_they_are_described():
    model = Model('{"kind": "Sequential"}', [np.ones((2, 3), np.float32)], "Adam", 0.5)
    came = crossed({"model": model, "function": Callback(7)})
    assert came["function"] == Callback(7)
    assert (came["model"].config, came["model"].optimizer) == (model.config, "Adam")
    assert came["model"].learning_rate == 0.5 and came["model"].weights[0].dtype == np.float32
    seen = []
    Unpacker(lambda value: seen.append(value) or "built").unpack(
        Packer().pack([model, Callback(1)])
    )
    assert [type(value) for value in seen] == [Model, Callback]


def test_what_is_packed_already_is_left_alone():
    value = (1, [np.float32(2)], {"a": (3,)})
    assert same(crossed({"answer": Plain(Packer().plain(value), 0)}), {"answer": value})


# ---------------------------------------------------------------- what is not sent


def nested(depth: int) -> list:
    value: list = []
    for _ in range(depth):
        value = [value]
    return value


def itself() -> list:
    value: list = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ([0] * packing.ITEMS, "more items"),
        ([[0] * (packing.ITEMS // 2)] * 2, "more items"),
        ([object()] * (packing.ITEMS // packing.STRANGE), "more items"),
        (nested(packing.DEPTH + 1), "nested more deeply"),
        (itself(), "nested more deeply"),
        (dict.fromkeys(range(packing.PAIRS + 1)), "more entries"),
        ([dict.fromkeys(range(packing.PAIRS // 2 + 1))] * 2, "more entries"),
        (10**1000, "more digits"),
        (np.broadcast_to(np.float64(0), (packing.BYTES // 8 + 1,)), "an array of 64 MB"),
        (np.broadcast_to(np.float64(0), (10**6, 10**6)), "an array of 7,629,395 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_more_than_anyone_needs_is_not_sent(value, says):
    begun = time.process_time()
    with pytest.raises(Refused, match=says):
        Packer().pack(value)
    assert time.process_time() - begun < 5


def test_as_much_as_is_allowed_is_sent():
    assert crossed(nested(packing.DEPTH)) == nested(packing.DEPTH)
    assert len(crossed([0] * (packing.ITEMS - 1))) == packing.ITEMS - 1
    assert len(crossed(dict.fromkeys(range(packing.PAIRS)))) == packing.PAIRS
    tuples: tuple = ()
    for _ in range(packing.DEPTH):
        tuples = (tuples,)
    assert crossed(tuples) == tuples


def test_long_texts_are_cut_off():
    assert (
        len(crossed("x" * (packing.TEXT + 1)))
        == len(crossed(b"x" * (packing.TEXT + 1)))
        == packing.TEXT
    )


# ---------------------------------------------------------------- what is not taken


def collide(count: int) -> list:
    """Entries whose keys Python puts into one place: looking for each means looking at all."""
    keys = (msgpack.ExtType(packing.INTEGER, str(n * (2**61 - 1)).encode()) for n in range(count))
    return [[key, 0] for key in keys]


def within(data: bytes, times: int) -> bytes:
    for _ in range(times):
        data = plain(msgpack.ExtType(packing.TUPLE, data))
    return data


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "cannot be read"),
        (b"\xc1", "cannot be read"),
        (plain(1) + plain(2), "cannot be read (ExtraData)"),
        (b"\xdd\xff\xff\xff\xff", "cannot be read"),
        (b"\xdf\xff\xff\xff\xff", "cannot be read"),
        (b"\xc6\xff\xff\xff\xff", "cannot be read"),
        (b"\x91" * 100_000 + b"\xc0", "cannot be read (StackError)"),
        (b"\xa1\xff", "cannot be read (UnicodeDecodeError)"),
        (plain({1: 2}), "cannot be read"),
        (plain([[0] * 150_000] * 3), "more items"),
        (plain([[{}] * 150_000] * 3), "more items"),
        (plain([msgpack.ExtType(packing.OPAQUE, plain(["a", ""]))] * 30_000), "more items"),
        (within(plain([]), 2 * packing.DEPTH + 1), "nested more deeply"),
        (within(plain(b"\0" * 2**24), 30), "nested more deeply"),
        (plain(msgpack.ExtType(packing.DICT, plain(collide(packing.PAIRS + 1)))), "more entries"),
        (
            plain([msgpack.ExtType(packing.DICT, plain(collide(packing.PAIRS // 2 + 1)))] * 2),
            "more entr",
        ),
        (plain(msgpack.ExtType(packing.INTEGER, b"1" * 1001)), "more digits"),
        (plain(msgpack.ExtType(packing.INTEGER, b"one")), "cannot be read (ValueError)"),
        (plain(msgpack.ExtType(packing.COMPLEX, b"short")), "cannot be read"),
        (plain(msgpack.ExtType(packing.CALLBACK, b"short")), "cannot be read"),
        (plain(msgpack.ExtType(99, plain([]))), "an unknown kind of value, 99"),
        (forged(packing.DICT, [[], 1]), "cannot be read (TypeError)"),
        (forged(packing.ARRAY, "O", [1], b"\0" * 8), "something else than numbers"),
        (forged(packing.ARRAY, "V8", [1], b"\0" * 8), "something else than numbers"),
        (forged(packing.ARRAY, "M8[s]", [1], b"\0" * 8), "something else than numbers"),
        (forged(packing.ARRAY, "f8," * 10**6, [1], b""), "something else than numbers"),
        (forged(packing.ARRAY, [["a", "O"]], [1], b"\0" * 8), "cannot be read (TypeError)"),
        (forged(packing.ARRAY, "<f8", [-1], b"\0" * 8), "something else than numbers"),
        (forged(packing.ARRAY, "<f8", [1] * 33, b"\0" * 8), "something else than numbers"),
        (forged(packing.ARRAY, "<f8", [10**12], b"\0" * 8), "cannot be read (ValueError)"),
        (forged(packing.ARRAY, "<f8", [2], b"\0" * 8), "cannot be read (ValueError)"),
        (forged(packing.ARRAY, "<f8", [1], b"\0" * 7), "cannot be read (ValueError)"),
        (forged(packing.ARRAY, "no such", [1], b""), "something else than numbers"),
        (forged(packing.ARRAY, "<f8"), "cannot be read (TypeError)"),
        (forged(packing.SCALAR, "O", b"\0" * 8), "something else than numbers"),
        (forged(packing.OBJECTS, [10**12], [1]), "cannot be read (ValueError)"),
        (forged(packing.OBJECTS, [2], 5), "cannot be read (TypeError)"),
        (forged(packing.OPAQUE), "cannot be read (IndexError)"),
        (forged(packing.MODEL, b"{}", [], "", None), "a model that is none"),
        (forged(packing.MODEL, "{}", [1], "", None), "a model that is none"),
        (forged(packing.MODEL, "{}", [], "", "fast"), "cannot be read (ValueError)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_forged_message_is_refused_at_once(data, says):
    tracemalloc.start()
    begun = time.process_time()
    try:
        assert says in refusal(data)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.process_time() - begun < 20
    assert most < 8 * packing.BYTES


def test_as_many_colliding_keys_as_are_let_in_cost_little():
    data = plain(msgpack.ExtType(packing.DICT, plain(collide(packing.PAIRS))))
    begun = time.process_time()
    assert len(Unpacker().unpack(data)) == packing.PAIRS
    assert time.process_time() - begun < 20


def test_a_time_is_a_number():
    assert Unpacker().unpack(b"\xd6\xff\0\0\0\x05") == 5.0


def test_what_a_special_does_with_a_forged_model_is_a_refusal_too():
    def special(value):
        raise OSError("no such file")

    with pytest.raises(Refused, match="OSError"):
        Unpacker(special).unpack(Packer().pack(Model("{}", [])))


HONEST = {
    "answer": (np.arange(6.0).reshape(2, 3), [1, 2.5, "text", None, True]),
    "numbers": [np.float32(1), np.int64(2), 2**70, 1j, np.array([], dtype="i2")],
    "more": {"x": {3: (4,)}, "model": Model('{"kind": "x"}', [np.ones(3)], "Adam", 0.1)},
    "things": [Callback(3), object, np.array([None, "a"], object)],
}
SIGNS = [
    b"\xc7",
    b"\xc8",
    b"\xc9",
    b"\xdc",
    b"\xdd",
    b"\xdf",
    b"\xc6",
    b"\xff" * 4,
    b"\x7f" * 8,
    b"\0",
]


def mutated(data: bytes, rng: random.Random) -> bytes:
    """A few letters changed, taken out, put in, repeated, or the end cut off."""
    text = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(text) + 1)
        to = min(at + rng.randint(1, 8), len(text))
        way = rng.randrange(5)
        if way == 0 and at < len(text):
            text[at] ^= 1 << rng.randrange(8)
        elif way == 1:
            text[at:to] = rng.randbytes(to - at)
        elif way == 2:
            text[at:at] = rng.choice(SIGNS)
        elif way == 3:
            text[at:at] = text[at:to] * rng.randint(1, 50)
        elif len(text) > 20:
            del text[at:to]
    return bytes(text[: rng.randrange(1, len(text) + 1)] if rng.random() < 0.1 else text)


def test_no_message_does_more_than_be_refused():
    rng, outcomes = random.Random(1), {"read": 0, "refused": 0}
    messages = [Packer().pack(HONEST), *(Packer().pack(value) for value in HONEST.values())]
    begun = time.process_time()
    tracemalloc.start()
    try:
        for _ in range(10_000):
            data = mutated(rng.choice(messages), rng) if rng.random() < 0.9 else rng.randbytes(40)
            try:
                repr(Unpacker().unpack(data))
                outcomes["read"] += 1
            except Refused:
                outcomes["refused"] += 1
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()
    assert min(outcomes.values()) > 500, outcomes
    assert time.process_time() - begun < 120


# ---------------------------------------------------------------- the socket


@pytest.fixture
def lines():
    ours, theirs = map(Line, socket.socketpair())
    yield ours, theirs
    ours.close()
    theirs.close()


def test_messages_arrive_whole_and_in_order(lines):
    ours, theirs = lines
    sent = [b"", b"a", bytes(range(256)) * 5000, b"end"]
    sender = threading.Thread(target=lambda: [ours.send(data) for data in sent])
    sender.start()
    assert [theirs.receive(time.monotonic() + 60) for _ in sent] == sent
    sender.join()


@pytest.mark.parametrize(
    "sent", [b"", b"\0\0", protocol.HEADER.pack(5), protocol.HEADER.pack(5) + b"abc"]
)
def test_a_deadline_is_kept(lines, sent):
    ours, theirs = lines
    ours.socket.sendall(sent)
    begun = time.monotonic()
    with pytest.raises(Late):
        theirs.receive(begun + SOON)
    assert time.monotonic() - begun >= SOON
    with pytest.raises(Late):
        theirs.receive(time.monotonic() - 1)


def test_one_letter_at_a_time_does_not_put_the_deadline_off(lines):
    ours, theirs = lines
    done = threading.Event()

    def dribble():
        ours.socket.sendall(protocol.HEADER.pack(10**6))
        for _ in range(1000):
            if done.wait(SOON / 10):
                return
            ours.socket.sendall(b"x")
        ours.close()

    sender = threading.Thread(target=dribble)
    sender.start()
    try:
        with pytest.raises(Late):
            theirs.receive(time.monotonic() + 10 * SOON)
    finally:
        done.set()
        sender.join()


def test_who_does_not_read_is_not_waited_for(lines):
    with pytest.raises(Late):
        lines[0].send(b"x" * 10**7, SOON)


def test_a_closed_line_says_so(lines):
    ours, theirs = lines
    ours.socket.sendall(protocol.HEADER.pack(3) + b"ab")
    ours.close()
    with pytest.raises(Closed):
        theirs.receive(time.monotonic() + 5)
    with pytest.raises(Closed):
        [theirs.send(b"x" * 10**6) for _ in range(3)]
    with pytest.raises(Closed):
        ours.receive()


def test_no_message_is_larger_than_the_largest(lines):
    ours, theirs = lines
    with pytest.raises(Refused, match="a message of 64 MB"):
        ours.send(bytes(packing.BYTES + 1))
    ours.socket.sendall(struct.pack(">Q", 2**60))
    with pytest.raises(Refused, match=r"a message of 1,099,511,627,776 MB"):
        theirs.receive(time.monotonic() + 5)
