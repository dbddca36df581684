"""Claims and checks as data, their discovery, and the words that relations earn."""

from __future__ import annotations

import importlib
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from scipy import stats

from groundwork.errors import BadInput
from paper_checks._claim import Source, late
from paper_checks._discovery import claims, find, papers, select
from paper_checks._evidence import Evidence
from paper_checks._examine import examine, judge
from paper_checks._families import GammaMean
from paper_checks._licence import Binary, ExactLaw
from paper_checks._mutants import Mutant
from paper_checks._outcome import Outcome, Status
from paper_checks._relations import Finding, Relation, conclude, order, relation
from tests.test_verdict_examine import CLAIM, LAW, MEAN, POINTS, TERMS, one_step_law, refit, second_moment

HELD = Outcome(
    status=Status.HOLDS,
    licence="variance",
    value=1.0,
    estimate=1.0,
    alpha=1e-8,
    looks_planned=16,
    gap=0.01,
    resolution=0.01,
    power=0.99,
)
PROVED = Evidence(statement="s", kind="identity", answer="shown", grade="proved", tool="sympy", closes=True)


@pytest.mark.parametrize(
    ("spec", "outcomes", "evidence", "finding"),
    [
        ("equal", [HELD], [PROVED], "EXACT"),
        ("equal", [HELD], [], "HOLDS"),
        ("equal", [HELD], [replace(PROVED, closes=False)], "HOLDS"),
        ("equal", [HELD], [replace(PROVED, grade="enumerated", closes=False)], "HOLDS"),
        ("equal", [], [replace(PROVED, grade="enumerated", closes=False)], "HOLDS"),
        ("equal", [], [PROVED], "EXACT"),
        ("equal", [HELD], [replace(PROVED, grade="numeric")], "HOLDS"),
        ("equal", [HELD], [replace(PROVED, answer="unsure")], "UNDECIDED"),
        ("equal", [HELD], [replace(PROVED, answer="refuted", detail="at 2")], "REFUTED"),
        ("equal", [HELD, replace(HELD, status=Status.REFUTED)], [PROVED], "REFUTED"),
        ("equal", [HELD, replace(HELD, status=Status.UNDECIDED)], [PROVED], "UNDECIDED"),
        (
            "equal",
            [replace(HELD, status=Status.REFUTED), replace(HELD, status=Status.ERROR, message="nan")],
            [],
            "ERROR",
        ),
        ("equal", [], [], "ERROR"),
        ("law", [HELD], [], "HOLDS"),
        ("monotone", [HELD], [PROVED], "EXACT"),
        ("limit", [HELD], [PROVED], "UNDECIDED"),
        ("limit", [HELD], [replace(PROVED, kind="limit")], "ASYMPTOTIC"),
        ("limit", [HELD], [replace(PROVED, kind="limit", grade="numeric")], "UNDECIDED"),
        ("order(n, 2)", [HELD], [PROVED], "UNDECIDED"),
        ("order(n, 2)", [HELD], [replace(PROVED, kind="order", grade="numeric")], "HOLDS TO ORDER"),
        ("upper", [HELD], [], "BOUND HOLDS"),
        ("lower", [replace(HELD, status=Status.REFUTED)], [], "REFUTED"),
    ],
)
def test_relations_earn_their_words(spec: str, outcomes: list[Outcome], evidence: list[Evidence], finding: str) -> None:
    assert conclude(spec, outcomes, evidence).finding.value == finding


def test_outside_the_domain_nothing_is_concluded() -> None:
    assert conclude("equal", [HELD], [PROVED], outside="n >= d + 2").finding is Finding.OUT_OF_DOMAIN
    assert CLAIM.outside({"n": 1, "g": 1}) == "n >= 2"
    assert CLAIM.outside({"g": 1}) == "a value for n"
    assert CLAIM.outside({"n": 5, "g": 1}) == ""


def test_the_worst_resolution_is_the_one_that_counts() -> None:
    rows = [HELD, replace(HELD, resolution=0.03), replace(HELD, value=None, resolution=0.02)]
    assert conclude("equal", rows).resolution == 0.03


def test_an_expected_undecided_must_reach_its_resolution() -> None:
    undecided = replace(HELD, status=Status.UNDECIDED, resolution=0.013)
    for wanted, expected in ((0.02, True), (0.01, False), (None, True)):
        claim = replace(CLAIM, expected="UNDECIDED", expected_resolution=wanted)
        assert judge(claim, {"mean": (undecided,)}).as_expected is expected


