"""``tailfade kill``: every planted error has a fate, and a survivor is exit 1."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest

from paper_checks._mutants import Kill, MutantReport
from tailfade.killing import _told
from tests.inprocess import Answer, Desk

COIN = '''
"""A claim of nobody about a uniform number, with mutants of every kind."""

import numpy as np

from paper_checks._claim import Check, Claim, Source
from paper_checks._licence import Variance
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity


def uniform(seed, point, power=1.0):
    return lambda ids: np.random.default_rng(seed).random(2**17)[ids] ** power


MUTANTS = dict(
    high=Mutant(name="high", value=lambda p: 0.6),
    low=Mutant(name="low", value=lambda p: 0.4),
    tiny=Mutant(name="tiny", value=lambda p: 0.5001),
    other=Mutant(name="other process", sampler=lambda seed, p: uniform(seed, p, 2.0)),
    same=Mutant(name="same", value=lambda p: 0.5, equivalent="one half is one half", killed_by="x2000.y/law"),
    idle=Mutant(name="idle", sampler=uniform),
    mute=Mutant(name="mute", value=lambda p: 0.5),
    broken=Mutant(name="broken", value=lambda p: 1 / 0),
)
CHECK = Check(id="mean", estimand="E U", licence=Variance(of=1 / 12, because="uniform"), value=lambda p: VALUE,
              sampler=uniform, points=({},), delta=0.04, budget=BUDGET, blind={"spread": "x2000.y/law"},
              mutants=tuple(MUTANTS[name] for name in NAMES.split()))
PROOF = Identity(statement="1 = 1", sides=lambda: (1, 1))


def claim(name, **evidence):
    return Claim(id=f"nobody1900.{name}", source=Source(document="nobody1900", where="p. 1"), says="1/2",
                 relation="equal", domain={}, expected="HOLDS", **evidence)


CLAIMS = (claim("it", checks=(CHECK,)), claim("proved", proofs=(PROOF,)))
'''


@pytest.fixture
def desk(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    """Return a desk."""
    return Desk(tmp_path, monkeypatch, capsys)


def killing(desk: Desk, names: str, *words: str, value: str = "0.5", budget: int = 2**16) -> tuple[Answer, Any]:
    """Write the claim with these mutants, kill them, and return the answer with its document."""
    names, text = repr(names), COIN.replace("VALUE", value).replace("BUDGET", str(budget))
    desk.write(text.replace("NAMES", names))
    answer = desk("kill", "nobody1900.it", "--json", *words)
    return answer, json.loads(answer.out)


def test_every_mutant_has_its_fate(desk: Desk) -> None:
    answer, document = killing(desk, "high low tiny other same")
    assert answer.code == 0
    assert (document["claim"], document["complete"], document["exit_code"]) == ("nobody1900.it", True, 0)
    fates = {row["mutant"]: row for row in document["mutants"]}
    assert {name: row["fate"] for name, row in fates.items()} == {
        "high": "killed",
        "low": "killed",
        "tiny": "below the resolution",
        "other process": "killed",
        "same": "equivalent",
        "negative control +1": "killed",
        "negative control -1": "killed",
    }
    assert {row["check"] for row in document["mutants"]} == {"mean"}
    assert fates["high"]["paths"] == 4096
    assert fates["high"]["how"] == "at the only point, after 4096 paths, off by +0.2"
    assert fates["tiny"]["paths"] > 10**7
    assert fates["tiny"]["how"] == f"changes 0.0002 at most; {fates['tiny']['paths']} paths would show it"
    assert fates["same"]["how"] == "one half is one half; killed by x2000.y/law"
    assert "complete: 5 killed" in answer.err


def test_the_cheapest_kill_is_told_and_a_guard_is_quoted() -> None:
    kills = Kill("x", "n = 3", 8192, 0.1), Kill("x", "n = 9", 4096, 0.2), Kill("x", "n = 11", 16384, 0.3)
    stopped = Kill("float32", "n = 3", 0, None, "float32 where float64 is needed")
    fates = list(_told("mean", MutantReport(killed=(*kills, stopped))))
    assert [(fate.mutant, fate.paths) for fate in fates] == [("x", 4096), ("float32", 0)]
    assert fates[0].how == "at n = 9, after 4096 paths, off by +0.2"
    assert fates[1].how == "at n = 3, by a guard: float32 where float64 is needed"


@pytest.mark.parametrize(
    ("names", "said"),
    [("high idle", "had to be refuted and was not"), ("high mute", "no reason is given")],
)
def test_a_survivor_is_exit_1(desk: Desk, names: str, said: str) -> None:
    answer, document = killing(desk, names)
    assert (answer.code, document["complete"]) == (1, False)
    (survivor,) = [row for row in document["mutants"] if row["fate"] == "survived"]
    assert survivor["mutant"] == names.split()[1]
    assert said in survivor["how"]
    assert desk("verify", "nobody1900.it").code == 4


def test_a_mutant_that_fails_is_exit_4(desk: Desk) -> None:
    answer, document = killing(desk, "high broken")
    assert answer.code == 4
    assert "ZeroDivisionError" in document["mutants"][0]["how"]


def test_a_refuted_check_has_shown_that_it_can_fail(desk: Desk) -> None:
    answer, document = killing(desk, "high", value="0.6")
    assert (answer.code, [row["fate"] for row in document["mutants"]]) == (0, ["check refuted"])


def test_kill_and_verify_share_their_evidence(desk: Desk) -> None:
    _, document = killing(desk, "high")
    verdict = json.loads(desk("verify", "nobody1900.it", "--json").out)["verdicts"][0]
    assert verdict["reused"] == ["mean"]
    report = verdict["outcomes"]["mean"][0]["mutants"]
    assert {row["mutant"] for row in document["mutants"]} == {kill["name"] for kill in report["killed"]}
    assert json.loads(desk("kill", "nobody1900.it", "--json").out) == document


def test_a_budget_is_a_resolution(desk: Desk) -> None:
    _, document = killing(desk, "high low", "--budget", "quick")
    assert {row["mutant"]: row["fate"] for row in document["mutants"]}["high"] == "killed"
    assert document["budget"] == "quick"


def test_the_table_is_for_people(desk: Desk) -> None:
    killing(desk, "high tiny")
    answer = desk("kill", "nobody1900.it")
    assert "below the resolution" in answer.out
    assert answer.out.rstrip().endswith("nobody1900.it: complete: 3 killed, 1 below the resolution")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nobody1900.its", "did you mean nobody1900.it?"),
        ("nobody1900", "the id of a claim"),
        ("nobody1900.proved", "a claim with a sampled check"),
    ],
)
def test_what_has_no_mutants_is_exit_2(desk: Desk, name: str, said: str) -> None:
    killing(desk, "high")
    answer = desk("kill", name)
    assert (answer.code, answer.err.count("\n"), answer.out) == (2, 1, "")
    assert said in answer.err
