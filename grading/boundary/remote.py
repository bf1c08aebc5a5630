"""The examiner's end of the line to a worker: stand-ins for the names that a student defined.

A check calls such a stand-in as it calls any function, through `contract.calling.call`. What
comes back is plain data, read with suspicion: whoever answers may be student code.
"""

import builtins
import contextlib
import copy
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from contract import calling, limits
from contract.verdicts import UNBROKEN, Finding
from grading.boundary.cells import error_output
from grading.boundary.protocol import Closed, Late, Line
from grading.boundary.sandbox import Sandbox
from grading.boundary.values import exceptions, models, visuals
from grading.boundary.values.packing import Callback, Opaque, Packer, Refused, Unpacker
from grading.boundary.worker import session

GRACE = 5
"""Seconds beyond a call's own limit, after which the process is killed that did not keep it."""
CELL_SECONDS = 60
SUBMISSION_SECONDS = 900
FORKS = 25
"""So many processes a submission may use up before its calls are not made any more."""
CALLBACKS, CALLBACK_BYTES = 2000, 2 * 2**20
PLAIN = (int, float, str, tuple, list, np.ndarray, np.generic, type(None))
KINDS = {"crashed", "mutated", "time", "memory", "rule", "type"}
LINES, CHARACTERS = 12, 300
OUTPUTS, SHOWN, LINE = 500, 200_000, 2000
"""Outputs of a cell and characters in them that are kept, however many somebody sends."""
PICTURES = 40
"""Of a whole notebook. Each has `visuals.PICTURE_BYTES` at most."""

GONE = {
    "": ("crashed", "your code ended the process that it ran in."),
    "memory": ("memory", "your code took far too much memory; it was ended."),
    "time": ("time", "your code did not come to an end, nor to a stop; it was ended."),
    "forks": ("crashed", "your code ended one process after the other; it is called no more."),
    "late": ("time", "your notebook has used up its time; the rest of it is not run."),
}


class Gone(Exception):
    """The process is no more; ``why`` is a key of GONE, or the sentence itself."""

    def __init__(self, why: str):
        self.kind, self.sentence = GONE.get(why, ("type", why))


class RemoteFunction:
    """Stands for a function of the student's. Calling it sends plain data and gets plain data."""

    def __init__(self, worker: "WorkerClient", name: str):
        self.worker, self.__name__ = worker, name

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self.worker.use(self.__name__, args, options)


@calling.call.register(RemoteFunction)
def call(
    function: RemoteFunction,
    arguments: dict[str, Any],
    positional: Sequence[str] = (),
    terms: calling.Terms | None = None,
) -> Any:
    return function.worker.call(function, arguments, positional, terms or calling.FREE)


@calling.expect.register(RemoteFunction)
def expect(function: RemoteFunction, cases: Sequence[dict[str, Any]]) -> None:
    function.worker.expect(cases)


@calling.supplied.register(RemoteFunction)
@contextlib.contextmanager
def supplied(function: RemoteFunction, versions: dict[str, Callable]) -> Iterator[set[str] | None]:
    """As `calling.supplied`: while the block runs, calls find the right versions over there."""
    worker, used = function.worker, set()
    try:
        known = worker.ask({"ask": "names", "names": list(versions)}, limits.SECONDS)
    except Gone:
        known = {}
    names = [*texts(known.get("functions")), *texts([*mapped(known.get("values"))])]
    worker.versions = {name: versions[name] for name in versions if name in names}
    worker.used = used
    try:
        yield used if worker.versions else None
    finally:
        worker.versions, worker.used = {}, set()
        worker.expect([])


