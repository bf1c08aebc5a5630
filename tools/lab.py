"""Open the course in JupyterLab: `make lab`."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def lay_out_exercises(release: Path, work: Path) -> list[str]:
    """Copy each released assignment to work/ once: what a student wrote is never replaced."""
    new = [folder for folder in sorted(release.iterdir()) if folder.is_dir()]
    new = [folder for folder in new if not (work / folder.name).exists()]
    for folder in new:
        shutil.copytree(folder, work / folder.name)
    return [folder.name for folder in new]


def hiding(name: str, folders: list[Path]) -> Iterator[Path]:
    """What else has the name of the course's package where a notebook's Python looks first."""
    for folder in folders:
        yield from (found for found in (folder / f"{name}.py", folder / name) if found.exists())


def main() -> None:
    lay_out_exercises(ROOT / "release", ROOT / "work")
    beside = [ROOT / "notebooks", *sorted((ROOT / "work").iterdir())]
    for other in hiding("helpers", [*beside, Path(sysconfig.get_path("purelib"))]):
        print(f"{other} hides the course's helpers: rename it, or take it away.", flush=True)
    lessons = sorted((ROOT / "notebooks").glob("*.ipynb"))
    # A trusted notebook shows its stored steppers at once, before anything is run.
    subprocess.run(["jupyter", "trust", *map(str, lessons)], cwd=ROOT, stdout=subprocess.DEVNULL)
    # It would ask, in a pop-up over the lesson, whether to fetch news from the network.
    news = "@jupyterlab/apputils-extension:announcements"
    disable = ["jupyter", "labextension", "disable", "--level=sys_prefix", news]
    subprocess.run(disable, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    print("Lessons are in notebooks/, your own copies of the exercises in work/.", flush=True)
    first = lessons[0].relative_to(ROOT).as_posix()
    command = ["jupyter", "lab", "--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={ROOT}"]
    command += [f"--LabApp.default_url=/lab/tree/{first}", *sys.argv[1:]]
    os.chdir(ROOT)  # nbgrader reads nbgrader_config.py where the server starts
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
