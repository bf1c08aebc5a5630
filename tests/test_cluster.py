"""The same class run on a Dask cluster, of which a machine is lost; and a gradebook in PostgreSQL."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from nbgrader_course import BIN, Course, run
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

pytestmark = pytest.mark.sandbox
NAME = "words"
FULL = 8  # of 10: two are given by hand
STUDENTS = [f"student{number}" for number in range(8)]
SECONDS = 120


def started(command: list[str], folder: Path, **options) -> subprocess.Popen:
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.Popen(command, cwd=folder, env=environment, **options)


def ended(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def eventually(true) -> None:
    until = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture
def course(tmp_path):
    course = Course.words(tmp_path)
    for student in STUDENTS:
        course.submit(student, course.answered(a_word=f"# {student}\n{SLOW}"))
    return course


SLOW = """
import time

time.sleep(1)

def a_word(text):
    return random.choice(words(text))
"""


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and two workers on this machine: (address, the workers' processes)."""
    port = free_port()
    address, quiet = f"tcp://127.0.0.1:{port}", {"stderr": subprocess.DEVNULL}
    scheduler = ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port)]
    worker = ["distributed.cli.dask_worker", address, "--host", "127.0.0.1", "--no-nanny",
              "--nthreads", "1", "--no-dashboard", "--local-directory", str(tmp_path)]  # fmt: skip
    with contextlib.ExitStack() as stack:
        processes = []
        for command in ([*scheduler, "--no-dashboard"], worker, worker):
            processes.append(started([sys.executable, "-m", *command], tmp_path, **quiet))
            stack.callback(ended, processes[-1])
        yield address, processes[1:]


def test_a_cluster_that_loses_a_machine_loses_no_submission(course, cluster):
    address, workers = cluster
    from distributed import Client

    with Client(address, timeout=SECONDS) as client:
        client.wait_for_workers(2, timeout=SECONDS)
        grading = started(
            [sys.executable, "-m", "grading", NAME, "--no-feedback", "--scheduler", address],
            course.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        eventually(lambda: all(client.processing().values()))
        workers[0].kill()  # it has a submission in hand
        said, complaints = grading.communicate(timeout=400)
    assert grading.returncode == 0, said + complaints
    assert "8 needs hand marking." in said
    assert {
        student: float(row["points"]) for student, row in course.rows().items()
    } == dict.fromkeys(STUDENTS, FULL)


def test_no_scheduler_at_an_address_gets_a_sentence(course):
    address = f"tcp://127.0.0.1:{free_port()}"
    grading = started(
        [sys.executable, "-m", "grading", NAME, "--scheduler", address], course.folder,
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    _, complaints = grading.communicate(timeout=SECONDS)
    assert grading.returncode == 1
    assert (
        complaints == f"No Dask scheduler answers at {address}. Start one there: dask scheduler.\n"
    )


def test_a_scheduler_without_workers_gets_a_sentence(course):
    port = free_port()
    command = ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port)]
    scheduler = started(
        [sys.executable, "-m", *command, "--no-dashboard"], course.folder, stderr=subprocess.DEVNULL
    )
    try:
        eventually(lambda: is_open(port))
        done = course.grade("--scheduler", f"tcp://127.0.0.1:{port}")
    finally:
        ended(scheduler)
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1
    assert "has no workers. Start some: dask worker tcp://127.0.0.1" in done.stderr


# ---------------------------------------------------------------- PostgreSQL


def program(name: str) -> str:
    found = shutil.which(name) or next(
        (str(p) for p in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), ""
    )
    if not found and not os.environ.get("CI"):
        pytest.skip("PostgreSQL is not installed: apt install postgresql")
    assert found, f"{name} is missing, and CI tests with a real server"
    return found


@pytest.fixture
def server(tmp_path_factory):
    """A PostgreSQL server of this test's own; yields the URL of its database."""
    folder = Path("/tmp") / f"grading-postgres-{os.getpid()}"
    folder.mkdir()
    port, as_user = free_port(), []
    if os.geteuid() == 0:  # which PostgreSQL refuses
        shutil.chown(folder, "postgres")
        as_user = ["setpriv", f"--reuid={pwd.getpwnam('postgres').pw_uid}", "--clear-groups"]
    data = str(folder / "data")
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    made = [program("initdb"), "-D", data, "-U", "grader", "-A", "trust", "-E", "UTF8"]
    subprocess.run([*as_user, *made], check=True, cwd=folder, **silent)
    command = [program("postgres"), "-D", data, "-p", str(port), "-k", str(folder),
               "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]  # fmt: skip
    process = started([*as_user, *command], folder, **silent)
    process.terminate = lambda: process.send_signal(signal.SIGINT)  # it waits for nobody then
    url = f"postgresql+psycopg://grader@127.0.0.1:{port}"
    try:
        eventually(lambda: is_open(port))
        eventually(lambda: answers(f"{url}/postgres"))
        yield f"{url}/postgres"
    finally:
        ended(process)
        shutil.rmtree(folder)


def answers(url: str) -> bool:
    """Whether it takes questions: for a moment after its start it does not."""
    try:
        with create_engine(url).connect():
            return True
    except OperationalError:
        return False


def is_open(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def test_a_class_is_graded_into_postgresql(course, server):
    config = course.folder / "nbgrader_config.py"
    config.write_text(config.read_text() + f"\nc.CourseDirectory.db_url = {server!r}\n")
    (course.folder / "gradebook.db").unlink()
    made = run(course.folder, "nbgrader", "generate_assignment", NAME, "--force")
    assert made.returncode == 0, made.stderr
    done = course.grade()
    assert done.returncode == 0, done.stdout + done.stderr
    assert {
        student: float(row["points"]) for student, row in course.rows().items()
    } == dict.fromkeys(STUDENTS, FULL)
    assert not (course.folder / "gradebook.db").exists()
    marks, points = course.marks()
    assert marks == dict.fromkeys(STUDENTS, FULL) and points == {10}


def test_a_server_that_is_not_there_gets_a_sentence(course):
    config = course.folder / "nbgrader_config.py"
    url = f"postgresql+psycopg://grader:secret@127.0.0.1:{free_port()}/marks"
    config.write_text(config.read_text() + f"\nc.CourseDirectory.db_url = {url!r}\n")
    done = course.grade()
    assert done.returncode == 1
    assert done.stderr.startswith("The gradebook postgresql+psycopg://grader:***@127.0.0.1:")
    assert "cannot be opened: " in done.stderr and "secret" not in done.stderr