class WorkerClient:
    """The worker of one submission, and what became of it. It is forked anew where it dies."""

    def __init__(self, sandbox: Sandbox):
        self.sandbox, self.line = sandbox, None
        self.ran: list[str] = []  # cells that ran and did no harm, to run again in a new fork
        self.deadline = time.monotonic() + SUBMISSION_SECONDS
        self.forks, self.pictures = 0, PICTURES
        self.stopped_at = 0  # the line of the last cell at which it stopped first, if it did
        self.versions: dict[str, Callable] = {}
        self.used: set[str] = set()
        self.callbacks: list[Callable] = []
        self.coming: Sequence[dict] = ()  # the arguments of calls that will be made, in order
        self.early: list[tuple[dict, dict]] = []  # replies to some of them, with the arguments
        self.together = True  # whether several calls are asked for at once

    # ------------------------------------------------------------ the process

    def fork(self) -> None:
        if self.forks == FORKS:
            raise Gone("forks")
        self.forks += 1
        self.line = Line(self.sandbox.begin())
        for source in self.ran:
            self.asked(
                {"ask": "run", "source": source, "seconds": float(CELL_SECONDS)}, CELL_SECONDS
            )

    def close(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line = None
            self.sandbox.end()

    def ask(self, message: dict, seconds: float) -> dict:
        """The worker's reply; Gone where there is none, and the process with it."""
        if time.monotonic() > self.deadline:
            raise Gone("late")
        if self.line is None:
            self.fork()
        return self.asked(message, seconds)

    def asked(self, message: dict, seconds: float) -> dict:
        self.callbacks = []  # none but this message's own
        deadline = min(time.monotonic() + seconds + GRACE, self.deadline)
        try:
            self.send(message)
            for _ in range(CALLBACKS):
                reply = self.receive(deadline)
                if "callback" not in reply:
                    return reply
                self.send(self.called_back(reply))
            raise Gone("")
        except Closed:
            self.close()
            raise Gone(self.sandbox.ended_for) from None
        except Refused as refused:
            self.close()
            raise Gone(f"it returned {refused}.") from None
        except Late:
            self.close()
            raise Gone("time") from None
        except Gone:
            self.close()
            raise

    def send(self, message: dict) -> None:
        self.line.send(Packer(self.departing).pack(message), GRACE)

    def departing(self, value: Any) -> Any:
        value = models.departing(value)
        if callable(value) and not isinstance(value, type):
            self.callbacks.append(value)
            return Callback(len(self.callbacks) - 1)
        return value

    def receive(self, deadline: float) -> dict:
        reply = Unpacker(self.arriving).unpack(self.line.receive(deadline))
        if not isinstance(reply, dict):
            raise Refused("no reply")
        return reply

    def arriving(self, value: Any) -> Any:
        if isinstance(value, Callback):
            raise Refused("a function")
        return models.arriving(value)

    def called_back(self, request: dict) -> dict:
        """What a function of ours answers to the student's, or the exception that it raises."""
        number, args, options = (request.get(key) for key in ("callback", "args", "options"))
        known = isinstance(number, int) and 0 <= number < len(self.callbacks)
        if not known or not isinstance(args, list) or not isinstance(options, dict):
            raise Refused("a call of nothing")
        if len(Packer().pack([args, options])) > CALLBACK_BYTES:
            return {"raised": ["MemoryError", "these arguments are too large"]}
        try:
            with limits.time(limits.SECONDS), limits.memory(limits.GIBIBYTES):
                return {"returned": self.callbacks[number](*args, **options)}
        except (Exception, limits.TooLong) as error:
            return {"raised": [type(error).__name__, calling.describe(error).partition(": ")[2]]}

    # ------------------------------------------------------------ what is asked

    def run(self, source: str) -> list[dict]:
        """Run a student's cell; its outputs. A cell that kills the process is run once only."""
        message = {"ask": "run", "source": source, "seconds": float(CELL_SECONDS)}
        self.stopped_at = 0
        try:
            reply = self.ask(message, CELL_SECONDS)
        except Gone as gone:
            return [error_output("Ended", gone.sentence)]
        self.ran.append(source)
        replies = listed(reply.get("outputs"))
        self.stopped_at = next(filter(None, map(line_of, replies)), 0)
        outputs = as_outputs(replies, self.pictures)
        self.pictures -= sum(map(has_picture, outputs))
        return outputs

    def stand_ins(self, names: Sequence[str]) -> dict[str, Any]:
        """What stands for those of the names that the student has defined."""
        if not names:
            return {}
        try:
            asked = {"ask": "names", "names": list(names), "seeded": True}  # as on this side
            reply = self.ask(asked, limits.SECONDS)
        except Gone:
            return {name: RemoteFunction(self, name) for name in names}
        values = mapped(reply.get("values"))
        found = {name: value for name, value in values.items() if name in names}
        functions = [name for name in texts(reply.get("functions")) if name in names]
        return found | {name: RemoteFunction(self, name) for name in functions}

    def use(self, name: str, args: Sequence[Any], options: dict[str, Any]) -> Any:
        message = {"ask": "use", "name": name, "args": list(args), "options": options}
        try:
            reply = self.ask(message, limits.SECONDS)
        except Gone as gone:
            raise RuntimeError(gone.sentence) from None
        given = dict(enumerate(args)) | options
        for key, theirs in mapped(reply.get("changed")).items():
            becomes(given.get(key), theirs)
        if "raised" in reply:
            kind, message = [*texts(reply["raised"]), "", ""][:2]
            raise built_in(kind, message)
        return reply.get("returned")

    def expect(self, cases: Sequence[dict]) -> None:
        self.coming, self.early = cases, []

    def call(
        self,
        function: RemoteFunction,
        arguments: dict[str, Any],
        positional: Sequence[str],
        terms: calling.Terms,
    ) -> Any:
        given = arguments if is_plain(arguments) else copy.deepcopy(arguments)
        message = {
            "ask": "calls",
            "name": function.__name__,
            "positional": list(positional),
            "versions": self.versions or None,
            "mark": secrets.token_hex(4),
            "terms": {
                "others": [list(pair) for pair in terms.others],
                "may_call": list(terms.may_call),
                "seconds": terms.seconds,
            },
        }
        try:
            reply = self.reply(message, arguments, given, terms.seconds or limits.SECONDS)
        except Gone as gone:
            called = f"  called as {calling.signature(function, arguments)}"
            raise calling.Problem(Finding(gone.kind, (gone.sentence, called))) from None
        self.used.update(name for name in texts(reply.get("used")) if name in self.versions)
        take_over(given, mapped(reply.get("given")))
        if "answer" in reply:
            return reply["answer"]
        if isinstance(reply.get("problem"), dict):
            raise problem(reply["problem"], arguments, message["mark"])
        raise calling.Unattempted(next(iter(texts([reply.get("unattempted")])), None))

    def reply(self, message: dict, arguments: dict, given: dict, seconds: float) -> dict:
        """The worker's word on one call, which it may have sent with that on an earlier one."""
        if not (self.early and self.early[0][0] is arguments):
            asked = [arguments, *self.after(arguments)]
            self.early = []
            try:
                replies = self.replies(message, [given, *asked[1:]], seconds)
            except Gone:
                if len(asked) == 1:
                    raise
                self.together = False  # from now on it is known which of them ended it
                replies = self.replies(message, [given], seconds)
            self.early = list(zip(asked, replies, strict=False))
        return self.early.pop(0)[1]

    def after(self, arguments: dict) -> Sequence[dict]:
        """The calls that come after this one and can be made together with it: of plain data."""
        places = [n for n, case in enumerate(self.coming) if case is arguments]
        together = self.together and not self.versions  # which call back, who knows how often
        coming = self.coming[places[0] :] if places and together else ()
        return coming[1:] if all(map(is_plain, coming)) else ()

    def replies(self, message: dict, calls: list[dict], seconds: float) -> list[dict]:
        """To as many of the calls, from the first on, as the worker made at once."""
        reply = self.ask(message | {"calls": calls}, seconds + session.TOGETHER_SECONDS)
        replies = [reply for reply in listed(reply.get("replies")) if isinstance(reply, dict)]
        return replies[: len(calls)] or [{}]


# ---------------------------------------------------------------- reading what came


def is_plain(arguments: dict[str, Any]) -> bool:
    """Whether a call needs nothing of ours while it runs, and leaves nothing of ours changed."""
    return all(isinstance(value, PLAIN) for value in arguments.values())


def listed(value: Any) -> list:
    return value if isinstance(value, list) else []


def mapped(value: Any) -> dict:
    return value if isinstance(value, dict) else {}


def texts(value: Any) -> list[str]:
    """The strings in a list, none of them longer than a line of a worker's ever is."""
    return [item[:LINE] for item in listed(value)[:OUTPUTS] if isinstance(item, str)]


def problem(reply: dict, arguments: dict[str, Any], mark: str) -> calling.Problem:
    """The card that the worker reports, with our own words for arguments that did not cross."""
    lines = [line[:CHARACTERS] for line in texts(reply.get("lines"))[:LINES]]
    for name, value in arguments.items():
        ours = f"{value!r}".replace(" ", UNBROKEN)
        lines = [line.replace(session.standing(name, mark), ours) for line in lines]
    kind, stopped_by = reply.get("kind"), reply.get("stopped_by")
    kind = kind if isinstance(kind, str) and kind in KINDS else "crashed"
    return calling.Problem(
        Finding(kind, tuple(lines) or ("your code stopped.",)),
        stopped_by if isinstance(stopped_by, str) else "",
        texts(reply.get("within")),
    )


def becomes(ours: Any, theirs: Any) -> Any:
    """What a test has in its hands after a call that changed it: the same object, altered as theirs is."""
    if isinstance(theirs, Opaque) or type(ours) is not type(theirs):
        return ours if isinstance(theirs, Opaque) else theirs
    if isinstance(ours, np.ndarray):
        if ours.shape == theirs.shape and ours.dtype == theirs.dtype and ours.flags.writeable:
            ours[...] = theirs
    elif isinstance(ours, list | tuple):
        items = [becomes(*pair) for pair in zip(ours, theirs, strict=False)]
        items += theirs[len(ours) :]
        if isinstance(ours, tuple):
            return tuple(items)
        ours[:] = items
    elif isinstance(ours, dict):
        items = {key: becomes(ours[key], v) if key in ours else v for key, v in theirs.items()}
        ours.clear()
        ours.update(items)
    elif models.is_model(ours):
        take_over({"": ours}, {"": theirs})
    else:
        return theirs
    return ours


def take_over(given: dict[str, Any], reply: dict[str, Any]) -> None:
    """Models that a function was given become what it made of them."""
    for name, ours in given.items():
        theirs = reply.get(name)
        if not (models.is_model(ours) and models.is_model(theirs)):
            continue
        shapes = [[w.shape for w in model.get_weights()] for model in (ours, theirs)]
        if shapes[0] == shapes[1]:
            ours.set_weights(theirs.get_weights())
            optimizer = getattr(theirs, "optimizer", None)
            if optimizer is not None:
                ours.compile(optimizer)


def as_outputs(replies: list, pictures: int = PICTURES) -> list[dict]:
    """A cell's outputs, up to so many: an honest worker stops long before."""
    kept, left = [], SHOWN
    for output in filter(None, map(as_output, replies)):
        if has_picture(output):
            pictures -= 1
            if pictures < 0:
                output["data"] = {"text/plain": "… no more pictures of this notebook are kept …"}
        else:
            left -= len(str(output))
        if left < 0 or len(kept) == OUTPUTS:
            kept.append({"output_type": "stream", "name": "stdout", "text": "… and more …\n"})
            break
        kept.append(output)
    return kept


def line_of(reply: Any) -> int:
    at = reply.get("at") if isinstance(reply, dict) else None
    return at if isinstance(at, int) and 0 < at < 10**6 else 0


def has_picture(output: dict) -> bool:
    return any(kind in output.get("data", {}) for kind in visuals.KINDS.values())


def as_output(reply: Any) -> dict | None:
    """An output in nbformat's words: text, a raster image or a table, and nothing that a browser runs."""
    if not isinstance(reply, dict):
        return None
    kind, text = reply.get("output_type"), reply.get("text")
    if kind == "stream" and isinstance(text, str):
        name = "stderr" if reply.get("name") == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": text}
    if kind in ("execute_result", "display_data") and isinstance(text, str):
        data = {"text/plain": text} | visible(reply)
        shown = {"output_type": kind, "data": data, "metadata": {}}
        return shown | ({"execution_count": None} if kind == "execute_result" else {})
    if kind == "error":
        said = [reply.get("ename"), reply.get("evalue")]
        name, message = (text[:CHARACTERS] if isinstance(text, str) else "" for text in said)
        return error_output(name, message, texts(reply.get("traceback")))
    return None


def visible(reply: dict) -> dict[str, str]:
    """A picture and a table of an output, where they are what they say."""
    found, picture = {}, reply.get("picture")
    kind = visuals.kind_of(picture) if isinstance(picture, bytes) else ""
    if kind:
        found[kind] = visuals.in_base64(picture)
    table = visuals.table(reply.get("rows"))
    if table:
        found["text/html"] = table
    return found


def built_in(name: str, message: str) -> BaseException:
    """The exception that a student's function raised, where it is one of Python's own types."""
    return exceptions.built_in(name, message.partition(": ")[2] or message)


BUILT_IN = set(dir(builtins))