def test_relations_are_read_and_refused() -> None:
    assert relation("order(n,3)") == order("n", 3) == Relation("order", "n", 3)
    for wrong in ("order", "order(n)", "equals", "", 3, None):
        with pytest.raises(BadInput):
            relation(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"mutants": ()}, "cannot fail decides nothing"),
        ({"licence": "none"}, "tilt the measure"),
        ({"licence": None}, "tilt the measure"),
        ({"blind": {}}, "companion for 'spread'"),
        ({"blind": {}, "licence": ExactLaw(family=GammaMean(1.0), because="x")}, "companion for 'spread'"),
        ({"points": ()}, "at least one parameter point"),
        ({"id": "Mean!"}, "lower case"),
        ({"estimand": " "}, "what is averaged"),
        ({"delta": None}, "exactly one"),
        ({"gap": 0.1}, "exactly one"),
        ({"budget": 0}, "integer >= 1"),
        ({"side": "both"}, "one of lower, two, upper"),
        ({"weight": 0.0}, "> 0"),
        ({"of": "ours"}, "one of exact, printed"),
    ],
)
def test_a_check_that_cannot_decide_is_not_registered(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        replace(MEAN, **wrong)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"id": "Author.thm"}, "lower case"),
        ({"id": "author24.thm"}, "lower case"),
        ({"says": ""}, "as printed"),
        ({"checks": (), "proofs": ()}, "add a check"),
        ({"checks": (MEAN,)}, "another check of this claim"),
        ({"checks": (replace(MEAN, blind={"spread": "mean"}), LAW)}, "another check of this claim"),
        ({"checks": (MEAN, LAW, LAW)}, "ids that differ"),
        ({"checks": (replace(LAW, points=({"n": 1, "g": 1},)),)}, "n >= 2"),
        ({"checks": (replace(LAW, points=({"n": 5},)),)}, "a value for g"),
        ({"relation": "equals"}, "one of equal"),
        ({"expected": "FINE"}, "one of ASYMPTOTIC"),
    ],
)
def test_a_claim_that_is_incomplete_is_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        replace(CLAIM, **wrong)


def test_an_event_needs_no_companion_as_its_law_is_known() -> None:
    event = replace(MEAN, licence=Binary(), blind={}, value=lambda p: 0.5)
    assert event.licence.kind == "exact law"


def test_an_outcome_knows_its_point_and_seed() -> None:
    rows = examine(CLAIM.id, LAW, replace(TERMS, mutants=False))
    assert rows[0].point == {"n": 20, "g": 3}
    assert rows[0].as_dict()["seed"] == rows[0].seed is not None


def test_a_companion_may_stand_in_another_claim() -> None:
    elsewhere = replace(MEAN, blind={"spread": "author2024.law/law"})
    assert replace(CLAIM, checks=(elsewhere,)).checks == (elsewhere,)


def test_mutants_made_late_must_exist_and_differ() -> None:
    with pytest.raises(BadInput, match="cannot fail"):
        replace(MEAN, mutants=lambda: ()).planted()
    twice = (Mutant(name="x", value=second_moment),) * 2
    with pytest.raises(BadInput, match="names that differ"):
        replace(MEAN, mutants=twice).planted()


def test_dotted_names_are_resolved_late() -> None:
    assert late("paper_checks._looks.UNIT") == 256
    assert late(MEAN) is MEAN
    for wrong in ("nowhere.nothing", "math.nothing", "plain"):
        with pytest.raises(BadInput, match="imported"):
            late(wrong)


def test_a_second_hand_source_says_so() -> None:
    source = Source(document="schaeffer2025", where="section 2", second_hand="Kazdan 2024")
    assert source.sentence() == "Kazdan 2024, as cited by schaeffer2025, section 2"
    with pytest.raises(BadInput):
        Source(document="x", where="")


MODULE = """
from paper_checks._claim import Claim, Source
from paper_checks._proof import Identity
def one(name):
    return Claim(id=name, source=Source(document="d", where="w"), says="x", relation="equal", domain={},
                 expected="EXACT", tags=("algebra",), proofs=(Identity(statement="1 = 1", sides=lambda:
                 (1, 1)),))
CLAIMS = (one("%s"),)
"""


def package(folder: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str]) -> ModuleType:
    """Return a package of claim modules made for one test."""
    root = folder / "claims_of_a_test"
    root.mkdir()
    (root / "__init__.py").write_text("")
    for name, text in files.items():
        (root / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(folder))
    for name in [name for name in sys.modules if name.startswith("claims_of_a_test")]:
        monkeypatch.delitem(sys.modules, name)
    importlib.invalidate_caches()
    return importlib.import_module("claims_of_a_test")


def test_claims_are_found_by_their_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "zed2020": MODULE % "zed2020.a",
        "abel2019": MODULE % "abel2019.thm1",
        "_engine": "raise SystemExit",
    }
    root = package(tmp_path, monkeypatch, files)
    assert papers(root) == ("abel2019", "zed2020")
    assert list(claims(root)) == ["abel2019.thm1", "zed2020.a"]
    assert find("zed2020.a", root).id == "zed2020.a"
    assert [c.id for c in select(["abel2019"], root)] == ["abel2019.thm1"]
    assert len(select(["algebra"], root)) == len(select([], root)) == 2
    with pytest.raises(BadInput, match=r"did you mean zed2020\.a"):
        find("zed2020.b", root)
    with pytest.raises(BadInput, match="did you mean abel2019"):
        select(["abell2019"], root)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"abel2019": MODULE % "zed2020.a"}, r"starts with abel2019\."),
        ({"abel2019": "CLAIMS = ()"}, "at least one Claim"),
        ({"abel2019": "X = 1"}, "at least one Claim"),
        ({"abel2019": "CLAIMS = (1,)"}, "Claim objects"),
        ({"helpers": MODULE % "helpers.a"}, "leading underscore"),
        ({"abel2019": MODULE % "abel2019.a" + "CLAIMS = CLAIMS * 2"}, "no other claim has"),
    ],
)
def test_a_bad_claim_module_is_refused(
    files: dict[str, str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = package(tmp_path, monkeypatch, files)
    with pytest.raises(BadInput, match=words):
        claims(root)


def test_the_example_law_is_the_one_of_the_sampler() -> None:
    u = np.sort(one_step_law(POINTS[0])(refit(0, POINTS[0], g=1)(np.arange(4096))))
    distance = np.abs(u - (np.arange(4096) + 0.5) / 4096).max()
    assert stats.kstwo.sf(distance, 4096) > 1e-6
