"""Domains are enforced, resolutions keep their unit, a wrong order says only what is known."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwork.errors import BadInput
from paper_checks._domain import described, require_domain, violated
from paper_checks._fault import fault_words
from paper_checks._order import Order
from paper_checks._outcome import Outcome, Status
from paper_checks._proof import prove
from paper_checks._relations import FAILED, Conclusion, Finding, conclude
from tests.test_verdict_examine import CLAIM, LAW

MEAN_HELD = Outcome(
    status=Status.HOLDS, licence="variance", value=2.0, estimate=2.0, alpha=1e-8, looks_planned=8, gap=0.02,
    resolution=0.02, power=0.99,
)  # fmt: skip
LAW_HELD = replace(MEAN_HELD, licence="law", value=None, gap=0.013, resolution=0.012)
ZERO_HELD = replace(MEAN_HELD, value=0.0, gap=0.003, resolution=0.003)


@given(low=st.integers(-5, 5), width=st.integers(0, 5), value=st.integers(-12, 12))
def test_ends_are_included(low: int, width: int, value: int) -> None:
    high, point = low + width, {"x": value}
    assert (violated("x", (low, high), point) == "") == (low <= value <= high)
    assert (violated("x", (low, None), point) == "") == (value >= low)
    assert (violated("x", (None, high), point) == "") == (value <= high)
    assert violated("x", (low, high), point) in ("", f"{low} <= x <= {high}")


@pytest.mark.parametrize(
    ("ends", "inside", "outside"),
    [
        ("sigma > 0", [1e-9, 3], [0, -1, math.nan]),
        ("0 < sigma <= 1", [0.5, 1], [0, 1.01]),
        ("sigma >= 2*n + 1", [7, 8], [6.9]),
        ("sigma > 0 and sigma < n", [1], [0, 3]),
        ("-sigma/2 != -1", [1], [2]),
        ((0, 1), [0, 0.5, 1], [-0.1, 1.1, math.nan]),
        ({"mle", "unbiased"}, ["mle"], ["map"]),
        (lambda value: value % 2 == 0, [4], [5]),
    ],
    ids=["open", "half open", "expression", "both", "unequal", "pair", "set", "function"],
)
def test_every_kind_of_domain_is_enforced(ends: Any, inside: list[Any], outside: list[Any]) -> None:
    domain = {"n": (1, None), "sigma": ends}
    require_domain(domain)
    for value in inside:
        assert violated("sigma", ends, {"n": 3, "sigma": value}) == ""
    for value in outside:
        assert violated("sigma", ends, {"n": 3, "sigma": value}) == described("sigma", ends)


@pytest.mark.parametrize(
    "ends",
    [
        "positive", "sigma", "sigma > mu", "__import__('os')", "sigma.real > 0", "sigma > 'a'", "sigma in (1, 2)",
        "sigma > 0 or sigma < -1", "sigma**9 > 1", "sigma >", "", "sigma > 0" + " + 0" * 99, (1,), (1, 2, 3),
        (None, None), ("a", None), (math.nan, 1), 3, None, [1, 2],
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_enforced_is_refused(ends: Any) -> None:
    with pytest.raises(BadInput, match="domain of sigma"):
        require_domain({"sigma": ends})
    with pytest.raises(BadInput, match="domain of sigma"):
        replace(CLAIM, domain={**CLAIM.domain, "sigma": ends})


def test_a_point_outside_the_domain_is_refused_without_an_assumption() -> None:
    bare = replace(CLAIM, assumptions=())
    for point, said in (({"n": 1, "g": 1}, "n >= 2"), ({"n": 2, "g": 0}, "g >= 1")):
        with pytest.raises(BadInput, match=said):
            replace(bare, checks=(replace(LAW, points=(point,)),))
    with pytest.raises(BadInput, match="n > g"):
        replace(bare, domain={"n": "n > g", "g": (1, None)}, checks=(replace(LAW, points=({"n": 3, "g": 3},)),))


def test_resolutions_keep_their_unit() -> None:
    both = conclude("equal", [replace(MEAN_HELD, resolution=0.03), LAW_HELD, MEAN_HELD])
    assert both.words() == "HOLDS at resolution 1.5 %, CDF gap 0.012"
    assert both.resolution == 0.015
    assert [(each.kind, each.size) for each in both.reached] == [("relative", 0.015), ("law", 0.012)]
    law = conclude("law", [LAW_HELD])
    assert (law.words(), law.resolution) == ("HOLDS at resolution CDF gap 0.012", 0.012)
    assert conclude("equal", [ZERO_HELD]).words() == "HOLDS at resolution 0.003"
    assert conclude("equal", [replace(LAW_HELD, resolution=math.nan)]).resolution == math.inf
    assert Conclusion(Finding.UNDECIDED, "", 0.013).words() == "UNDECIDED at resolution 1.3 %"
    assert LAW_HELD.sentence().startswith("HOLDS within CDF gap 0.013 at resolution CDF gap 0.012 (power 0.99)")
    assert LAW_HELD.as_dict()["resolution_kind"] == "law"


def test_lost_paths_are_why_a_claim_is_open() -> None:
    lost = replace(MEAN_HELD, status=Status.UNDECIDED, lost=3, message="3 of 512 paths not finite")
    assert conclude("equal", [lost]).reason == "3 of 512 paths not finite"
    assert conclude("equal", [replace(lost, lost=0)]).reason == "the budget ended first"


def a_ratio() -> tuple[Any, ...]:
    import sympy

    n, g = sympy.symbols("n g", positive=True)
    return g / n + g**2 / n**2, n, g


@pytest.mark.parametrize(
    ("extra", "power", "factor", "answer", "said"),
    [
        (0, 2, 1, "shown", "slope 2.0, coefficient 9.0"),
        (0, 3, 1, "refuted", "g = 3: slope 2.0, not 3"),
        (1, 2, 1, "refuted", "g = 3: slope 1.0, not 2"),
        (0, 2, 2, "refuted", "slope 2.0, coefficient 9.0, not 18.0"),
    ],
)
def test_a_wrong_order_prints_no_coefficient(extra: int, power: int, factor: int, answer: str, said: str) -> None:
    exact, n, g = a_ratio()
    parts = exact, (g + extra) / n, n, factor * g**2
    evidence = prove(Order(statement="x", parts=lambda: parts, power=power, points=({"g": 3},)))
    assert (evidence.answer, evidence.kind) == (answer, "order")
    assert said in evidence.detail
    assert ("coefficient" in evidence.detail) == ("coefficient" in said)


def test_a_failed_step_is_no_refutation() -> None:
    step = prove(
        Order(statement="x", parts=lambda: (*a_ratio()[:1], 0, a_ratio()[1], None), power=1, points=({"g": 3},))
    )
    assert conclude("equal", [], [replace(step, kind=FAILED, answer="unsure", detail="why")]).finding is Finding.ERROR


def test_a_fault_is_said_in_one_line_with_the_line_of_the_claim() -> None:
    with pytest.raises(np.linalg.LinAlgError) as fault:
        np.linalg.inv(np.zeros((2, 2)))
    said = fault_words(fault.value)
    assert said.startswith("LinAlgError: Singular matrix (test_verdict_domain.py, line ")
    assert fault_words(ValueError("a\n  b " + "c" * 400)) == "ValueError: a b " + "c" * 283 + "…"
    assert fault_words(MemoryError()) == "MemoryError"
