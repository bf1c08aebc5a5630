"""IPython without a screen: what a cell prints, shows and raises becomes text, pictures and tables."""

import ast
import contextlib
import io
import subprocess
import sys
import traceback
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
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
STATEMENTS = 20
"""Of a cell that may stop, before the rest of it is left."""
BACKEND = "module://matplotlib_inline.backend_inline"
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

    def error(self, name: str, message: str, lines: list[str], at: int = 0) -> None:
        """``at`` is the cell's line that it comes from; 0 where that is not known."""
        lines = [str(line)[:2000] for line in lines[-60:]]
        said = {"ename": name, "evalue": message[:2000], "traceback": lines, "at": at}
        self.cells.append({"output_type": "error", **said})

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


class Nothing:
    """Stands for what only a notebook's server has: whatever is asked of it, nothing happens."""

    def __getattr__(self, name: str) -> "Nothing":
        return self

    def __call__(self, *args: Any, **options: Any) -> "Nothing":
        return self


class Inline(PathFinder):
    """Finds matplotlib, and lets it draw as in a notebook, whatever is asked for: there is no screen."""

    @classmethod
    def find_spec(cls, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        spec = super().find_spec(name, path, target) if name == "matplotlib" else None
        if spec is not None:
            load = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                load(module)
                cls.only(module)

            spec.loader.exec_module = exec_module
        return spec

    @staticmethod
    def only(matplotlib: ModuleType) -> None:
        use = matplotlib.use
        matplotlib.use = lambda backend=None, *args, **options: use(BACKEND)


class Shell(InteractiveShell):
    kernel = Nothing()
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
        if "matplotlib" in sys.modules:
            Inline.only(sys.modules["matplotlib"])
        else:
            sys.meta_path.insert(0, Inline)
        return shell

    def system(self, command: str) -> None:
        """`!command`: by a pipe, for there are no terminals here."""
        both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        done = subprocess.run(self.var_expand(command, depth=1), shell=True, **both)
        print(done.stdout.decode(errors="replace"), end="")
        self.user_ns["_exit_code"] = done.returncode

    def enable_gui(self, gui: str | None = None) -> None:
        """There is no screen: figures are shown where the cell ends, as in a notebook."""

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        if self.find_line_magic(magic_name) is None:
            return print(f"%{magic_name} does nothing here.")
        return super().run_line_magic(magic_name, line, _stack_depth + 1)

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        if etype is limits.TooLong:
            self.outputs.error(etype.__name__, STOPPED, [STOPPED])
            return
        try:
            message = str(evalue)
        except Exception:  # a student's own __str__
            message = ""
        at = (evalue.lineno or 0) if isinstance(evalue, SyntaxError) else self.line(evalue)
        self.outputs.error(etype.__name__, message, list(stb), at)

    def line(self, error: BaseException) -> int:
        """The line of the cell that an exception came through; 0 where it is none of its lines."""
        for frame, line in traceback.walk_tb(error.__traceback__):
            if frame.f_code.co_name == "<module>" and frame.f_globals is self.user_global_ns:
                return line
        return 0

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
                    self.run_statements(source)
            except BaseException as error:  # what IPython lets pass
                self._showtraceback(type(error), error, [type(error).__name__])
        sys.stdout.flush()
        return outputs.cells

    def run_statements(self, source: str) -> None:
        """Run a cell; where a statement stops, those after it still run, each for itself.

        A package that is not there costs what needs it, and not the imports that come after.
        """
        for _ in range(STATEMENTS):
            done = self.run_cell(source, store_history=False)
            error = done.error_in_exec
            if not isinstance(error, Exception) or isinstance(error, limits.TooLong):
                return
            end = self.end_of_statement(source, self.line(error))
            lines = source.split("\n")
            if not end or not "".join(lines[end:]).strip():
                return
            source = "\n".join(["#"] * end + lines[end:])  # the lines keep their numbers

    def end_of_statement(self, source: str, line: int) -> int:
        """The last line of the statement that a line belongs to; 0 where there is none."""
        try:
            statements = ast.parse(self.transform_cell(source)).body
        except SyntaxError:
            return 0
        return next((s.end_lineno for s in statements if s.lineno <= line <= s.end_lineno), 0)
