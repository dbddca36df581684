r"""Accumulated linear regression on new rows every generation, past the documents, which keep one design.

Derived here: the risk is :math:`\sigma^2 d \sum_k 1/(k(kn - d - 1))`, below its twin on one design, and over the first
one it tends to :math:`\tfrac{1-x}{x}(-\psi(1-x) - \gamma)` with x = (d + 1)/n, at most :math:`\pi^2/6`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paper_checks._claim import Check, Claim, Source
from paper_checks._licence import Variance, WholeLaw
from paper_checks._looks import Looks
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Inequality, Limit
from paper_checks._simulated import paths
from paper_checks.gerstgrasser2024 import DOMAIN, ENOUGH, inverse_wishart, symbols
from paper_checks.gerstgrasser2024 import law as one_law

__all__ = ["CLAIMS"]

Point = Mapping[str, Any]
LOOKS = Looks(first=4096, count=12)
HERE = Source(document="tailfade", where="derived here")


# New rows every generation, all kept.


def fresh(p: Point) -> float:
    """Return the accumulated risk on new rows.

    >>> fresh({"n": 6, "d": 2, "g": 1, "sigma": 3.0})
    6.0
    """
    terms = (1 / (k * (k * p["n"] - p["d"] - 1)) for k in range(1, p["g"] + 1))
    return p["sigma"] ** 2 * p["d"] * sum(terms)


def fresh_variance(p: Point) -> float:
    """Return a bound of its variance, 4 E risk_1^2 less the squared mean.

    Given the rows w_g - w* is normal with covariance sigma^2 C, C = sum S_k^-1 A_k S_k^-1 and A_k = S_k - S_{k-1}. As
    S_k^-1 A_k S_k^-1 <= S_{k-1}^-1 - S_k^-1 for k >= 2, C <= 2 S_1^-1, and E risk^2 = E (tr C)^2 + 2 tr C^2.
    """
    nu, d = p["n"] - p["d"] + 1, p["d"]
    return 4 * p["sigma"] ** 4 * d * (d + 2) / ((nu - 2) * (nu - 4)) - fresh(p) ** 2


FRESH = paths("linear(d={d}, sigma={sigma}, design=fresh)", "accumulate", "excess_risk", n="n", generations=4, at="g")


def _fresh_checks() -> tuple[Check, ...]:
    def fixed(p: Point) -> float:
        return p["sigma"] ** 2 * p["d"] / (p["n"] - p["d"] - 1) * sum(1 / k**2 for k in range(1, p["g"] + 1))

    mean = Check(
        id="mean",
        estimand="the mean of the excess risk at generation g, new rows, all kept",
        licence=Variance(of=fresh_variance, because="normal given the rows, with a covariance below twice the first"),
        value=fresh,
        sampler=FRESH,
        points=({"n": 12, "d": 3, "g": 4, "sigma": 1.0},),
        mutants=(
            Mutant(name="one design, sum 1/k^2", value=fixed),
            Mutant(name="kn - d", value=lambda p: fresh({**p, "d": p["d"] - 1}) * p["d"] / (p["d"] - 1)),
            Mutant(name="n + 1", value=lambda p: fresh({**p, "n": p["n"] + 1})),
            Mutant(name="g - 1", value=lambda p: fresh({**p, "g": p["g"] - 2})),
            Mutant(
                name="data replaced",
                sampler=paths(
                    "linear(d={d}, sigma={sigma}, design=fresh)", "replace", "excess_risk", n="n", generations=4, at="g"
                ),
            ),
        ),
        delta=0.05,
        looks=LOOKS,
        budget=2**20,
        blind={"spread": "first-law"},
    )
    law = Check(
        id="first-law",
        estimand="the law of the excess risk of the first fit, on which the bound of the variance rests",
        licence=WholeLaw(),
        value=lambda p: one_law(p, "accumulate"),
        sampler=FRESH,
        points=({"n": 12, "d": 3, "g": 1, "sigma": 1.0},),
        mutants=(
            Mutant(name="degrees of freedom + 1", value=lambda p: one_law(p, "accumulate", more=1)),
            Mutant(name="the second fit's", value=lambda p: one_law({**p, "g": 2}, "replace")),
        ),
        gap=0.02,
        looks=LOOKS,
        budget=2**19,
    )
    return mean, law


def _digammas(x: Any) -> Any:
    """Return psi(g + 1 - x) - psi(1 - x) - psi(g + 1) - gamma, the sum of 1/(k - x) - 1/k to g."""
    import sympy

    g = symbols()[2]
    return sympy.digamma(g + 1 - x) - sympy.digamma(1 - x) - sympy.digamma(g + 1) - sympy.EulerGamma


def _fraction() -> tuple[Any, ...]:
    """Return d/(k (k n - d - 1)) and d/(d + 1) (1/(k - x) - 1/k), x = (d + 1)/n."""
    n, d, _, _, k = symbols()
    x = (d + 1) / n
    return d / (k * (k * n - d - 1)), d / (d + 1) * (1 / (k - x) - 1 / k)


def _digamma_step(base: bool) -> tuple[Any, ...]:
    import sympy

    g, x = symbols()[2], sympy.Symbol("x", positive=True)
    closed = _digammas(x)
    if base:
        return sympy.expand_func(closed.subs(g, sympy.Integer(1))), 1 / (1 - x) - 1
    onward = sympy.expand_func(closed.subs(g, g + 1)) - sympy.expand_func(closed)
    return onward, 1 / (g + 1 - x) - 1 / (g + 1)


def _fresh_limit(half: bool) -> tuple[Any, ...]:
    """Return R_g(x) = (1 - x)/x times the digammas, g, and its limit; at x = 1/2 this is 2 ln 2."""
    import sympy

    g, x = symbols()[2], sympy.Symbol("x", positive=True)
    if half:
        return _digammas(sympy.Rational(1, 2)), g, 2 * sympy.log(2)
    return (1 - x) / x * _digammas(x), g, (1 - x) / x * (-sympy.digamma(1 - x) - sympy.EulerGamma)


def _worst() -> tuple[Any, ...]:
    """Return 1/k^2 - (1 - x)/(k (k - x)) for x = r/(r + s), k >= 1: terms over the first one."""
    import sympy

    k = symbols()[4]
    r, s = sympy.symbols("r s", positive=True)
    x = r / (r + s)
    return 1 / k**2 - (1 - x) / (k * (k - x)), {k: 1}


def _step() -> tuple[Any, ...]:
    """Return both sides of w_g = w_{g-1} + S_g^-1 X_g'E_g, from S_g w_g = (S_g - A) v + A v + z; an entry, d = 2."""
    import sympy

    total = sympy.Matrix(2, 2, sympy.symbols("p q q r"))
    block = sympy.Matrix(2, 2, sympy.symbols("a b b c"))
    v, z = sympy.Matrix(sympy.symbols("v1 v2")), sympy.Matrix(sympy.symbols("z1 z2"))
    return total.LUsolve((total - block) * v + block * v + z)[0], (v + total.LUsolve(z))[0]


