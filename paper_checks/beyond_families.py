r"""One law behind six families: a mean refitted on draws whose variance V is quadratic in it, on data that accumulate.

With :math:`V(\mu) = v_0 + v_1\mu + v_2\mu^2` (Morris 1982), Var(mu_{g+1} | mu_g) = V(mu_g)/n on replaced data, and on
accumulated data the fit moves 1/g of the way to the new batch. V is quadratic, so its mean is multiplied by 1 + v_2/(n
g^2), exactly, and

.. math:: E(\mu_g - \mu)^2 = \frac{V(\mu)}{v_2} \Big[\prod_{k=1}^g \Big(1 + \frac{v_2}{n k^2}\Big) - 1\Big].

The ratio to the first generation tends to n (sinh(x)/x - 1)/v_2, x = pi sqrt(v_2/n), a sine where v_2 < 0: it is
pi^2/6 if and only if v_2 = 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from paper_checks import _chance
from paper_checks._claim import Check, Claim, Source
from paper_checks._enumerate import Enumeration
from paper_checks._licence import WholeLaw
from paper_checks._loop import Loop
from paper_checks._moments_families import central, error_variance
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Inequality, Limit

__all__ = ["CLAIMS", "FAMILIES"]

Point = Mapping[str, Any]
SOURCE = Source(document="tailfade", where="derived here from Morris 1982")
#: Variance function and real mean of the families that are sampled, one for each sign of v2.
FAMILIES = {
    "bernoulli": ((0.0, 1.0, -1.0), 0.375),
    "poisson": ((0.0, 1.0, 0.0), 1.0),
    "exponential": ((0.0, 0.0, 1.0), 1.0),
}
#: Families whose fits lie on a lattice.
COUNTED = ("bernoulli", "poisson")
POINTS: tuple[Point, ...] = ({"n": 8, "g": 1}, {"n": 8, "g": 4})


def _loop(family: str, metric: str = "error", outcome: Any = None) -> Loop:
    process = f"exponential_family({family}, mean={FAMILIES[family][1]})"
    return Loop(process=process, workflow="accumulate", metric=metric, n="n", at="g", outcome=outcome)


def error(family: str, point: Point) -> float:
    """Return E (mu_g - mu)^2 on accumulated data.

    >>> error("poisson", {"n": 8, "g": 2})
    0.15625
    """
    from theory.quantity import find

    mu = FAMILIES[family][1]
    at = {"family": family, "n": point["n"], "g": point["g"], "mu": mu, "workflow": "accumulate"}
    return find("counting.nef_mse").evaluate(at)


def _spread(family: str, point: Point) -> float:
    curve, mu = FAMILIES[family]
    return error_variance(curve, mu, point["n"], point["g"], accumulates=True)


def _fourth(family: str, point: Point) -> float:
    """Return the variance of (e - E e)^2, e the squared error."""
    curve, mu = FAMILIES[family]
    second, fourth, sixth, eighth = (
        central(curve, mu, point["n"], point["g"], power, accumulates=True) for power in (2, 4, 6, 8)
    )
    about = eighth - 4 * second * sixth + 6 * second**2 * fourth - 3 * second**4
    return about - (fourth - second**2) ** 2


def _first_law(family: str, point: Point) -> Any:
    """Return the distribution function of the first fit: of a binomial, Poisson or gamma sum over n."""
    from scipy import special

    n = point["n"]
    if family == "exponential":
        return lambda x: special.gammainc(n, n * x)
    counts = lambda x: np.floor(n * x + 1e-9)  # noqa: E731
    if family == "bernoulli":
        return lambda x: special.bdtr(np.clip(counts(x), 0, n), n, FAMILIES[family][1])
    return lambda x: special.pdtr(counts(x), n * FAMILIES[family][1])


def _atoms(family: str, point: Point) -> tuple[float, ...]:
    # A Poisson sum of mean 8 is above 100 with probability 1e-72.
    return tuple(k / point["n"] for k in range(point["n"] + 1 if family == "bernoulli" else 101))


def _first(family: str) -> Check:
    return Check(
        id="law",
        estimand=f"the law of the first fit, {family}",
        licence=WholeLaw(atoms=lambda p: _atoms(family, p)) if family in COUNTED else WholeLaw(),
        value=lambda p: _first_law(family, p),
        sampler=_loop(family, "mean").sampler(),
        points=POINTS[:1],
        mutants=(Mutant(name="a draw more", value=lambda p: lambda x: _first_law(family, p)(x + 1 / p["n"])),),
        gap=0.03,
        looks=_chance.LOOKS,
        budget=2**18,
        discrete=family in COUNTED,
    )


def _checks(family: str) -> tuple[Check, ...]:
    """Return the checks of the mean error, of its spread and of the first law that watches the spread."""
    mean = _chance.known_spread(
        "mean",
        f"E (mu_g - mu)^2, {family}, accumulate",
        _loop(family),
        lambda p: error(family, p),
        POINTS,
        variance=lambda p: _spread(family, p),
        because="moments of the fit, by recursion",
        blind={"spread": "spread"},
        delta=0.05,
        steps=("g",),
        planted=("workflow swapped",),
        discrete=family in COUNTED,
    )
    spread = _chance.known_spread(
        "spread",
        f"the variance of the squared error, {family}, accumulate",
        _loop(family, outcome=lambda x, p: (x[:, -1] - error(family, p)) ** 2),
        lambda p: _spread(family, p),
        POINTS[1:],
        variance=lambda p: _fourth(family, p),
        because="moments of the fit to the eighth, by recursion",
        blind={"spread": "law"},
        delta=0.2,
        steps=(),
        planted=(),
        discrete=family in COUNTED,
    )
    return mean, spread, _first(family)


def form() -> Any:
    """Return E (mu_g - mu)^2 as a quotient of Gamma functions in the variance V of a real draw."""
    import sympy

    from theory.counting import quadratic
    from theory.symbols import symbol

    closed, *_ = quadratic.ratio_induction()
    return sympy.Symbol("V", positive=True) / symbol("n") * closed


def ratio_form() -> Any:
    """Return the limit of the ratio of errors, in v2 > 0."""
    import sympy

    from theory.symbols import symbol

    n, v2 = symbol("n"), symbol("v2")
    x = sympy.pi * sympy.sqrt(v2 / n)
    return n / v2 * (sympy.sinh(x) / x - 1)


def _quadratic(name: str) -> Any:
    def parts() -> tuple[Any, ...]:
        from theory.counting import quadratic

        return getattr(quadratic, name)()

    return parts


def _sign(which: int) -> Any:
    return lambda: _quadratic("sign_pieces")()[which]


def _toward_circle() -> tuple[Any, ...]:
    """Return the ratio's limit at v2/n = 1/m^2, its variable m, and pi^2/6, where the curve is flat."""
    import sympy

    m = sympy.Symbol("m", positive=True)
    return m**2 * (sympy.sinh(sympy.pi / m) / (sympy.pi / m) - 1), m, sympy.pi**2 / 6


