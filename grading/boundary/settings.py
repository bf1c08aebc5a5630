"""What a course says to the boundary, in its nbgrader_config.py: names and program texts.

All of it is plain data, so that it travels to the examiner, into the sandbox and to a cluster.
"""

import json
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Settings:
    """``c.Examine`` has the first five (`grading.boundary.steps`), with what each of them is for."""

    setup: str = ""
    preload: str = ""
    importable: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    seeds: str = ""
    unsafe: bool = False
    root: str = ""  # the course's folder, where its own modules are

    def text(self) -> str:
        """As one argument of a command."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "Settings":
        found: dict[str, Any] = json.loads(text)
        lists = {key: tuple(value) for key, value in found.items() if isinstance(value, list)}
        return cls(**{field.name: (found | lists)[field.name] for field in fields(cls)})

    def of_results(self) -> list:
        """What a result depends on: with other settings a submission is examined again."""
        return [self.setup, self.preload, self.importable, self.silent, self.seeds]
