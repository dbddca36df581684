r"""Dey and Donoho 2024 on exponential families: pi^2/6 is the limit in n, and no bound at any n.

A family whose variance is V(mu) = v0 + v1 mu + v2 mu^2, refitted by its mean, has exactly, derived here,

.. math:: \mathrm{Var}(\hat\mu_g) = \frac{V}{v_2}\Big[\prod_{k \le g}\Big(1 + \frac{v_2 a_k^2}{n}\Big) - 1\Big],

with :math:`a_k = 1` where data are replaced and 1/k where they are kept. As n grows this is V/n times g or H_g. At a
finite n it lies above V H_g/n where v2 > 0 (exponential) and below where v2 < 0 (Bernoulli, the logistic model with an
intercept alone). The moments that it is held against come from another recursion (``_moments_family``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

from paper_checks._claim import Check, Claim
from paper_checks._enumerate import Enumeration
from paper_checks._law_checks import LOOKS, law_checks, slips
from paper_checks._licence import Variance
from paper_checks._loop import Loop
from paper_checks._moments_family import FAMILIES, error_moment
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Inequality, Limit
from paper_checks.deydonoho2024 import BIBTEX, squares, survey

__all__ = ["CLAIMS", "product_law"]

Point = Mapping[str, Any]
#: v2 and the real mean of the loops that are simulated; their V is (mean, 1 - mean, mean) times the mean.
V2 = {"poisson": 0, "bernoulli": -1, "exponential": 1}
MEAN = {"poisson": Fraction(1), "bernoulli": Fraction(1, 2), "exponential": Fraction(1)}
SIZES: tuple[Point, ...] = ({"n": 4, "g": 3},)
DOMAIN = {"n": (1, None), "g": (1, None)}


def _spread(family: str) -> Fraction:
    mean = MEAN[family]
    return mean * (1 - mean) if family == "bernoulli" else mean


def product_law(family: str, point: Point, workflow: str) -> Fraction:
    """Return Var of fit g by the product law, exactly; where v2 = 0 the sum that it becomes.

    >>> product_law("exponential", {"n": 1, "g": 2}, "accumulate")
    Fraction(3, 2)
    """
    total, growth, v2 = Fraction(0), Fraction(1), V2[family]
    for k in range(1, point["g"] + 1):
        share = Fraction(1, point["n"] * (k * k if workflow == "accumulate" else 1))
        total += growth * share
        growth *= 1 + v2 * share
    return _spread(family) * total


def _limit(family: str, point: Point, workflow: str) -> Fraction:
    ratio = squares(point["g"]) if workflow == "accumulate" else Fraction(point["g"])
    return _spread(family) * ratio / point["n"]


def _checks(family: str, workflow: str, *, of: str) -> tuple[Check, ...]:
    """Return the checks of the mean squared error of a family's fit, and of its square."""
    loop = Loop(process=f"exponential_family({family})", workflow=workflow, metric="error", n="n", at="g")
    name = f"{family}-{workflow}"

    def moment(point: Point, power: int) -> float:
        return float(error_moment(family, MEAN[family], point["n"], point["g"], workflow, power))

    def mean(point: Point) -> Fraction:
        return product_law(family, point, workflow)

    def wrong() -> tuple[Mutant, ...]:
        steps = [("g", 1), ("g", -1), ("n", 1), ("n", -1)]
        in_its_place = Mutant(name="the limit in its place", value=lambda p: float(_limit(family, p, workflow)))
        return (*slips(mean, steps), *([in_its_place] if V2[family] else []))

    main = law_checks(
        loop,
        f"the squared error of the {family} mean, {workflow}",
        mean=mean,
        spread=lambda p: moment(p, 2) - float(mean(p)) ** 2,
        points=SIZES,
        because="the moments of the fit up to the fourth, by their own recursion",
        wrong=wrong,
        of=of,
        delta=0.05 if family == "exponential" else 0.025,
        name=name,
        beside=f"{name}-square",
        discrete=family != "exponential",
    )
    squared = Loop(
        process=loop.process,
        workflow=workflow,
        metric="error",
        n="n",
        at="g",
        outcome=lambda x, point: x[:, -1] ** 2,
    )
    square = Check(
        id=f"{name}-square",
        estimand=f"the mean of the fourth power of the {family} mean's error, {workflow}",
        licence=Variance(of=lambda p: moment(p, 4) - moment(p, 2) ** 2, because="the same moments up to the eighth"),
        value=lambda p: moment(p, 2),
        sampler=squared.sampler(),
        points=SIZES,
        mutants=(
            Mutant(name="x 0.4", value=lambda p: 0.4 * moment(p, 2)),
            Mutant(name="x 1.8", value=lambda p: 1.8 * moment(p, 2)),
        ),
        delta=0.3,
        of=of,
        looks=LOOKS,
        budget=2**21,
        discrete=family != "exponential",
        blind={"spread": name},
    )
    return (*main, square)


def _symbols() -> tuple[Any, ...]:
    import sympy

    n, g, k = sympy.symbols("n g k", integer=True, positive=True)
    return n, g, k, sympy.Symbol("v2", real=True)


@lru_cache(maxsize=4)
def _ratio(g: int, workflow: str) -> Any:
    """Return n Var/V at fit g, rational in n and v2."""
    import sympy

    n, _, _, v2 = _symbols()
    total, growth = sympy.Integer(0), sympy.Integer(1)
    for k in range(1, g + 1):
        share = sympy.Rational(1, k * k if workflow == "accumulate" else 1)
        total, growth = total + growth * share, growth * (1 + v2 * share / n)
    return sympy.expand(total)


