"""IPython without a screen: what a cell prints, shows and raises becomes text, pictures and tables."""

import contextlib
import io
import subprocess
import sys
from typing import Any, ClassVar

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from contract import limits
from grading.boundary.values import visuals

FORMS = ("text/plain", "text/html", "image/png", "image/jpeg")
HTML = 1_000_000
"""Characters in which a table is looked for."""
STOPPED = "this cell did not come to an end; it was stopped."


class Outputs:
    """The outputs of one cell in nbformat's words, up to so many characters."""

    def __init__(self, characters: int):
        self.left, self.cells = characters, []

    def text(self, name: str, text: str) -> None:
        text = self.bounded(text)
        if self.cells and self.cells[-1].get("name") == name:
            self.cells[-1]["text"] += text
        elif text:
            self.cells.append({"output_type": "stream", "name": name, "text": text})

    def shown(self, kind: str, data: dict) -> None:
        """What a cell shows: always as text, and as a picture or a table where it is one."""
        text = self.bounded(str(data.get("text/plain", "")))
        more = {"picture": picture(data), "rows": rows(data)}
        more = {name: value for name, value in more.items() if value}
        if len(more.get("picture", b"")) > visuals.PICTURE_BYTES:
            text = f"{text}\n… a picture of {len(more.pop('picture')):,} bytes is not kept …"
        if text or more:
            self.cells.append({"output_type": kind, "text": text, **more})

    def error(self, name: str, message: str, lines: list[str]) -> None:
        lines = [str(line)[:2000] for line in lines[-60:]]
        self.cells.append(
            {"output_type": "error", "ename": name, "evalue": message[:2000], "traceback": lines}
        )

    def bounded(self, text: str) -> str:
        """As much of a text as there is room for; where it ends, a line says so."""
        if len(text) <= self.left:
            self.left -= len(text)
            return text
        if not self.left:
            return ""
        kept, self.left = text[: self.left], 0
        return kept + "\n… what this cell printed after that is not kept …\n"


def picture(data: dict) -> bytes:
    """The picture among the forms of what a cell shows, which may be in text; none where there is none."""
    for kind in ("image/png", "image/jpeg"):
        found = data.get(kind)
        if found:
            return found if isinstance(found, bytes) else visuals.from_base64(found)
    return b""


def rows(data: dict) -> list:
    """The table among them, as rows of text."""
    html = data.get("text/html")
    return visuals.rows_of(html) if isinstance(html, str) and len(html) < HTML else []


class Stream(io.TextIOBase):
    def __init__(self, outputs: Outputs, name: str):
        self.outputs, self.name = outputs, name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.outputs.text(self.name, str(text))
        return len(text)


class Result(DisplayHook):
    """The value of a cell's last line."""

    def write_output_prompt(self) -> None: ...

    def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
        self.shell.outputs.shown("execute_result", format_dict)

    def quiet(self) -> bool:
        """Whether the cell ends in a semicolon; IPython would ask the history, which is not kept."""
        return self.semicolon_at_end_of_expression(self.shell.source)

    def log_output(self, format_dict: dict) -> None: ...

    def finish_displayhook(self) -> None: ...


class Publisher(DisplayPublisher):
    def publish(self, data: dict, metadata: dict | None = None, **options: Any) -> None:
        self.shell.outputs.shown("display_data", data)

    def clear_output(self, wait: bool = False) -> None: ...


class Shell(InteractiveShell):
    displayhook_class = Type(Result)
    display_pub_class = Type(Publisher)
    outputs: ClassVar[Outputs] = Outputs(0)
    source: ClassVar[str] = ""  # of the cell that runs

    @classmethod
    def made(cls) -> "Shell":
        """The one shell of this process. It keeps no history, for that takes a thread."""
        config = Config()
        config.HistoryManager.enabled = False
        config.HistoryManager.hist_file = ":memory:"
        config.InteractiveShell.colors = "nocolor"
        shell = cls.instance(config=config)
        shell.display_formatter.active_types = list(FORMS)
        return shell

    def system(self, command: str) -> None:
        """`!command`: by a pipe, for there are no terminals here."""
        both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        done = subprocess.run(self.var_expand(command, depth=1), shell=True, **both)
        print(done.stdout.decode(errors="replace"), end="")
        self.user_ns["_exit_code"] = done.returncode

    def enable_gui(self, gui: str | None = None) -> None:
        """There is no screen: figures are shown where the cell ends, as in a notebook."""

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        if etype is limits.TooLong:
            self.outputs.error(etype.__name__, STOPPED, [STOPPED])
            return
        try:
            message = str(evalue)
        except Exception:  # a student's own __str__
            message = ""
        self.outputs.error(etype.__name__, message, list(stb))

    def run(self, source: str, seconds: float, characters: int) -> list[dict]:
        """Run a cell for at most so many seconds; its outputs."""
        outputs = Shell.outputs = Outputs(characters)
        Shell.source = source
        with (
            contextlib.redirect_stdout(Stream(outputs, "stdout")),
            contextlib.redirect_stderr(Stream(outputs, "stderr")),
        ):
            try:
                with limits.time(seconds):
                    self.run_cell(source, store_history=False)
            except BaseException as error:  # what IPython lets pass
                self._showtraceback(type(error), error, [type(error).__name__])
        sys.stdout.flush()
        return outputs.cells
