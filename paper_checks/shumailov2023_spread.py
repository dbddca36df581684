r"""Shumailov et al. 2023: one fit of a standard deviation, divided by n, and how far the leading order of W2^2 reaches.

The fit :math:`\sigma_1 = \sigma \sqrt{\chi^2_{n-1}/n}` has mean b(n) sigma and variance (1 - 1/n - b(n)^2) sigma^2,

.. math:: b(n) = \sqrt{2/n}\; \Gamma(n/2) / \Gamma((n-1)/2).

The leading order (3/2) sigma^2 g/n of the expected distance holds at a fixed g. Its part of the scale, sigma^2 g/(2n),
grows for ever, and the exact one stays below 2 sigma^2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from paper_checks import _draws, _w2
from paper_checks._claim import Check, Claim, Source
from paper_checks._enclosure import Enclosure, enclose
from paper_checks._enumerate import Enumeration
from paper_checks._licence import Variance, WholeLaw
from paper_checks._looks import Looks
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant
from paper_checks._order import Order
from paper_checks._proof import Identity, Induction, Limit
from paper_checks._roots import MLE, SCALES, moved, rate, root_mean
from paper_checks._sampler_mutants import sampler_mutants
from paper_checks._simulated import paths
from paper_checks.shumailov2023 import BIBTEX

__all__ = ["CLAIMS", "PRINTED", "REPEATS", "estimate_law", "scale_part"]

Point = Mapping[str, Any]
LOOKS = Looks(first=4096, count=13)

#: Means of the estimate over REPEATS runs at sigma = 1, as the published code prints them, by n.
PRINTED = {10: "0.92062", 30: "0.98313", 100: "0.99160", 500: "0.99778", 1000: "0.99947"}
REPEATS = 1000


# One fit, divided by n.


def estimate_law(point: Point, *, dof: int = 0, divisor: int = 0) -> Callable[[np.ndarray], np.ndarray]:
    """Return the distribution function of sigma_1 = sigma sqrt(chi2_{n-1}/n).

    >>> estimate_law({"n": 3, "sigma": 1.0})(np.array([0.0, 1.0])).round(6)
    array([0.     , 0.77687])
    """
    from scipy import special

    n = point["n"]
    return lambda x: special.gammainc((n - 1 + dof) / 2, (n + divisor) / 2 * (np.maximum(x, 0) / point["sigma"]) ** 2)


def estimate_mean(point: Point) -> float:
    """Return E sigma_1 = b(n) sigma.

    >>> round(estimate_mean({"n": 10, "sigma": 1.0}), 5)
    0.92275
    """
    return point["sigma"] * root_mean(point["n"], "mle")


def estimate_variance(point: Point) -> float:
    """Return Var sigma_1 = (1 - 1/n - b(n)^2) sigma^2.

    >>> round(estimate_variance({"n": 10, "sigma": 1.0}) ** 0.5, 5)
    0.22032
    """
    return point["sigma"] ** 2 * (1 - 1 / point["n"] - root_mean(point["n"], "mle") ** 2)


def _b(n: int) -> Enclosure:
    """Return a certified enclosure of b(n)."""
    return enclose(lambda a: a.sqrt(a.number(2, n)) * a.gamma(a.number(n, 2)) / a.gamma(a.number(n - 1, 2)))


def _within(errors: Fraction) -> Iterator[tuple[str, Any, Fraction]]:
    """Yield 1 against 1 or 0: whether a printed mean is within so many standard errors of all of b(n)'s enclosure."""
    for n, printed in PRINTED.items():
        b = _b(n)
        low, high = Fraction(b.low), Fraction(b.high)
        variance = 1 - Fraction(1, n) - high**2
        furthest = max(abs(Fraction(printed) - end) for end in (low, high))
        yield f"n = {n}", 1, Fraction(int(furthest**2 * REPEATS <= errors**2 * variance))


def _b_by_integral() -> tuple[Any, ...]:
    """Return both sides of E sqrt(chi2_k/(k + 1)) = b(k + 1)."""
    import sympy

    half, k = _draws.factor_moment(sympy.Rational(1, 2))
    n = k + 1
    return half * sympy.sqrt(k / n), sympy.sqrt(2 / n) * sympy.gamma(n / 2) / sympy.gamma(k / 2)