def _first_term() -> tuple[Any, ...]:
    """Return the second coefficient of the limit, m^2 (limit - pi^2/6) at v2/n = 1/m^2, and pi^4/120."""
    import sympy

    expression, m, limit = _toward_circle()
    return m**2 * (expression - limit), m, sympy.pi**4 / 120


def _moments_agree() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield counting.nef_mse against the recursion of the second moment in rationals."""
    for family, (curve, mu) in FAMILIES.items():
        v0, v1, v2 = (Fraction(each) for each in curve)
        spread = v0 + v1 * Fraction(mu) + v2 * Fraction(mu) ** 2
        for n in (3, 8):
            total, now = Fraction(0), spread
            for k in range(1, 7):
                total += now / (n * k**2)
                now *= 1 + v2 / (n * k**2)
            yield f"{family}, n = {n}, g = 6", error(family, {"n": n, "g": 6}), total


def _error_claim(family: str) -> Claim:
    """Return the claim for one family; the proofs are of all of them, and carried by each."""
    return Claim(
        id=f"beyond.{family}-error",
        title=f"The squared error of a mean refitted on accumulated data of its own: {family}",
        source=SOURCE,
        says=r"E(\mu_g - \mu)^2 = \frac{V(\mu)}{v_2} \Big[\prod_{k=1}^g \Big(1 + \frac{v_2}{n k^2}\Big) - 1\Big]",
        relation="equal",
        formula=form,
        domain={"n": (1, None), "g": (1, None)},
        checks=_checks(family),
        proofs=STEPS,
        enumerations=(Enumeration(statement="counting.nef_mse by the recursion", cases=_moments_agree),),
        tags=("counting", "accumulate"),
        expected="HOLDS",
    )


STEPS = (
    Identity(statement="E V(mu + X) = V(mu)(1 + v2/n), X of variance V/n", sides=_quadratic("variance_step")),
    Induction(statement="the product as Gamma functions", parts=_quadratic("product_induction")),
    Induction(statement="the sum of Q_{k-1}/k^2 is (Q_g - 1) n/v2", parts=_quadratic("ratio_induction")),
)

CLAIMS = (
    *(_error_claim(family) for family in FAMILIES),
    Claim(
        id="beyond.family-ratio",
        title="The error ends at pi^2/6 times that of the first fit if and only if the variance has no square, v2 = 0",
        source=SOURCE,
        says=r"\lim_g \frac{E(\mu_g - \mu)^2}{E(\mu_1 - \mu)^2} = \frac{n}{v_2} \Big(\frac{\sinh x}{x} - 1\Big), \ "
        r"x = \pi \sqrt{v_2/n}; \quad = \frac{\pi^2}{6} \iff v_2 = 0",
        relation="limit",
        formula=ratio_form,
        domain={},
        proofs=(
            Limit(statement="the product over all k is sin(pi a)/(pi a), a^2 = -v2/n", parts=_quadratic("limit_parts")),
            Identity(statement="the gap to the sum of 1/k^2 grows by (Q_{k-1} - 1)/k^2", sides=_quadratic("gap_step")),
            Identity(
                statement="Q_k - 1 = (Q_{k-1} - 1)(1 + e/k^2) + e/k^2, e = v2/n", sides=_quadratic("gap_term_step")
            ),
            Inequality(
                statement="e/k^2 >= 0, so with e > 0 no term of the gap is negative", parts=_sign(0), strict=False
            ),
            Inequality(
                statement="1 + e/k^2 >= 0 for -1 <= e < 0, so every term is negative", parts=_sign(1), strict=False
            ),
            Inequality(statement="e/k^2 < 0 for -1 <= e < 0", parts=_sign(2)),
            Limit(statement="pi^2/6 as v2/n -> 0", parts=_toward_circle),
            Limit(statement="with the next term (v2/n) pi^4/120", parts=_first_term),
        ),
        uses=tuple(f"beyond.{family}-error" for family in FAMILIES),
        tags=("counting", "accumulate"),
        expected="ASYMPTOTIC",
    ),
)
