r"""Suresh et al. 2024: how long the symbols of a refitted discrete law survive.

The paper itself was not read: its theorems are taken from a summary of arXiv 2412.17646, its numbers from the published
notebook. :math:`\lambda_i = n p_i` is the expected count of a symbol in the first sample, k the generation.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from paper_checks import _branching, _chance
from paper_checks._claim import Check, Claim, Source
from paper_checks._enumerate import Enumeration
from paper_checks._frequencies import alone_after
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant

__all__ = ["BIBTEX", "CLAIMS", "SUMMARY", "branching_survival", "made", "printed_survival", "survival"]

Point = Mapping[str, Any]
BIBTEX = """@misc{suresh2024,
  author = {Suresh, Ananda Theertha and Thangaraj, Andrew and Khandavally, Aditya Nanda Kishore},
  title = {Rate of Model Collapse in Recursive Training},
  year = {2024}, eprint = {2412.17646}, archivePrefix = {arXiv}
}"""
SUMMARY = "a summary of arXiv 2412.17646"
WORK = "Suresh et al. 2024"

SYMBOL = Loop(
    process="wright_fisher(p=[{p}, {q}])",
    workflow="replace",
    metric="frequency",
    n="n",
    at="g",
    outcome=lambda x, point: (x[:, -1] > 0).astype(float),
)

SHARES: tuple[Point, ...] = ({"n": 16, "g": 1, "p": 0.125, "q": 0.875}, {"n": 16, "g": 6, "p": 0.125, "q": 0.875})
NOTEBOOK: tuple[Point, ...] = tuple({"n": 100, "g": g, "p": 0.01, "q": 0.99} for g in (1, 5, 10))
DISCRETE = {"n": (2, None), "g": (1, None), "p": "0 < p < 1", "q": "p + q == 1"}
SHARE_SLIPS = ("generation off by one", "key reused over paths")


def survival(point: Point) -> float:
    """Return P(the symbol is there at generation g), from its two-type chain.

    >>> survival({"n": 2, "g": 1, "p": 0.5})
    0.75
    """
    from theory.quantity import find

    return 1 - find("discrete.loss_probability").evaluate({name: point[name] for name in ("p", "n", "g")})


def printed_survival(point: Point) -> float:
    """Return the printed lower bound on it, 1 - exp(-n p/g).

    >>> round(printed_survival({"n": 2, "g": 1, "p": 0.5}), 6)
    0.632121
    """
    return -math.expm1(-point["n"] * point["p"] / point["g"])


def branching_survival(point: Point) -> float:
    """Return the lower bound with w_g in place of 1/g, which is exact for Poisson counts.

    >>> round(branching_survival({"n": 100, "g": 10, "p": 0.01}), 5)
    0.15824
    """
    return -math.expm1(-point["n"] * point["p"] * _branching.exponent(point["g"]))


def survival_form() -> Any:
    """Return the printed bound, 1 - exp(-n p/g).

    >>> survival_form()
    1 - exp(-n*p/g)
    """
    import sympy

    from theory.symbols import symbol

    return 1 - sympy.exp(-symbol("n") * symbol("p") / symbol("g"))


def _rational_survival() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield discrete.loss_probability against the exact law of the two-type chain."""
    from theory.quantity import find

    loss = find("discrete.loss_probability")
    for n, p in ((4, Fraction(1, 4)), (9, Fraction(1, 8)), (16, Fraction(1, 16))):
        for g in (1, 3, 8):
            exact = alone_after(n, p, g)[0]
            yield f"n = {n}, p = {p}, g = {g}", loss.evaluate({"p": float(p), "n": n, "g": g}), exact


# The checks.


def _survives(name: str, value: Any, points: tuple[Point, ...], **how: Any) -> Check:
    return _chance.event(name, "P(the symbol is there at generation g)", SYMBOL, value, points, **how)


def _lower(value: Any, points: tuple[Point, ...], *slips: Mutant) -> tuple[Check, ...]:
    """Return the check of a lower bound on a symbol's survival, and that of its exact value."""
    return (
        _survives(
            "bound", value, points, side="lower", truth=survival, planted=(), slips=slips, delta=0.02, budget=2**21
        ),
        _survives("exact", survival, points, of="exact", delta=0.03, planted=SHARE_SLIPS, steps=("g",)),
    )


def made(label: str, title: str, where: str, document: str, says: str, relation: str, **more: Any) -> Claim:
    """Return a claim of the paper, as the document that was read has it."""
    return Claim(
        id=f"suresh2024.{label}",
        title=title,
        source=Source(document=document, where=where, second_hand=WORK),
        says=says,
        relation=relation,
        bibtex=BIBTEX,
        **more,
    )


NUMBERS = Enumeration(statement="discrete.loss_probability", cases=_rational_survival, of="exact")
CLAIMS = (
    made(
        "discrete-survival",
        "A symbol survives k generations with at least this probability",
        "the theorem on discrete laws",
        SUMMARY,
        r"\Pr(\theta_{k,i} \ne 0) \ge 1 - e^{-\lambda_i/k}",
        "lower",
        formula=survival_form,
        domain=DISCRETE,
        checks=_lower(
            printed_survival,
            SHARES,
            Mutant(name="2/k", value=lambda p: -math.expm1(-2 * p["n"] * p["p"] / p["g"])),
            Mutant(name="k for 1/k", value=lambda p: -math.expm1(-p["n"] * p["p"] * p["g"])),
        ),
        proofs=(*_branching.binomial_steps(), *_branching.rate_steps()),
        enumerations=(NUMBERS,),
        tags=("discrete", "replace", "timescale"),
        expected="BOUND HOLDS",
    ),
    made(
        "bernoulli-survival",
        "The sharper lower bound, by the recursion of branching, at the notebook's own setting",
        "the Bernoulli theorem, n = 100, p = 0.01",
        "the notebook published with arXiv 2412.17646",
        r"\Pr(P_k \ne 0) \ge 1 - e^{-n p_0 w_k}, \quad w_1 = 1,\ w_{k+1} = 1 - e^{-w_k}",
        "lower",
        domain=DISCRETE,
        checks=_lower(
            branching_survival,
            NOTEBOOK,
            Mutant(
                name="w one step early",
                value=lambda p: -math.expm1(-p["n"] * p["p"] * (_branching.exponent(p["g"] - 1) if p["g"] > 1 else 2)),
            ),
        ),
        proofs=_branching.binomial_steps(),
        enumerations=(NUMBERS,),
        uses=("suresh2024.discrete-survival",),
        tags=("discrete", "replace", "timescale"),
        expected="BOUND HOLDS",
    ),
)
