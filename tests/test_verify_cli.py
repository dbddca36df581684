"""``tailfade list``, ``show`` and ``verify``: light, exact in their exit codes, and honest about a wrong claim."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

import tailfade as tf
from paper_checks._relations import Conclusion, Finding
from tailfade.verification import Report, verify
from tests.test_cli import HEAVY, ROOT, tailfade

WRONG = '''
"""Two claims of nobody: one is right and one is off by a tenth."""

import numpy as np

from paper_checks._claim import Check, Claim, Source
from paper_checks._licence import Binary
from paper_checks._mutants import Mutant


def coin(seed, point):
    return lambda ids: np.array([np.random.default_rng((seed, int(i))).random() < 0.5 for i in ids]) * 1.0


def claim(name, value, expected):
    check = Check(id="heads", estimand="P(heads)", licence=Binary(), value=lambda point: value, sampler=coin,
                  points=({},), mutants=(Mutant(name="loaded", value=lambda point: 0.9),), gap=0.02, budget=2**16)
    return Claim(id=f"nobody1900.{name}", source=Source(document="nobody1900", where="p. 1"), says=str(value),
                 relation="equal", domain={}, expected=expected, checks=(check,))


CLAIMS = (claim("fair", 0.5, "HOLDS"), claim("loaded", 0.6, "HOLDS"), claim("known", 0.6, "REFUTED"))
'''


@pytest.fixture
def own(tmp_path: pathlib.Path) -> pathlib.Path:
    """Return a folder with a package of claims in it."""
    package = tmp_path / "own_claims"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "nobody1900.py").write_text(WRONG)
    return tmp_path


@pytest.mark.parametrize(
    "words", [["list"], ["list", "--json"], ["show", "arulandu2024.w2-mean"], ["verify", "--help"]], ids=str
)
def test_list_and_show_are_light(words: list[str]) -> None:
    script = (
        "import sys\n"
        "sys.argv = ['tailfade', *sys.argv[1:]]\n"
        "from tailfade.cli import main\n"
        "try:\n    main()\nexcept SystemExit as stop:\n    print('exit', stop.code)\n"
        f"print('loaded:', [name for name in {HEAVY} if name in sys.modules])\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script, *words], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.splitlines()[-2:] == ["exit 0", "loaded: []"]


def test_list_and_show_as_json() -> None:
    rows = {row["id"]: row for row in json.loads(tailfade("list", "--json").stdout)}
    assert rows["arulandu2024.w2-mean"]["expected"] == "REFUTED"
    facts = json.loads(tailfade("show", "gerstgrasser2024.accumulate", "--json").stdout)
    assert facts["says"].startswith(r"E_{\text{test}}^{\text{Accum}}")
    assert facts["source"].startswith("Gerstgrasser et al. 2024, as cited by slides-wright-lee")
    assert {check["id"] for check in facts["checks"]} == {"mean", "law"}
    assert set(facts) >= {"assumptions", "relation", "proofs", "expected", "domain", "bibtex", "tags", "uses"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "arulandu2024.w2-men"], "did you mean arulandu2024.w2-mean?"),
        (["verify", "gerstgraser2024"], "did you mean gerstgrasser2024?"),
        (["verify", "--budget", "huge"], "one of deep, quick, standard"),
        (["verify", "--package", "no_such_package"], "a package that can be imported"),
    ],
)
def test_what_is_not_there_is_exit_2(words: list[str], said: str) -> None:
    answer = tailfade(*words)
    assert answer.returncode == 2
    assert said in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert answer.stdout == ""


def test_a_wrong_claim_is_refuted_and_exit_1(own: pathlib.Path) -> None:
    words = ["verify", "--package", "own_claims", "--budget", "quick"]
    answer = tailfade(*words, "--json", cwd=own)
    assert answer.returncode == 1, answer.stderr
    document = json.loads(answer.stdout)
    found = {row["claim"]: row for row in document["verdicts"]}
    assert {name: (row["finding"], row["as_expected"]) for name, row in found.items()} == {
        "nobody1900.fair": ("HOLDS", True),
        "nobody1900.loaded": ("REFUTED", False),
        "nobody1900.known": ("REFUTED", True),
    }
    assert "at resolution" in found["nobody1900.fair"]["words"]
    assert "again: tailfade verify nobody1900.loaded --budget quick --package own_claims" in answer.stderr

    folder = own / "build" / "verify"
    assert json.loads((folder / "report.json").read_text())["exit_code"] == document["exit_code"] == 1
    assert "| nobody1900.loaded | REFUTED" in (folder / "report.md").read_text()
    suite = ElementTree.parse(folder / "junit.xml").getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "0")
    assert "hostname" not in suite.attrib
    written = "".join(file.read_text() for file in folder.iterdir())
    assert str(pathlib.Path.home()) not in written
    assert str(own) not in written


def test_as_expected_is_exit_0_also_for_an_expected_refutation(own: pathlib.Path) -> None:
    answer = tailfade("verify", "nobody1900.fair", "nobody1900.known", "--package", "own_claims", cwd=own)
    assert answer.returncode == 0, answer.stderr
    assert "REFUTED" in answer.stdout


def test_too_small_a_budget_is_exit_3(own: pathlib.Path) -> None:
    file = own / "own_claims" / "nobody1900.py"
    file.write_text(file.read_text().replace("budget=2**16", "budget=2**12"))
    answer = tailfade("verify", "nobody1900.fair", "--package", "own_claims", cwd=own)
    assert answer.returncode == 3, answer.stderr
    assert "UNDECIDED at resolution" in answer.stdout


def test_fresh_seeds_change_the_numbers_and_not_the_verdict(own: pathlib.Path) -> None:
    words = ["verify", "nobody1900.fair", "--package", "own_claims", "--budget", "quick", "--json"]
    first, second = (
        json.loads(tailfade(*words, *more, cwd=own).stdout)["verdicts"][0] for more in ([], ["--fresh-seeds"])
    )
    assert first["finding"] == second["finding"] == "HOLDS"
    assert first["outcomes"]["heads"][0]["seed"] != second["outcomes"]["heads"][0]["seed"]
    assert second["command"].endswith("--fresh-seeds")


def test_exit_codes_have_an_order(own: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(own))
    verdict = verify("nobody1900.fair", budget="quick", package="own_claims").verdicts[0]

    def ended(finding: Finding) -> Any:
        return replace(verdict, conclusion=Conclusion(finding, ""))

    wrong, open_end, error = (ended(each) for each in (Finding.REFUTED, Finding.UNDECIDED, Finding.ERROR))
    for verdicts, code in [
        ((verdict,), 0),
        ((verdict, wrong), 1),
        ((verdict, open_end), 3),
        ((open_end, wrong), 1),
        ((wrong, open_end, error), 4),
    ]:
        assert Report(verdicts, "quick").exit_code == code


def test_a_notebook_has_verify() -> None:
    steps: list[tuple[int, int, str]] = []
    report = tf.verify("arulandu2024.w2-variance", budget="quick", progress=lambda *step: steps.append(step))
    assert str(report).startswith("arulandu2024.w2-variance: REFUTED; the exact formula: HOLDS at resolution")
    assert report.as_dict()["verdicts"][0]["corrected_formula"]
    assert [step[:2] for step in steps] == [(i, 4) for i in range(4)]