def _square() -> tuple[Any, ...]:
    """Return both sides of E chi2_k/(k + 1) = 1 - 1/(k + 1)."""
    one, k = _draws.factor_moment(1)
    return one * k / (k + 1), 1 - 1 / (k + 1)


def _estimate(outcome: Any = None, process: str = MLE) -> Loop:
    # Rows are drawn and fitted: the other roads draw the chi-square of the statement itself.
    return Loop(process=process, workflow="replace", metric="sd", n="n", at=1, road="samples", outcome=outcome)


AT = ({"n": 10, "g": 1, "sigma": 1.5},)
ESTIMATE = (
    Check(
        id="mean",
        estimand="E sigma_1, the standard deviation divided by n",
        licence=Variance(of=estimate_variance, because="a chi-square root"),
        value=estimate_mean,
        sampler=_estimate().sampler(),
        points=AT,
        mutants=lambda: (
            Mutant(name="without bias", value=lambda p: p["sigma"]),
            Mutant(name="c4(n), divided by n - 1", value=lambda p: p["sigma"] * root_mean(p["n"])),
            Mutant(name="the root of 1 - 1/n", value=lambda p: p["sigma"] * (1 - 1 / p["n"]) ** 0.5),
            *(Mutant(name=f"n {s:+d}", value=lambda p, s=s: estimate_mean({**p, "n": p["n"] + s})) for s in (1, -1)),
            *sampler_mutants(_estimate(), only=("estimator swapped", "generation off by one")),
        ),
        delta=0.005,
        looks=LOOKS,
        budget=2**19,
        blind={"spread": "law"},
    ),
    Check(
        id="law",
        estimand="the law of sigma_1, divided by n",
        licence=WholeLaw(),
        value=estimate_law,
        sampler=_estimate().sampler(),
        points=AT,
        mutants=lambda: (
            Mutant(name="degrees of freedom + 1", value=lambda p: estimate_law(p, dof=1)),
            Mutant(name="divided by n - 1", value=lambda p: estimate_law(p, divisor=-1)),
        ),
        gap=0.02,
        looks=LOOKS,
        budget=2**18,
    ),
)


# How far the leading order reaches.


def scale_part(point: Point) -> float:
    """Return E sigma_g = c4(n)^g sigma, which settles the part of the scale, 2 sigma (sigma - E sigma_g).

    >>> round(scale_part({"n": 10, "g": 12, "sigma": 1.0}), 6)
    0.717016
    """
    return point["sigma"] * root_mean(point["n"]) ** point["g"]


def _leading_scale(point: Point) -> float:
    """Return what the leading order makes of E sigma_g: sigma - sigma g/(4 n)."""
    return point["sigma"] * (1 - point["g"] / (4 * point["n"]))


def _ratio(expected: Any) -> tuple[Any, ...]:
    """Return E W2^2 over its leading order with c4 = e^-r, g, and a limit."""
    import sympy

    n, g, _ = _w2.symbols()
    r = rate()[1]
    exact = g / n + 2 * (1 - sympy.exp(-r * g))
    return exact / (sympy.Rational(3, 2) * g / n), g, sympy.sympify(expected)


def _along(expected: str) -> tuple[Any, ...]:
    """Return E W2^2/sigma^2 at g = c n with ln c4(n) = -1/(4 n) - 1/(4 n^2) cut off there, n, and its limit."""
    import sympy

    n, _, _ = _w2.symbols()
    c = sympy.Symbol("c", positive=True)
    log_c4 = -1 / (4 * n) - 1 / (4 * n**2)
    limit = sympy.Rational(3, 2) * c if expected == "leading" else c + 2 * (1 - sympy.exp(-c / 4))
    return c + 2 * (1 - sympy.exp(sympy.expand(c * n * log_c4))), n, limit


def _log_root() -> tuple[Any, ...]:
    """Return ln c4(n), its first two terms, n, and no coefficient."""
    import sympy

    n = _w2.symbols()[0]
    exact = sympy.log(2 / (n - 1)) / 2 + sympy.loggamma(n / 2) - sympy.loggamma((n - 1) / 2)
    return exact, -1 / (4 * n) - 1 / (4 * n**2), n, None


