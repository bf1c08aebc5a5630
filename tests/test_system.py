"""A bare machine: what is missing is installed where that is allowed, and named where it is not."""

import os

import pytest

from tools import environment, suite, system


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine with nothing on its PATH; what would be run there is written down."""
    asked: list[list[str]] = []
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(system, "ELSEWHERE", str(tmp_path / "elsewhere" / "*"))
    monkeypatch.setattr(system, "run", lambda command: asked.append(command) or False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.delenv("CI", raising=False)
    return tmp_path, asked


def program(folder, name: str) -> None:
    folder.mkdir(exist_ok=True, parents=True)
    (folder / name).write_text("#!/bin/sh\n")
    (folder / name).chmod(0o755)


def test_a_user_who_may_install_nothing_gets_one_sentence(bare):
    assert system.lacking("test") == (
        "Not on this machine: bubblewrap (the sandbox that student code is graded in) and "
        "postgresql (a server for a gradebook that is no file). On Debian or Ubuntu: "
        "sudo apt install bubblewrap postgresql. Tests that need it are skipped, and counted at the end."
    )
    assert "postgresql" not in system.lacking("grade")


def test_what_is_there_is_not_asked_for(bare):
    folder, asked = bare
    program(folder, "bwrap")
    program(folder / "elsewhere" / "15", "initdb")
    assert system.lacking("test") == "" and asked == []


def test_root_and_whoever_sudo_asks_nothing_install(bare, monkeypatch, capsys):
    folder, asked = bare
    program(folder, "apt-get")

    def run(command):
        asked.append(command)
        if "install" in command and ["update"] in [c[-1:] for c in asked]:  # not in an old list
            program(folder, "bwrap")
            return True
        return command[-1] in ("true", "update")

    monkeypatch.setattr(system, "run", run)
    assert system.lacking("grade") == ""
    assert capsys.readouterr().out == "Installing with apt: bubblewrap.\n"
    sudo, first, update, again = asked
    assert sudo == ["sudo", "-n", "true"]
    assert first == again and first[:2] == ["sudo", "-n"] and first[-1] == "bubblewrap"
    assert "--no-install-recommends" in first and update[-1] == "update"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert system.as_root() == []


def test_ci_does_not_go_on_without_what_it_tests_with(bare, monkeypatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(environment.SetupError, match="Not on this machine: bubblewrap"):
        environment.main("test")


def test_python_without_venv_gets_the_package_of_its_version(monkeypatch, tmp_path):
    """Debian keeps `ensurepip` apart; a venv that could not be made is made after its package."""
    python, asked = tmp_path / "python", []
    script = '#!/bin/sh\n[ "$1" = -c ] && echo 3 12 && exit\n'
    python.write_text(
        f'{script}[ -e {tmp_path}/there ] && exit 0\necho "ensurepip is not available"; exit 1\n'
    )
    python.chmod(0o755)
    monkeypatch.setattr(system, "install", lambda names: asked.append(names) or False)
    with pytest.raises(environment.SetupError, match=r"sudo apt install python3\.12-venv, then"):
        environment.create(tmp_path / "venv", str(python))
    monkeypatch.setattr(system, "install", lambda names: (tmp_path / "there").touch() is None)
    environment.create(tmp_path / "venv", str(python))
    assert asked == [["python3.12-venv"]]


# ---------------------------------------------------------------- what the whole suite says at its end

SAYS = "import sys; print({!r}); sys.exit({})"


def part(name: str, says: str, status: int = 0) -> suite.Part:
    return suite.Part(name, (suite.sys.executable, "-c", SAYS.format(says, status)))


def test_the_suite_ends_with_a_line_for_each_part_and_what_was_left_out(monkeypatch, capsys):
    skips = (
        "SKIPPED [3] tests/a.py:19: bubblewrap: it is not installed.\n"
        "SKIPPED [2] tests/b.py: bubblewrap: it is not installed.\n5 passed, 5 skipped in 1.00s"
    )
    rows = ((part("tests", skips),), (part("style", "fine"), part("proof", "no", status=1)))
    monkeypatch.setattr(suite, "ROWS", rows)
    monkeypatch.setattr(suite.sys, "argv", ["suite"])
    assert suite.main() == 1
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    at = lines.index("─────")
    assert [line.replace("1 s", "0 s") for line in lines[at + 1 : -1]] == [
        "tests 0 s ok, 5 skipped",
        "style 0 s ok",
        "proof 0 s FAILED (1)",
        "skipped 5: bubblewrap: it is not installed.",
    ]
    monkeypatch.setattr(suite.sys, "argv", ["suite", "--only", "style"])
    assert suite.main() == 0 and "proof" not in capsys.readouterr().out
