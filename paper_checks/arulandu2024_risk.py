r"""Arulandu 2024, section 3.1.1: the lower bound of the risk of a refitted Gaussian in d dimensions.

It is the mean term, which is exact, without the covariance part, which is never negative. In one dimension that part
is half as large again to first order, in the plane 3/4.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from paper_checks import _plane, _w2
from paper_checks._claim import Check, Claim, Source
from paper_checks._licence import Variance
from paper_checks._looks import Looks
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant
from paper_checks._order import Order
from paper_checks._proof import Identity, Induction, Inequality
from paper_checks._sampler_mutants import sampler_mutants
from paper_checks.arulandu2024 import BIBTEX

__all__ = ["CLAIMS", "plane"]

Point = Mapping[str, Any]
LOOKS = Looks(first=4096, count=13)

#: The spread of W2^2 is watched where its law is known.
WATCHED = "arulandu2024.w2-variance/law"


def _frozen() -> tuple[Any, ...]:
    """Return the fitted mean with the deviation mu_{i-1} - sample mean, and mu_{i-1}: known given the past."""
    import sympy

    sample, before = sympy.symbols("x m", real=True)
    return sample + (before - sample), before


def _literal() -> tuple[Any, ...]:
    """Return 2 - (g/n + g/n): E W2^2 <= 2 sigma^2 with frozen means, and the bound with E eps_i^2 = sigma^2/n."""
    n, g, _ = _w2.symbols()
    return 2 - g / n - g / n, {n: 2, g: 1}


def _with_deviations() -> tuple[Any, ...]:
    """Return E |mu_g - mu|^2, its recursion and start: past, noise of the sample mean and eps are uncorrelated."""
    import sympy

    g, trace = _w2.symbols()[1], sympy.Symbol("t", positive=True)
    i, size, eps = sympy.Dummy("i", integer=True), sympy.Function("T", positive=True), sympy.Function("e")
    noise: Any = sympy.Sum(1 / size(i), (i, 0, g - 1))
    deviations: Any = sympy.Sum(eps(i), (i, 1, g))
    start = trace / size(0) + eps(1)
    return trace * noise + deviations, g, lambda v, g: v + trace / size(g - 1) + eps(g), start


def _square() -> tuple[Any, ...]:
    import sympy

    a, b = sympy.symbols("a b", positive=True)
    return a**2 + b**2 - 2 * sympy.sqrt(a**2 * b**2), (a - b) ** 2


def plane(point: Point, power: int = 1) -> float:
    """Return E W2^2 of one fit in the plane, or its variance.

    >>> round(plane({"n": 20, "sigma": 1.0}), 6)
    0.179191
    """
    return _plane.plane_moment(point, 1) if power == 1 else _plane.plane_central(point, 2)


@cache
def _flat() -> Loop:
    def process(point: Point) -> Any:
        from sims.processes.gaussian import Gaussian

        return Gaussian(d=2, sigma=point["sigma"])

    return Loop(process=process, workflow="replace", metric="w2", n="n", at=1)


IN_THE_PLANE: tuple[Point, ...] = ({"n": 4, "g": 1, "sigma": 1.5},)
PLANE_SPREAD = Variance(of=lambda p: plane(p, 2), because="the joint law of the two singular values of a normal matrix")

LOWER = Check(
    id="bound",
    estimand="E W2^2 of one fit in the plane, no deviations",
    licence=PLANE_SPREAD,
    value=lambda p: 2 * p["sigma"] ** 2 * p["g"] / p["n"],
    sampler=_flat().sampler(),
    points=IN_THE_PLANE,
    mutants=lambda: (
        Mutant(name="one size too many", value=lambda p: 2 * p["sigma"] ** 2 * (p["g"] + 1) / p["n"]),
        Mutant(name="equation (2) in its place", value=lambda p: 3 * p["sigma"] ** 2 * (p["g"] + 1) / p["n"]),
        Mutant(name="x 2.1", value=lambda p: 4.2 * p["sigma"] ** 2 * p["g"] / p["n"]),
    ),
    side="lower",
    truth=plane,
    delta=0.05,
    of="exact",
    looks=LOOKS,
    budget=2**18,
    blind={"spread": "arulandu2024.recovers/spread"},
)


def _leading(n: Any, sigma: Any) -> Any:
    """Return d(d + 5)/4 sigma^2/n for d = 2, the first term of E W2^2 after one fit."""
    return 7 * sigma**2 / (2 * n)


def _plane_order() -> tuple[Any, ...]:
    from theory.quantity import find
    from theory.symbols import symbol

    n, _, sigma = _w2.symbols()
    form = find("gaussian.w2_mean_plane_one_fit").form({}).xreplace({symbol("n"): n, symbol("sigma"): sigma})
    return form, _leading(n, sigma), n, None


def _on_the_line() -> tuple[Any, ...]:
    n, g, sigma = _w2.symbols()
    return _w2.mean_formula(), sigma**2 * g / n, n, None


PLANE = (
    Check(
        id="mean",
        estimand="E W2^2 of one fit in the plane",
        licence=PLANE_SPREAD,
        value=plane,
        sampler=_flat().sampler(),
        points=IN_THE_PLANE,
        mutants=lambda: (
            Mutant(name="the mean term alone", value=lambda p: 2 * p["sigma"] ** 2 / p["n"]),
            Mutant(name="3/2 of the mean term", value=lambda p: 3 * p["sigma"] ** 2 / p["n"]),
            Mutant(name="the leading order in its place", value=lambda p: _leading(p["n"], p["sigma"])),
            *(Mutant(name=f"n {s:+d}", value=lambda p, s=s: plane({**p, "n": p["n"] + s})) for s in (1, -1)),
            *sampler_mutants(_flat(), only=("estimator swapped", "generation off by one")),
        ),
        delta=0.03,
        of="exact",
        looks=LOOKS,
        budget=2**19,
        blind={"spread": "spread"},
    ),
    Check(
        id="spread",
        estimand="E (W2^2 - E W2^2)^2 of one fit in the plane",
        licence=Variance(of=lambda p: _plane.plane_central(p, 4) - plane(p, 2) ** 2, because=PLANE_SPREAD.because),
        value=lambda p: plane(p, 2),
        sampler=Loop(
            process=_flat().process,
            workflow="replace",
            metric="w2",
            n="n",
            at=1,
            outcome=lambda x, p: (x[:, -1] - plane(p)) ** 2,
        ).sampler(),
        points=IN_THE_PLANE,
        mutants=tuple(Mutant(name=f"x {f:g}", value=lambda p, f=f: f * plane(p, 2)) for f in (0.8, 1.25)),
        delta=0.1,
        of="exact",
        looks=LOOKS,
        budget=2**19,
        blind={"spread": WATCHED},
    ),
)

MULTI = Source(document="arulandu2024", where="section 3.1.1", second_hand="Shumailov et al. 2024")

CLAIMS = (
    Claim(
        id="arulandu2024.multivariate-bound",
        title="The lower bound in d dimensions needs eps_i uncorrelated with the sample mean, and both sums end at g",
        source=MULTI,
        says=r"\text{provided } \text{Cov}(\epsilon_i, \mu_i | \mu_{i-1}, \Sigma_{i-1}) = 0: \quad "
        r"\mathbb{E}[R_{W_2}^g] \geq \text{Tr} \Sigma \sum_{i=0}^{g-1} \frac{1}{T_i} "
        r"+ \sum_{i=1}^{n+1} \mathbb{E}(\|\epsilon_i\|^2)",
        relation="lower",
        domain={"n": (3, None), "g": (1, None), "sigma": "sigma > 0"},
        checks=(LOWER,),
        proofs=(
            Identity(
                statement="with eps_i = mu_{i-1} - sample mean the means stay: Cov(eps_i, mu_i | past) = 0",
                sides=_frozen,
            ),
            Inequality(
                statement="then 2 sigma^2 >= E W2^2 >= sigma^2 (g/n + g/n), the printed bound (d = 1, T_i = n)",
                parts=_literal,
                strict=False,
            ),
            Induction(
                statement="E |mu_g - mu|^2 = Tr Sigma sum_{i<g} 1/T_i + sum_{i<=g} E |eps_i|^2, eps_i uncorrelated "
                "with the sample mean",
                parts=_with_deviations,
                of="exact",
            ),
            Identity(statement="the covariance part is a square (d = 1)", sides=_square, of="exact"),
        ),
        uses=("schaeffer2025.covariance-term",),
        tags=("gaussian", "replace", "bound"),
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
    Claim(
        id="arulandu2024.recovers",
        title="The lower bound has the mean term alone, coefficient 1: it does not recover the 3/2 of equation (2)",
        source=MULTI,
        says=r"\mathbb{E}[R_{W_2}^g] \geq \dots \text{ which recovers (2)}",
        relation="order(n, 2)",
        domain={"n": (3, None), "g": (1, None), "sigma": "sigma > 0"},
        checks=PLANE,
        proofs=(
            Order(
                statement="E W2^2 = sigma^2 g/n, the bound without deviations, + O(n^-2) (d = 1)",
                parts=_on_the_line,
                power=2,
                points=({"g": 1, "sigma": 1}, {"g": 3, "sigma": 2}),
            ),
            Order(
                statement="E W2^2 = (7/2) sigma^2/n + O(n^-2) after one fit in the plane: d(d + 5)/4 per 1/n",
                parts=_plane_order,
                power=2,
                points=({"sigma": 1}, {"sigma": 2}),
                of="exact",
            ),
        ),
        uses=("arulandu2024.multivariate-bound", "shumailov2023.w2-mean"),
        tags=("gaussian", "replace", "bound"),
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
)