def _exchangeable() -> tuple[Any, ...]:
    """Return both sides of sum_j tr S^-1 A_j S^-1 = tr S^-1, S = A_1 + A_2: each block has the same mean, 1/g of it."""
    import sympy

    one = sympy.Matrix(2, 2, sympy.symbols("a b b c"))
    two = sympy.Matrix(2, 2, sympy.symbols("p q q r"))
    inverse = (one + two).inv()
    return (inverse * one * inverse + inverse * two * inverse).trace(), inverse.trace()


def claim(label: str, title: str, says: str, relation: str, expected: str, **more: Any) -> Claim:
    """Return a claim of this repository's own."""
    given: dict[str, Any] = {"source": HERE, "id": f"beyond.{label}", "title": title, "says": says}
    given |= {"relation": relation, "expected": expected}
    return Claim(**given, **more)


CLAIMS = (
    claim(
        "fresh-design",
        "Accumulated regression on new rows: exact risk, worst case pi^2/6, and 2 ln 2 at n = 2 (d + 1)",
        r"E\|w_g - w_*\|_\Sigma^2 = \sigma^2 d \sum_{k=1}^g \frac{1}{k (kn - d - 1)}",
        "equal",
        "HOLDS",
        domain=DOMAIN,
        assumptions=(ENOUGH,),
        checks=_fresh_checks(),
        proofs=(
            Identity(statement="w_g = w_{g-1} + S_g^-1 X_g'E_g (d = 2)", sides=_step),
            Identity(statement="sum_j tr S^-1 A_j S^-1 = tr S^-1: each has 1/g of the mean", sides=_exchangeable),
            Identity(statement="E tr S_g^-1 = d/(N - d - 1), N = g n rows in all", sides=inverse_wishart),
            Identity(statement="d/(k (kn - d - 1)) = d/(d + 1) (1/(k - x) - 1/k), x = (d + 1)/n", sides=_fraction),
            Identity(statement="the sum in digammas: g = 1", sides=lambda: _digamma_step(True)),
            Identity(statement="the sum in digammas: one more term", sides=lambda: _digamma_step(False)),
            Limit(statement="the ratio -> (1 - x)/x (-psi(1 - x) - gamma)", parts=lambda: _fresh_limit(False)),
            Limit(statement="at x = 1/2 the ratio -> 2 ln 2", parts=lambda: _fresh_limit(True)),
            Inequality(
                statement="each term is at most 1/k^2 of the first, so pi^2/6 is the worst case",
                parts=_worst,
                strict=False,
            ),
        ),
        uses=("gerstgrasser2024.accumulate",),
        tags=("regression", "accumulate", "fresh-design"),
    ),
)
