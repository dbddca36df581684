"""The command line as scripts and people use it: modules, exit codes, JSON, records, interruptions."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import sys
import time
from typing import Any

import numpy as np
import pytest

import tailfade as tf
from figures._figure import Record
from groundwork.errors import MissingExtra
from sims.catalog import process_classes, workflow_classes

ROOT = pathlib.Path(__file__).resolve().parents[1]
HEAVY = ("jax", "sympy", "scipy", "matplotlib", "numpy.random", "xarray")
SMALL = ["-n", "20", "-g", "4", "--seeds", "3000"]


def tailfade(*words: str, cwd: pathlib.Path = ROOT, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, on this tree."""
    env = os.environ | {"PYTHONPATH": str(ROOT), "JAX_COMPILATION_CACHE_DIR": str(ROOT / ".cache" / "jax")}
    command = [sys.executable, "-m", "tailfade", *words]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, **more)


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["simulate", "--help"], ["value", "--list"], []], ids=str)
def test_help_is_light(words: list[str]) -> None:
    script = (
        "import sys\n"
        "sys.argv = ['tailfade', *sys.argv[1:]]\n"
        "from tailfade.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print('loaded:', [name for name in {HEAVY} if name in sys.modules])\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script, *words], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.splitlines()[-1] == "loaded: []"


def test_importing_the_facade_is_light() -> None:
    script = f"import sys, tailfade; print([name for name in {HEAVY} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["valu"], 2, "No such command"),
        (["simulate", "gaussian", "--bogus"], 2, "No such option"),
        (["simulate", "gausian"], 2, "did you mean gaussian?"),
        (["simulate", "gaussian", "--metric", "excess_risk"], 2, "one that Gaussian has"),
        (["simulate", "gaussian", "-n", "1"], 2, "needs n >= 2"),
        (["simulate", "gaussian", "--set", "sigma"], 2, "key=value"),
        (["simulate", "gaussian", "--set", "sigma=-1"], 2, "sigma = -1"),
        (["simulate", "linear(d=5)", "-n", "6"], 2, "n >= d + 2 = 7"),
        (["simulate", "gaussian", "--workflow", "__import__('os')"], 2, "__import__"),
        (["value", "gaussian.w2_men", "n=20", "g=5"], 2, "gaussian.w2_mean"),
        (["value", "gaussian.w2_mean", "n=1", "g=5"], 2, "n = 1"),
        (["value"], 2, "QUANTITY"),
        (["value", "--batch", "no-such-file"], 2, "no-such-file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)  # fmt: skip
def test_bad_input_is_one_line_and_exit_2(words: list[str], code: int, said: str) -> None:
    answer = tailfade(*words)
    assert answer.returncode == code
    assert said in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert answer.stdout == ""


def test_a_defect_is_exit_4() -> None:
    script = (
        "import tailfade.values, sys\n"
        "def broken(*_): raise ZeroDivisionError\n"
        "tailfade.values.evaluate = broken\n"
        "sys.argv = ['tailfade', 'value', 'gaussian.w2_mean', 'n=20', 'g=5']\n"
        "from tailfade.cli import main\n"
        "main()\n"
    )
    answer = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 4
    assert "defect of tailfade" in answer.stderr


def test_value_prints_formula_value_and_source() -> None:
    answer = tailfade("value", "gaussian.w2_mean", "n=20", "g=5")
    assert answer.returncode == 0
    assert "0.3772873" in answer.stdout
    assert "arulandu2024" in answer.stdout
    document = json.loads(tailfade("value", "gaussian.w2_mean", "n=20", "g=5", "--json").stdout)
    assert document == {"name": "gaussian.w2_mean", "params": {"n": 20, "g": 5}, "value": pytest.approx(0.37728738)}


def test_a_batch_answers_every_line() -> None:
    lines = [
        {"name": "gaussian.w2_mean", "params": {"n": 20, "g": 5}},
        {"name": "gaussian.w2_mean", "params": {"n": 1, "g": 5}},
        {"name": "nothing.here", "params": {}},
        "not json",
        {"name": "linear.risk", "params": {"workflow": "replace", "design": "fixed", "n": 20, "d": 4, "g": 3}},
    ]
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n"
    answer = tailfade("value", "--batch", "-", "--json", input=text)
    assert answer.returncode == 0
    found = [json.loads(line) for line in answer.stdout.splitlines()]
    assert ["value" in each for each in found] == [True, False, False, False, True]
    assert found[4]["value"] == pytest.approx(3 * 4 / 15)


def test_a_simulation_leaves_a_record(tmp_path: pathlib.Path) -> None:
    words = ["simulate", "gaussian", "--workflow", "accumulate", *SMALL, "--metric", "w2"]
    people = tailfade(*words, "--plot", cwd=tmp_path)
    assert people.returncode == 0, people.stderr
    for heading in ("mean", "99 % interval", "median", "lost", "closed form"):
        assert heading in people.stdout
    folder = next((tmp_path / "build" / "runs").iterdir())
    assert folder.name in people.stdout.replace("\n", "")
    assert (folder / "figure.png").stat().st_size > 5000

    document = json.loads(tailfade(*words, "--json", "--quiet", cwd=tmp_path).stdout)
    rows = document["rows"]
    assert [row["generation"] for row in rows] == [1, 2, 3, 4]
    assert all(abs(row["mean"] / row["closed_form"] - 1) < 0.2 for row in rows)
    assert all(row["low"] < row["mean"] < row["high"] for row in rows)
    manifest = document["manifest"]
    assert manifest["x64"] is True
    assert manifest["seeds"] == 3000
    text = json.dumps(manifest)
    assert str(pathlib.Path.home()) not in text
    assert str(tmp_path) not in text

    loaded = tf.load(folder)
    np.testing.assert_allclose(loaded["mean"], [row["mean"] for row in rows])
    assert json.loads(loaded.attrs["manifest"])["seeds"] == 3000
    data = Record.read(folder)
    np.testing.assert_allclose(data["mean"], loaded["mean"])
    np.testing.assert_allclose(data["closed_form"], [row["closed_form"] for row in rows])
    np.testing.assert_allclose(data["pull"] * data["half"] / 3, data["mean"] - data["closed_form"])


def test_medians_where_the_mean_is_infinite(tmp_path: pathlib.Path) -> None:
    answer = tailfade(
        "simulate", "linear(d=5)", "-n", "6", "-g", "3", "--seeds", "3000", "--medians", "--json", cwd=tmp_path
    )
    rows = json.loads(answer.stdout)["rows"]
    assert all(row["mean"] is None and row["median"] > 0 for row in rows)


def test_an_interrupt_is_130_and_resumable(tmp_path: pathlib.Path) -> None:
    words = ["simulate", "gaussian", "-n", "20", "-g", "60", "--metric", "w2", "--block", "4096", "--json"]
    env = os.environ | {"PYTHONPATH": str(ROOT), "JAX_COMPILATION_CACHE_DIR": str(ROOT / ".cache" / "jax")}
    command = [sys.executable, "-m", "tailfade", *words, "--seeds", "4000000"]
    worker = subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not list(tmp_path.glob("build/runs/*/blocks/block-*.npz")) and worker.poll() is None:
        time.sleep(0.01)
    worker.send_signal(signal.SIGINT)
    out, err = worker.communicate(timeout=120)
    assert worker.returncode == 130
    assert "--resume" in err
    assert out == ""
    # The finished blocks serve a run of fewer seeds, to the bit of a run from nothing.
    resumed = json.loads(tailfade(*words, "--seeds", "8192", "--resume", cwd=tmp_path).stdout)
    fresh = json.loads(tailfade(*words, "--seeds", "8192", "--out", "elsewhere", cwd=tmp_path).stdout)
    assert resumed["rows"] == fresh["rows"]


def test_a_strangers_files_are_left_alone(tmp_path: pathlib.Path) -> None:
    (tmp_path / "mine" / "blocks").mkdir(parents=True)
    (tmp_path / "mine" / "blocks" / "thesis.txt").write_text("years of work")
    answer = tailfade("simulate", "location", *SMALL, "--out", "mine", cwd=tmp_path)
    assert answer.returncode == 2
    assert (tmp_path / "mine" / "blocks" / "thesis.txt").read_text() == "years of work"


def test_a_file_for_a_folder_is_one_line(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").touch()
    answer = tailfade("simulate", "location", *SMALL, "--out", "file", cwd=tmp_path)
    assert answer.returncode == 2
    assert answer.stderr.count("\n") == 1


def test_a_batch_of_noise_answers_in_errors(tmp_path: pathlib.Path) -> None:
    (tmp_path / "noise").write_bytes(bytes(range(256)))
    answer = tailfade("value", "--batch", "noise", cwd=tmp_path)
    assert answer.returncode == 0
    assert all("error" in json.loads(line) for line in answer.stdout.splitlines())


def test_two_runs_do_not_share_a_folder(tmp_path: pathlib.Path) -> None:
    import filelock

    folder = tmp_path / "run"
    folder.mkdir()
    with filelock.FileLock(folder / ".lock"):
        answer = tailfade("simulate", "location", *SMALL, "--out", "run", cwd=tmp_path)
    assert answer.returncode == 2
    assert "no other run is writing" in answer.stderr


def test_help_names_every_process_and_workflow() -> None:
    text = " ".join(tailfade("simulate", "--help").stdout.replace("│", " ").split())
    assert all(name in text for name in [*process_classes(), *workflow_classes()])


def test_doctor_says_what_is_missing() -> None:
    answer = tailfade("doctor", "--json")
    assert answer.returncode == 0, answer.stderr
    report = json.loads(answer.stdout)
    assert report["check"] == "ok"
    assert report["x64"] is True
    assert set(report["extras"]) >= {"certify", "vision", "hub", "demos", "docs"}


def test_a_missing_extra_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(MissingExtra, match="make EXTRA=results"):
        tf.load(tmp_path)


def test_a_package_of_claims_is_found_in_the_working_folder(tmp_path: pathlib.Path) -> None:
    assert tailfade("new-claim", "smith2031.drift", "--folder", "own", cwd=tmp_path).returncode == 0
    # The installed command has its own folder first on the path, not the working one.
    command = "import sys; sys.path.remove('') if '' in sys.path else None; from tailfade.cli import main; main()"
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
    listed = subprocess.run(
        [sys.executable, "-c", command, "list", "--package", "own", "--json"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
    )
    assert [row["id"] for row in json.loads(listed.stdout)] == ["smith2031.drift"], listed.stderr


@pytest.mark.parametrize("name", ["../own", "", "own folder", "json.decoder"])
def test_what_is_no_package_is_refused_in_a_line(name: str, tmp_path: pathlib.Path) -> None:
    answer = tailfade("list", "--package", name, cwd=tmp_path)
    assert answer.returncode == 2
    assert answer.stderr.startswith("tailfade: package = ")
