"""The lock files, the Makefile's words for a missing Python, and the README's two commands."""

from __future__ import annotations

import pathlib
import re
import subprocess
import tomllib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]
LOCKS = sorted(ROOT.glob("requirements*.lock"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_holds_hashes_and_no_address(lock: pathlib.Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    requirements = re.split(r"\n(?=\S)", text.strip())
    assert all("==" in each and "--hash=sha256:" in each for each in requirements)


def test_every_extra_has_a_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = set(project["project"]["optional-dependencies"]) - {"results"}
    assert {lock.name for lock in LOCKS} == {
        "requirements.lock",
        *(f"requirements-{extra}.lock" for extra in extras),
    }


def test_the_lock_serves_both_numeric_stacks_and_the_build() -> None:
    text = (ROOT / "requirements.lock").read_text()
    assert re.search(r"^jax==\S+ ; python_full_version < '3.12'", text, re.M)
    assert re.search(r"^jax==\S+ ; python_full_version >= '3.12'", text, re.M)
    for package in ("hatchling", "editables", "h5py", "h5netcdf", "xarray", "pytest", "ruff", "pyright"):
        assert re.search(rf"^{package}==", text, re.M), package


def set_up(tmp_path: pathlib.Path, python: str, lock: str = "requirements.lock") -> subprocess.CompletedProcess[str]:
    script = str(ROOT / "groundwork" / "setup.sh")
    return subprocess.run(["sh", script, python, lock], cwd=tmp_path, capture_output=True, text=True, check=False)


def fake_python(tmp_path: pathlib.Path, body: str) -> str:
    path = tmp_path / "python"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def test_an_old_python_gets_one_line(tmp_path: pathlib.Path) -> None:
    old = fake_python(tmp_path, 'case "$1" in -V) echo "Python 3.9.2";; *) exit 1;; esac')
    answer = set_up(tmp_path, old)
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "3.11 or newer" in answer.stderr
    assert "3.9.2" in answer.stderr


def test_a_missing_python_gets_one_line(tmp_path: pathlib.Path) -> None:
    answer = set_up(tmp_path, "no-such-python")
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "make PY=" in answer.stderr


def test_a_python_without_venv_gets_one_line(tmp_path: pathlib.Path) -> None:
    bare = fake_python(tmp_path, 'case "$2" in *ensurepip*) exit 1;; *) exit 0;; esac')
    answer = set_up(tmp_path, bare)
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "python3-venv" in answer.stderr


def test_an_unknown_extra_gets_one_line(tmp_path: pathlib.Path) -> None:
    answer = set_up(tmp_path, "python3", "requirements-nonsense.lock")
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1


def test_the_readme_begins_with_the_two_commands() -> None:
    code = re.findall(r"^```\w*\n(.*?)```", (ROOT / "README.md").read_text(), re.M | re.S)
    lines = [line.strip() for block in code for line in block.splitlines() if line.strip()]
    assert [line.split("#")[0].strip() for line in lines[:2]] == ["make", "make test"]


def test_the_main_job_is_the_doctor_and_the_verdicts() -> None:
    answer = subprocess.run(["make", "-n"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert [line for line in answer.stdout.splitlines() if line.startswith(".venv/bin/tailfade")] == [
        ".venv/bin/tailfade doctor",
        ".venv/bin/tailfade verify",
    ]
