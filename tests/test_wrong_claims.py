"""Wrong claim files, dropped into ``paper_checks/``, come out refuted; what cannot be decided does not hold.

Every claim is about one loop, sampled by one compiled program: the location family refitted on its own draws.
"""

from __future__ import annotations

import json
import pathlib
import sys
from typing import Any

import pytest

import paper_checks
from tests.inprocess import Desk

CLAIM = '''
"""A claim of nobody about the squared error of a refitted mean: E theta_g^2 = g sigma^2/n."""

import os

import numpy as np

from paper_checks._claim import Check, Claim, Source
from paper_checks._licence import Variance, WholeLaw
from paper_checks._looks import Looks
from paper_checks._mutants import Mutant
from paper_checks._simulated import paths

LOOKS = Looks(first=4096, count=6)
POINTS = ({"n": 10, "g": 1, "sigma": 1.0}, {"n": 20, "g": 4, "sigma": 1.5})
loop = paths("location(sigma={sigma})", "replace", "square_error", n="n", generations=4, at="g")


def truth(p):
    return p["g"] * p["sigma"] ** 2 / p["n"]


def value(p):
    return VALUE


def law(p):
    from scipy import special

    return lambda x: special.chdtr(1, x / truth(p))


def sampler(seed, p):
    draw = loop(seed, p)
    return SAMPLER


def claim(name, expected, relation="equal", side="two"):
    mean = Check(id="mean", estimand="E theta_g^2", licence=Variance(of=lambda p: 2 * truth(p) ** 2, because="normal"),
                 value=value, sampler=sampler, points=POINTS, delta=0.06, looks=LOOKS, budget=2**17, side=side,
                 truth=truth, blind={"spread": "law"},
                 mutants=(Mutant(name="half", value=lambda p: truth(p) * (2 if side == "lower" else 0.5)),))
    whole = Check(id="law", estimand="the law of theta_g^2", licence=WholeLaw(), value=law, sampler=loop,
                  points=POINTS[:1], gap=0.1, looks=LOOKS, budget=2**14,
                  mutants=(Mutant(name="twice", value=lambda p: lambda x: law(p)(x / 2)),))
    return Claim(id=f"nobody1900.{name}", source=Source(document="nobody1900", where="p. 1"), says="...",
                 relation=relation, domain={"n": (1, None), "g": (1, 4), "sigma": "sigma > 0"}, expected=expected,
                 checks=(mean, whole))


CLAIMS = (CALL,)
'''


def text(value: str = "truth(p)", call: str = 'claim("it", "HOLDS")', sampler: str = "draw") -> str:
    """Return the file of a claim with a value of its own."""
    return CLAIM.replace("VALUE", value).replace("SAMPLER", sampler).replace("(CALL,)", f"({call},)")


UPPER, LOWER = (f'claim("it", "BOUND HOLDS", relation="{side}", side="{side}")' for side in ("upper", "lower"))
WRONG = {
    "a wrong constant": text("1.1 * truth(p)"),
    "an index shifted by one": text('truth({**p, "g": p["g"] + 1})'),
    "a missing factor": text('truth(p) / p["sigma"]'),
    "n for n - 1": text('truth({**p, "n": p["n"] - 1})'),
    "an upper bound that is a lower one": text("0.8 * truth(p)", UPPER),
    "a lower bound that is an upper one": text("1.25 * truth(p)", LOWER),
    "an expected refutation of what is right": text(call='claim("it", "REFUTED")'),
}