def _mean_scale() -> tuple[Any, ...]:
    import sympy

    n, g, sigma = _w2.symbols()
    half, k = _draws.factor_moment(sympy.Rational(1, 2))
    c4 = half.subs(k, n - 1)
    return sigma * c4**g, g, lambda v, g: v * c4, sigma * c4


def _late(process: str = "gaussian(sigma={sigma})") -> Any:
    return paths(process, "replace", "sd", n="n", generations=12, at="g")


SCALE_PART = Check(
    id="scale",
    estimand="E sigma_g",
    licence=Variance(of=lambda p: p["sigma"] ** 2 - scale_part(p) ** 2, because="E sigma_g^2 = sigma^2 (arulandu2024)"),
    value=scale_part,
    sampler=_late(),
    points=({"n": 4, "g": 12, "sigma": 1.5},),
    mutants=lambda: (
        *moved(scale_part),
        Mutant(name="the leading order in its place", value=_leading_scale),
        Mutant(name="estimator swapped", sampler=_late(MLE)),
    ),
    delta=0.03,
    of="exact",
    looks=LOOKS,
    budget=2**20,
    blind={"spread": SCALES},
)

CLAIMS = (
    Claim(
        id="shumailov2023.std-estimate",
        title="The estimates of one fit, divided by n, scatter about b(n) sigma, not about sigma",
        source=Source(
            document="pith-shumailov2023",
            where="figure of estimates by number of points (caption); its numbers from the published code",
        ),
        says=r"\text{The mean estimator and its standard deviation are calculated from running the procedure } \dots "
        r"\text{ as a function of number of points}",
        relation="equal",
        domain={"n": (2, None), "sigma": "sigma > 0"},
        assumptions=(_w2.ENOUGH,),
        checks=ESTIMATE,
        proofs=(
            Identity(statement="E sqrt(chi2_{n-1}/n) = b(n)", sides=_b_by_integral),
            Identity(statement="E chi2_{n-1}/n = 1 - 1/n, so the variance is 1 - 1/n - b(n)^2", sides=_square),
        ),
        enumerations=(
            Enumeration(
                statement="each printed mean is within 3 standard errors of b(n)", cases=lambda: _within(Fraction(3))
            ),
        ),
        tags=("gaussian", "estimator"),
        bibtex=BIBTEX,
        expected="HOLDS",
    ),
    Claim(
        id="shumailov2023.w2-slope",
        title="The leading order does not hold uniformly in the generation: the slope 3/2 falls to 1",
        source=Source(document="slides-wright-lee", where="Toy theoretical analysis", second_hand="Shumailov et al."),
        says=r"\mathbb{E}_{\mu_{n+1}, \sigma_{n+1}^2} [R_{W_2}^{n+1}] = \frac{3}{2} \sigma^2 "
        r"\left( \frac{1}{M_0} + \frac{1}{M_1} + \dots + \frac{1}{M_n} \right) + \mathcal{O}(2)"
        r" \text{ (read at every generation, not at a fixed one)}",
        relation="limit",
        domain=_w2.DOMAIN,
        assumptions=(_w2.ENOUGH,),
        checks=(SCALE_PART,),
        proofs=(
            Limit(statement="E W2^2 over (3/2) sigma^2 g/n -> 1 as g -> infinity", parts=lambda: _ratio(1)),
            Limit(statement="E W2^2/sigma^2 -> (3/2) c at g = c n, n -> infinity", parts=lambda: _along("leading")),
            Induction(statement="E sigma_g = sigma c4^g", parts=_mean_scale, least={"n": 2}, of="exact"),
            Limit(statement="E W2^2 over (3/2) sigma^2 g/n -> 2/3", parts=lambda: _ratio("2/3"), of="exact"),
            Order(
                statement="ln c4(n) = -1/(4 n) - 1/(4 n^2) + O(n^-3)",
                parts=_log_root,
                power=3,
                points=({},),
                of="exact",
            ),
            Limit(
                statement="E W2^2/sigma^2 -> c + 2 (1 - e^(-c/4)) at g = c n, n -> infinity, from ln c4 to order 2",
                parts=lambda: _along("exact"),
                of="exact",
            ),
        ),
        uses=("shumailov2023.w2-mean",),
        tags=("gaussian", "replace"),
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
)
