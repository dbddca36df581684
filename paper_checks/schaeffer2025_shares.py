r"""Schaeffer et al. 2025, section 4.2: what a share of real data does to the error of a refitted mean or linear model.

All in the linear model, where the error of the fit is that of a mean of all rows in use: :math:`v_g = \sigma^2 \sum_k
a_{gk}^2/n_k` with weights that the workflow settles. Derived here: with a share p of real rows the limit, over the
variance of these rows alone, is (3 - 2p)/(2 - p) where they are kept and 1/(2 - p) where they are renewed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import pi
from typing import Any

import numpy as np

from paper_checks._claim import Check, Claim, Source
from paper_checks._enumerate import Enumeration
from paper_checks._licence import WholeLaw
from paper_checks._looks import Looks
from paper_checks._means import mean_checks
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Inequality, Limit
from paper_checks._simulated import paths
from paper_checks.schaeffer2025 import BIBTEX

__all__ = ["CLAIMS"]

Point = Mapping[str, Any]
LOOKS = Looks(first=4096, count=12)
SECTION = Source(document="schaeffer2025", where="section 4.2")
DOMAIN = {"n": (1, None), "g": (1, None), "sigma": "sigma > 0"}
#: Rows kept or renewed a generation, and rows that the model adds.
REAL, SYNTHETIC = 5, 10
SHARE = 0.5
KEPT: tuple[Point, ...] = ({"n": SYNTHETIC, "g": 4, "sigma": 1.0},)
RENEWED: tuple[Point, ...] = ({"n": 10, "g": 5, "sigma": 1.0},)


def symbols() -> tuple[Any, ...]:
    """Return g, rows N, m, n, and a variance v."""
    import sympy

    g, rows, m, n = sympy.symbols("g N m n", integer=True, positive=True)
    return g, rows, m, n, sympy.Symbol("v", positive=True)


# A share of real rows.


def kept(p: Point) -> float:
    """Return E theta_g^2 with the same real rows in every fit.

    >>> kept({"n": 10, "g": 1, "sigma": 1.0})
    0.2
    """
    q = (SYNTHETIC / (SYNTHETIC + REAL)) ** 2
    return p["sigma"] ** 2 * (1 / REAL + q / p["n"] * (1 - q ** (p["g"] - 1)) / (1 - q))


def _kept_law() -> Check:
    """Return the check of the law of theta_g^2 with the same real rows, a scaled chi-square of one degree."""

    def law(p: Point, scale: float = 1.0) -> Any:
        from scipy import special

        return lambda x: special.chdtr(1, np.maximum(x, 0) / (scale * kept(p)))

    return Check(
        id="law",
        estimand="the law of theta_g^2 with the same real rows in every fit",
        licence=WholeLaw(),
        value=law,
        sampler=paths(
            "location(sigma={sigma})",
            f"fixed_real(replace, size={REAL})",
            "square_error",
            n="n",
            generations=4,
            at="g",
        ),
        points=KEPT,
        mutants=(
            Mutant(name="the real rows alone", value=lambda p: law(p, 0.2 / kept(p))),
            Mutant(name="variance x 1.15", value=lambda p: law(p, 1.15)),
            Mutant(name="data replaced, no real rows", value=lambda p: law(p, (0.2 + (p["g"] - 1) / p["n"]) / kept(p))),
        ),
        gap=0.02,
        of="exact",
        looks=LOOKS,
        budget=2**19,
    )


def renewed(p: Point) -> float:
    """Return E theta_g^2 where p n of the n rows are new real ones at every fit; all n are real at the first.

    >>> renewed({"n": 10, "g": 2, "sigma": 1.0})
    0.125
    """
    q = (1 - SHARE) ** 2
    return p["sigma"] ** 2 / p["n"] * (1 - q ** p["g"]) / (1 - q)


def _kept_formula() -> tuple[Any, ...]:
    """Return v_g = 1/n + (q/m)(1 - q^(g-1))/(1 - q), g, its recursion, 1/n.

    The error is e_1 + d_g with d_g = (1 - p)(d_{g-1} + noise), noise of variance 1/m, so the variance of d obeys
    u' = q (u + 1/m) with q = (1 - p)^2.
    """
    import sympy

    g, _, m, n, _ = symbols()
    q = (m / (m + n)) ** 2
    closed = 1 / n + q / m * (1 - q ** (g - 1)) / (1 - q)
    return closed, g, lambda v, g: 1 / n + q * (v - 1 / n + 1 / m), sympy.Integer(1) / n


def _kept_limit() -> tuple[Any, ...]:
    """Return n v_g with n = p N, m = (1 - p) N for p = 1/3, g, and (3 - 2p)/(2 - p) = 7/5."""
    import sympy

    g = symbols()[0]
    p = sympy.Rational(1, 3)
    q = (1 - p) ** 2
    return 1 + q * p / (1 - p) * (1 - q ** (g - 1)) / (1 - q), g, (3 - 2 * p) / (2 - p)


def _kept_ratio() -> tuple[Any, ...]:
    """Return the limit ratio by its parts, 1 + (p/(1-p)) q/(1-q), and (3 - 2p)/(2 - p)."""
    import sympy

    p = sympy.Symbol("p", positive=True)
    q = (1 - p) ** 2
    return 1 + p / (1 - p) * q / (1 - q), (3 - 2 * p) / (2 - p)


def _kept_below(low: bool) -> tuple[Any, ...]:
    """Return 3/2 less the limit ratio, or the ratio less 1, with p = r/(r + s), as a rational in r and s."""
    import sympy

    r, s = sympy.symbols("r s", positive=True)
    p = r / (r + s)
    ratio = (3 - 2 * p) / (2 - p)
    return (ratio - 1 if low else sympy.Rational(3, 2) - ratio), {}


def _renewed_formula() -> tuple[Any, ...]:
    """Return n v_g = (1 - q^g)/(1 - q), g, its recursion v' = q v + 1, and 1."""
    import sympy

    g = symbols()[0]
    q = sympy.Symbol("q", positive=True)
    return (1 - q**g) / (1 - q), g, lambda v, g: q * v + 1, sympy.Integer(1)


