"""What README, CONTRIBUTING and the pages show is true: commands parse and run, examples work, names are there."""

from __future__ import annotations

import doctest
import itertools
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tomllib

import pytest
import typer.main

from tailfade.cli import app

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
EXAMPLES = ROOT / "docs" / "examples"
SHELL = re.compile(r"^```(?:sh|console)\n(.*?)^```", re.M | re.S)

#: Put the example files where a reader would put them, and do the rest as the command line does.
AS_IF_THERE = f"""
import doctest, importlib, sys
for room in ("sims.processes", "sims.workflows", "sims.metrics", "theory"):
    importlib.import_module(room).__path__.append({str(EXAMPLES)!r} + "/" + room.rpartition(".")[2])
"""


def commands(page: pathlib.Path) -> list[list[str]]:
    """Return the words of each ``tailfade`` line in the page's shell blocks."""
    lines = [line.removeprefix("$ ") for block in SHELL.findall(page.read_text()) for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("tailfade ")]


SHOWN = [(page.name, words) for page in PAGES for words in commands(page)]
IN_README = [words for page, words in SHOWN if page == "README.md"]


def script(text: str, *words: str, cwd: pathlib.Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own, on this tree."""
    env = os.environ | {"PYTHONPATH": str(ROOT), "JAX_COMPILATION_CACHE_DIR": str(ROOT / ".cache" / "jax")}
    command = [sys.executable, "-c", text, *words]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)


COMMAND_LINE = "import sys; sys.argv[0] = 'tailfade'; from tailfade.cli import main; main()"


@pytest.mark.parametrize("words", [words for _, words in SHOWN], ids=[f"{page}: {' '.join(w)}" for page, w in SHOWN])
def test_a_shown_command_parses(words: list[str]) -> None:
    group = typer.main.get_command(app)
    with group.make_context("tailfade", list(words)) as context:
        name, command, rest = group.resolve_command(context, list(words))  # type: ignore[attr-defined]
        with command.make_context(name, rest, parent=context) as inner:
            assert inner.command.name == words[0]


def test_the_readme_shows_both_commands() -> None:
    assert {words[0] for words in IN_README} >= {"simulate", "value"}


def _once_a_verb(commands: list[list[str]]) -> list:
    """Return the commands, all but the first of each verb marked slow: each starts jax and compiles its loop."""
    seen: set[str] = set()
    marked = []
    for words in commands:
        marks = [pytest.mark.slow] if words[0] in seen else []
        marked.append(pytest.param(words, marks=marks, id=" ".join(words)))
        seen.add(words[0])
    return marked


@pytest.mark.parametrize("words", _once_a_verb(IN_README))
def test_a_command_of_the_readme_runs(words: list[str], tmp_path: pathlib.Path) -> None:
    small = ["--seeds", "512"] if words[0] == "simulate" else []
    answer = script(COMMAND_LINE, *words, *small, cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    shown = _printed(words)
    if words[0] == "value" and shown:
        assert answer.stdout.split() == shown.split()
    elif shown:
        # The title and the exact column; sampled digits may differ on another version of jax.
        assert answer.stdout.splitlines()[0].strip() == shown.splitlines()[0].strip()
        assert _exact(shown).items() <= _exact(answer.stdout).items()
        assert len(_exact(shown)) >= 3


def _printed(words: list[str]) -> str:
    for block in SHELL.findall((ROOT / "README.md").read_text()):
        first, _, rest = block.partition("\n")
        if first.startswith("$ tailfade ") and shlex.split(first)[2:] == words:
            return rest
    return ""


def _exact(table: str) -> dict[str, str]:
    rows = [line.split("│") for line in table.splitlines() if line.startswith("│")]
    return {cells[1].strip(): cells[-2].strip() for cells in rows}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_examples_of_a_page_work(page: pathlib.Path) -> None:
    result = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert result.failed == 0


def test_every_dependency_has_its_sentence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lists = [
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
        project["build-system"]["requires"],
    ]
    wanted = [each for each in itertools.chain(*lists) if isinstance(each, str)]
    named = {re.split(r"[^A-Za-z0-9_-]", each)[0] for each in wanted}
    page = (ROOT / "CONTRIBUTING.md").read_text()
    assert sorted(name for name in named if f"**{name}**" not in page) == []
    assert sorted(extra for extra in project["project"]["optional-dependencies"] if f"`{extra}`" not in page) == []


def test_the_metric_of_contributing_is_the_example() -> None:
    block = re.findall(r"^```python\n(.*?)^```", (ROOT / "CONTRIBUTING.md").read_text(), re.M | re.S)
    assert block == [(EXAMPLES / "metrics" / "exponential.py").read_text()]


def test_the_example_files_are_found_where_they_belong() -> None:
    tests = (
        "for name in ('sims.processes.exponential', 'sims.workflows.fade', 'theory.exponential'):\n"
        "    import tailfade.setup; tailfade.setup.prepare()\n"
        "    result = doctest.testmod(importlib.import_module(name))\n"
        "    assert result.attempted and not result.failed, name\n"
        "from theory.quantity import find\n"
        "from sims.catalog import process_classes, workflow_classes\n"
        "from sims import metrics\n"
        "find('exponential.scale_error_mean'), process_classes()['exponential'], workflow_classes()['fade']\n"
        "metrics.find('scale_error')\n"
    )
    answer = script(AS_IF_THERE + tests)
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize(
    "words",
    [words for page, words in SHOWN if page == "extend.md"],
    ids=" ".join,
)
def test_the_commands_on_the_examples_run(words: list[str], tmp_path: pathlib.Path) -> None:
    small = ["--seeds", "512", "-g", "3"] if words[0] == "simulate" else []
    answer = script(AS_IF_THERE + COMMAND_LINE, *words, *small, cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr


def test_the_example_process_has_its_closed_form_by_both_roads() -> None:
    # Six standard errors of a mean of 20000, at two generations and by two roads: wrong in 1e-8 of all roots.
    text = (
        "import tailfade as tf, numpy as np\n"
        "from sims.processes.exponential import Exponential\n"
        "from sims.workflows.fade import Fade\n"
        "from theory.exponential import scale_error_mean\n"
        "for road in ('chain', 'samples'):\n"
        "    loop = Exponential(scale=3.0), tf.Replace(), 'scale_error'\n"
        "    found = tf.summary(*loop, seeds=20_000, n=4, generations=3, road=road)\n"
        "    for g in (1, 3):\n"
        "        pull = (found.mean[g - 1] - scale_error_mean(n=4, g=g)) / found.standard_error[g - 1]\n"
        "        assert abs(pull) < 6, (road, g, pull)\n"
        "same = [tf.trajectories(tf.Gaussian(), workflow, 'w2', seeds=4, n=9, generations=4, road='moments')\n"
        "        for workflow in (Fade(0), tf.Accumulate())]\n"
        "np.testing.assert_allclose(*same, rtol=1e-10)\n"
    )
    answer = script(AS_IF_THERE + text)
    assert answer.returncode == 0, answer.stderr