def _in_n(g: int, workflow: str) -> tuple[Any, ...]:
    import sympy

    n = _symbols()[0]
    wanted = squares(g) if workflow == "accumulate" else Fraction(g)
    return _ratio(g, workflow), n, sympy.Rational(wanted.numerator, wanted.denominator)


def _in_g() -> tuple[Any, ...]:
    import sympy

    g = _symbols()[1]
    return sympy.harmonic(g, 2), g, sympy.pi**2 / 6


def _step() -> tuple[Any, ...]:
    """Return E V of the next fit and V (1 + v2 a^2/n), from the two moments of what the fit moves by."""
    from theory.counting.quadratic import variance_step

    return variance_step()


def _closed(workflow: str) -> tuple[Any, ...]:
    """Return E V(mu_g)/V as a power or a ratio of gamma functions, g, the step, and its start."""
    n, g, _, v2 = _symbols()
    if workflow == "replace":
        return (1 + v2 / n) ** g, g, lambda v, g: v * (1 + v2 / n), 1 + v2 / n
    from theory.counting.quadratic import product_induction

    return product_induction()


def _below_limit() -> tuple[Any, ...]:
    """Return 329/200 - n Var/V at fit 6 for the exponential family; 329/200 = 1.645 is above pi^2/6."""
    import sympy

    n, _, _, v2 = _symbols()
    return sympy.together(sympy.Rational(329, 200) - _ratio(6, "accumulate").subs(v2, 1)), {n: 1}


def _every_family() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield the product law against the moment recursion."""
    for family in FAMILIES:
        for workflow in ("replace", "accumulate"):
            for n, g in ((1, 3), (4, 2), (3, 4)):
                exact = error_moment(family, MEAN[family], n, g, workflow, 1)
                yield f"{family}, {workflow}, n = {n}, g = {g}", product_law(family, {"n": n, "g": g}, workflow), exact


def _repository() -> Iterator[tuple[str, Any, Fraction]]:
    from theory.quantity import find

    for family in FAMILIES:
        for workflow in ("replace", "accumulate"):
            given = {"family": family, "n": 4, "g": 3, "mu": float(MEAN[family]), "workflow": workflow}
            yield (
                f"{family}, {workflow}",
                find("counting.nef_mse").evaluate(given),
                product_law(family, given, workflow),
            )


def _half_rows() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield whether the exact ratio of the Bernoulli fit is below H_g and that of the exponential one above."""
    for n, g in ((1, 2), (4, 3), (30, 6)):
        for family in ("bernoulli", "exponential"):
            gap = product_law(family, {"n": n, "g": g}, "accumulate") - _limit(family, {"n": n, "g": g}, "accumulate")
            yield f"{family}, n = {n}, g = {g}", (gap > 0) - (gap < 0), Fraction(V2[family])


CLAIMS = (
    Claim(
        id="deydonoho2024.augment",
        title="As n grows a fit on all data costs at most pi^2/6 of the first one, a fit on the newest data g",
        source=survey("last paragraph but one, and section 1"),
        says=r"\text{re-derive (5) and (6) while generalizing the } \pi^2/6 \text{ bound to the logistic model}",
        relation="limit",
        domain=DOMAIN,
        checks=_checks("poisson", "accumulate", of="printed"),
        proofs=(
            Limit(statement="all data: n Var/V -> H_5 as n grows, any v2", parts=lambda: _in_n(5, "accumulate")),
            Limit(statement="newest data: n Var/V -> 5 at g = 5 as n grows, any v2", parts=lambda: _in_n(5, "replace")),
            Limit(statement="H_g -> pi^2/6", parts=_in_g),
            Identity(statement="E V(mu_{g+1}) = V(mu_g)(1 + v2/n) for every family of quadratic variance", sides=_step),
        ),
        uses=("deydonoho2024.process",),
        tags=("universality", "accumulate"),
        bibtex=BIBTEX,
        expected="ASYMPTOTIC",
    ),
    Claim(
        id="deydonoho2024.finite",
        title="Read: the ratio on all data is at most pi^2/6 at every n, whatever the exponential family",
        source=survey("last paragraph but one"),
        says=r"\text{generalizing the } \pi^2/6 \text{ bound}",
        relation="upper",
        domain=DOMAIN,
        checks=(*_checks("exponential", "accumulate", of="exact"), *_checks("bernoulli", "accumulate", of="exact")),
        proofs=(
            Inequality(
                statement="n Var/V <= 1.645, which is above pi^2/6, at fit 6 of the exponential mean",
                parts=_below_limit,
                strict=False,
            ),
            Induction(statement="E V(mu_g)/V = (1 + v2/n)^g, replace", parts=lambda: _closed("replace"), of="exact"),
            Induction(
                statement="E V(mu_g)/V = prod (1 + v2/(n k^2)), all data",
                parts=lambda: _closed("accumulate"),
                of="exact",
            ),
        ),
        enumerations=(
            Enumeration(statement="the product law against the moments of the fit", cases=_every_family, of="exact"),
            Enumeration(statement="counting.nef_mse", cases=_repository, of="exact"),
            Enumeration(statement="the gap to the limit has the sign of v2", cases=_half_rows, of="exact"),
        ),
        uses=("deydonoho2024.augment",),
        tags=("universality", "accumulate", "bound"),
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
)