def _renewed_ratio() -> tuple[Any, ...]:
    """Return p/(1 - q), the limit over the variance 1/(p n) of the real rows alone, and 1/(2 - p)."""
    import sympy

    p = sympy.Symbol("p", positive=True)
    return p / (1 - (1 - p) ** 2), 1 / (2 - p)


def _renewed_worse(printed: bool) -> tuple[Any, ...]:
    """Return the limit over the real rows' own variance less 1 (or 1 less it), p = r/(r + s)."""
    import sympy

    r, s = sympy.symbols("r s", positive=True)
    p = r / (r + s)
    difference = 1 / (2 - p) - 1
    return (difference if printed else -difference), {}


def _repository(name: str, given: Mapping[str, Any], exact: Fraction) -> Iterator[tuple[str, Any, Fraction]]:
    from theory.quantity import find

    yield f"{given}", float(find(name).evaluate(dict(given))), exact


def _real_share() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield 1/g against the share of real rows among those that the accumulated fit of sims sees."""
    from sims.workflows.accumulate import Accumulate

    seen = Accumulate().fit_rows(np.full(50, 10, np.int64))
    for g in (1, 2, 5, 50):
        yield f"g = {g}", Fraction(1, g), Fraction(10, int(seen[g - 1]))


def _share_limit() -> tuple[Any, ...]:
    import sympy

    g = symbols()[0]
    return 1 / g, g, sympy.Integer(0)


def _basel() -> tuple[Any, ...]:
    import sympy

    return sympy.harmonic(symbols()[0], 2), symbols()[0], sympy.pi**2 / 6


def claim(label: str, title: str, says: str, expected: str, relation: str, **more: Any) -> Claim:
    """Return a claim of section 4.2 about the linear model."""
    return Claim(
        **{
            "id": f"schaeffer2025.{label}",
            "title": title,
            "says": says,
            "relation": relation,
            "expected": expected,
            "source": SECTION,
            "domain": DOMAIN,
            "bibtex": BIBTEX,
        }
        | more
    )


STRONG = Source(document="schaeffer2025", where="section 4.2", second_hand="Dohmatob et al. 2024b")
PERSISTS = (
    r"\text{model collapse “generally persists even when mixing real and synthetic data, as long as the fraction of "
    r"training data which is synthetic does not vanish”}"
)

CLAIMS = (
    claim(
        "real-kept",
        "Synthetic rows beside the same real ones: worse than the real rows alone, by at most one half",
        PERSISTS,
        "BOUND HOLDS",
        "lower",
        source=STRONG,
        checks=(
            *mean_checks(
                "location",
                f"fixed_real(replace, size={REAL})",
                "square_error",
                points=KEPT,
                value=lambda p: p["sigma"] ** 2 / REAL,
                side="lower",
                slips=(
                    Mutant(name="3/2 of it", value=lambda p: 1.5 / REAL),
                    Mutant(name="the real rows of one synthetic batch", value=lambda p: 1 / (REAL - 2)),
                ),
                planted=(),
                blind={"spread": "law", "a lower floor": "exact"},
                name="floor",
            ),
            *mean_checks(
                "location",
                f"fixed_real(replace, size={REAL})",
                "square_error",
                points=KEPT,
                value=kept,
                of="exact",
                slips=(Mutant(name="the real rows renewed", value=lambda p: 1 / 5 * 0.75),),
                planted=("workflow swapped",),
                blind={"spread": "law"},
                name="exact",
            ),
            _kept_law(),
        ),
        proofs=(
            Induction(statement="v_g = 1/n + (q/m)(1 - q^(g-1))/(1 - q)", parts=_kept_formula, of="exact"),
            Identity(statement="the limit ratio is (3 - 2p)/(2 - p)", sides=_kept_ratio),
            Limit(statement="p = 1/3: the ratio tends to 7/5", parts=_kept_limit),
            Inequality(statement="(3 - 2p)/(2 - p) > 1", parts=lambda: _kept_below(True)),
            Inequality(statement="(3 - 2p)/(2 - p) < 3/2", parts=lambda: _kept_below(False)),
        ),
        enumerations=(
            Enumeration(
                statement="location.fixed_real_ratio_limit",
                cases=lambda: _repository("location.fixed_real_ratio_limit", {"p": 0.25}, Fraction(10, 7)),
            ),
        ),
        tags=("regression", "mixture"),
    ),
    claim(
        "real-renewed",
        "New real rows in every batch: read as a loss against these rows alone, the sentence is wrong, they gain",
        PERSISTS,
        "REFUTED",
        "lower",
        source=STRONG,
        checks=mean_checks(
            "location",
            f"fresh(replace, share={SHARE})",
            "square_error",
            points=RENEWED,
            value=renewed,
            of="exact",
            slips=(
                Mutant(name="the real rows alone", value=lambda p: 1 / (SHARE * p["n"])),
                Mutant(name="the real rows kept", value=lambda p: 4 / 3 / (SHARE * p["n"])),
            ),
            planted=("workflow swapped",),
            beside="law",
        ),
        proofs=(
            Inequality(
                statement="the limit is above the variance of the real rows alone", parts=lambda: _renewed_worse(True)
            ),
            Induction(statement="n v_g = (1 - q^g)/(1 - q), q = (1 - p)^2", parts=_renewed_formula, of="exact"),
            Identity(
                statement="the limit over that of the real rows alone is 1/(2 - p)", sides=_renewed_ratio, of="exact"
            ),
            Inequality(statement="1/(2 - p) < 1", parts=lambda: _renewed_worse(False), of="exact"),
        ),
        enumerations=(
            Enumeration(
                statement="location.fresh_real_ratio_limit",
                cases=lambda: _repository("location.fresh_real_ratio_limit", {"n_real": 5, "n_syn": 5}, Fraction(2, 3)),
                of="exact",
            ),
        ),
        tags=("regression", "fresh"),
    ),
    claim(
        "share-vanishes",
        "The share of real rows vanishes like 1/g and the risk stays bounded",
        r"\text{when data accumulate, but human data asymptotically occupy a vanishing fraction} \dots "
        r"\text{ the population risk will likely not diverge}",
        "ASYMPTOTIC",
        "limit",
        checks=mean_checks(
            "location",
            "accumulate",
            "square_error",
            points=({"n": 4, "g": 3, "sigma": 1.0},),
            value=lambda p: p["sigma"] ** 2 / p["n"] * sum(1 / k**2 for k in range(1, p["g"] + 1)),
            slips=(Mutant(name="the limit in its place", value=lambda p: pi**2 / 6 / p["n"]),),
            blind={"spread": "arulandu2024.variance-ratio/mean-law"},
        ),
        proofs=(
            Limit(statement="the share 1/g -> 0", parts=_share_limit),
            Limit(statement="sum 1/k^2 -> pi^2/6", parts=_basel),
        ),
        enumerations=(Enumeration(statement="the share of real rows is 1/g", cases=_real_share),),
        uses=("arulandu2024.variance-ratio",),
        tags=("regression", "accumulate"),
    ),
)
