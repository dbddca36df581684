"""``tailfade new-claim``: the file it writes runs as it is, and nothing that is there is touched."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys

import pytest

import paper_checks
from tailfade.claim_files import new_claim
from tests.inprocess import Desk

ROOT = pathlib.Path(__file__).resolve().parents[1]
TEMPLATE = ROOT / "paper_checks" / "_template.py"


@pytest.fixture
def desk(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    """Return a desk."""
    return Desk(tmp_path, monkeypatch, capsys)


def test_a_new_claim_passes_as_it_is(desk: Desk) -> None:
    answer = desk("new-claim", "smith2031b.drift-1", "--folder", desk.package, own=False)
    assert answer.code == 0
    assert answer.out.splitlines()[0] == f"{desk.package}/smith2031b.py"
    assert answer.out.rstrip().endswith(f"tailfade verify smith2031b.drift-1 --package {desk.package} decides it")
    verdict = desk("verify", "smith2031b.drift-1", "--budget", "quick", "--json")
    assert verdict.code == 0, verdict.err
    (row,) = json.loads(verdict.out)["verdicts"]
    assert (row["claim"], row["finding"], row["grades"]) == ("smith2031b.drift-1", "EXACT", ["proved", "sampled"])
    killed = desk("kill", "smith2031b.drift-1", "--budget", "quick", "--json")
    assert killed.code == 0
    assert {mutant["fate"] for mutant in json.loads(killed.out)["mutants"]} <= {"killed", "below the resolution"}


@pytest.mark.slow
def test_at_the_standard_budget_every_planted_error_dies(desk: Desk) -> None:
    desk("new-claim", "smith2031.drift", "--folder", desk.package, own=False)
    killed = desk("kill", "smith2031.drift", "--json")
    assert {mutant["fate"] for mutant in json.loads(killed.out)["mutants"]} == {"killed"}


def test_a_folder_becomes_a_package_and_no_file_is_touched(desk: Desk) -> None:
    folder = desk.folder / "deep" / "own"
    place = new_claim("smith2031.drift", folder)
    assert place.read_text().count("smith2031.drift") == 1
    assert "nobody1900" not in place.read_text()
    assert (folder / "__init__.py").exists()
    place.write_text("mine")
    answer = desk("new-claim", "smith2031.other", "--folder", str(folder), own=False)
    assert (answer.code, answer.err.count("\n"), answer.out) == (2, 1, "")
    assert "add the claim to its CLAIMS" in answer.err
    assert place.read_text() == "mine"
    again = desk("new-claim", "gerstgrasser2024.other", own=False)
    assert again.code == 2
    assert "gerstgrasser2024.py is there" in again.err


def test_the_default_folder_is_that_of_the_claims(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "_template.py").write_text(TEMPLATE.read_text())
    monkeypatch.setattr("tailfade.claim_files._home", lambda: tmp_path)
    assert new_claim("smith2031.drift") == tmp_path / "smith2031.py"
    assert not (tmp_path / "__init__.py").exists()


@pytest.mark.parametrize(
    "name", ["smith", "Smith2031.x", "smith2031", "smith2031.", "../x2031.y", "a-b2031.c", "s2031.X"]
)
def test_an_id_that_is_none_is_refused(desk: Desk, name: str) -> None:
    answer = desk("new-claim", name, "--folder", desk.package, own=False)
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert "such as gerstgrasser2024.replace" in answer.err
    assert sorted(file.name for file in (desk.folder / desk.package).iterdir()) == ["__init__.py"]


def test_what_is_written_is_as_clean_as_the_template(tmp_path: pathlib.Path) -> None:
    """The template is linted where it lies; a long name must not spoil what is written."""
    place = new_claim("longishname2031c.a-label-of-some-length", tmp_path / "own")
    assert max(map(len, place.read_text().splitlines())) <= 120
    compile(place.read_text(), str(place), "exec", dont_inherit=True)
    assert place.read_text().count("# CHANGE") == TEMPLATE.read_text().count("# CHANGE") >= 3


def test_the_template_is_no_claim_of_the_suite() -> None:
    from paper_checks._discovery import claims, papers

    assert not any(name.startswith("_") for name in papers(paper_checks))
    assert not any(name.startswith("nobody") for name in claims())


def test_writing_a_claim_is_light(tmp_path: pathlib.Path) -> None:
    script = (
        "import sys\nsys.argv = ['tailfade', 'new-claim', 'smith2031.x', '--folder', sys.argv[1]]\n"
        "from tailfade.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('jax', 'sympy', 'scipy') if name in sys.modules])\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "own")]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == "[]"