@pytest.fixture
def desk(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    """Return a desk whose package is searched as if its files lay in paper_checks/."""
    made = Desk(tmp_path, monkeypatch, capsys)
    monkeypatch.setattr(paper_checks, "__path__", [*paper_checks.__path__, str(tmp_path / made.package)])
    return made


def dropped(desk: Desk, file: str, *words: str) -> tuple[int, dict[str, Any]]:
    """Drop a file into paper_checks/, verify it and return the exit code with the row of its claim."""
    desk.write(file)
    try:
        answer = desk("verify", "nobody1900", "--json", *words, own=False)
    finally:
        sys.modules.pop("paper_checks.nobody1900", None)
        paper_checks.__dict__.pop("nobody1900", None)
    (row,) = json.loads(answer.out)["verdicts"]
    return answer.code, row


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_claim_is_exit_1(desk: Desk, kind: str) -> None:
    code, row = dropped(desk, WRONG[kind])
    assert (code, row["as_expected"]) == (1, False)
    assert row["finding"] == ("HOLDS" if "refutation" in kind else "REFUTED")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (text(), "HOLDS at resolution 5"),
        (text("1.25 * truth(p)", UPPER), "BOUND HOLDS, slack at least"),
        (text("0.8 * truth(p)", LOWER), "BOUND HOLDS, slack at least"),
        (text("1.1 * truth(p)", 'claim("it", "REFUTED")'), "REFUTED"),
    ],
)
def test_a_right_expectation_is_exit_0(desk: Desk, file: str, words: str) -> None:
    code, row = dropped(desk, file)
    assert (code, row["as_expected"]) == (0, True)
    assert row["words"].startswith(words)


def test_paths_that_are_not_finite_leave_a_claim_undecided(desk: Desk) -> None:
    code, row = dropped(desk, text(sampler="lambda ids: np.where(ids % 1000 == 7, np.nan, draw(ids))"))
    assert (code, row["finding"]) == (3, "UNDECIDED")
    assert "a mean over survivors is another quantity" in row["reason"]
    assert "paths 7, 1007" in row["reason"]
    assert [outcome["lost"] > 0 for outcome in row["outcomes"]["mean"]] == [True, True]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (text(sampler='(_ for _ in ()).throw(ValueError("no such law"))'), "sampling failed: ValueError: no such law"),
        (text(sampler="lambda ids: draw(ids)[:, 0]"), "sampling failed: IndexError"),
        (text("1 / (p['g'] - 1)"), "no claimed value at {'n': 10, 'g': 1, 'sigma': 1.0}: ZeroDivisionError"),
        (text(sampler="lambda ids: draw(ids).astype(np.float32)"), "float32 where float64 is needed"),
    ],
)
def test_an_exception_is_an_error_of_that_check_and_others_go_on(desk: Desk, file: str, said: str) -> None:
    code, row = dropped(desk, file)
    assert (code, row["finding"]) == (4, "ERROR")
    assert row["reason"].startswith(said)
    assert row["outcomes"]["law"][0]["status"] == "HOLDS"
    assert str(desk.folder) not in json.dumps(row)
    if "ZeroDivisionError" in said:
        line = next(i for i, each in enumerate(file.splitlines(), 1) if "p['g'] - 1" in each)
        assert row["reason"].endswith(f"(nobody1900.py, line {line})")


def test_a_mutant_that_fails_is_an_error(desk: Desk) -> None:
    code, row = dropped(desk, text().replace("truth(p) * (2 if", "truth({}) * (2 if"))
    assert (code, row["finding"]) == (4, "ERROR")
    assert row["reason"].startswith("the mutants could not be run: KeyError: 'g'")


def test_a_proof_that_fails_is_an_error(desk: Desk) -> None:
    proof = "from paper_checks._proof import Identity\nPROOF = Identity(statement='1 = 1', sides=lambda: 1 / 0)\n"
    code, row = dropped(desk, proof + text().replace("checks=(mean, whole)", "checks=(mean, whole), proofs=(PROOF,)"))
    assert (code, row["finding"]) == (4, "ERROR")
    assert row["reason"].startswith("1 = 1: the step failed: ZeroDivisionError")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("1 +", "SyntaxError"),
        ("import no_such_module_at_all", "No module named 'no_such_module_at_all'"),
        (text().replace('"g": 4', '"g": 5'), "1 <= g <= 4"),
        (text().replace('"sigma": 1.5', '"sigma": -1.5'), "sigma > 0"),
    ],
)
def test_a_file_that_is_no_claim_is_one_line_and_exit_2(desk: Desk, file: str, said: str) -> None:
    desk.write(file)
    answer = desk("verify")
    assert answer.code == 2
    assert said in answer.err
    assert answer.err.count("\n") == 1
