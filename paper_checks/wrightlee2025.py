r"""Wright and Lee 2025: an error that a system multiplies by 1 + c/i at step i grows without bound.

The printed bound is the first-order part of the product, so it holds and is loose: the product is a ratio of gamma
functions that grows like :math:`T^c/\Gamma(1 + c)`, the bound like :math:`c \ln T`. The loop that has this product for
its mean is a fit that exaggerates (``_gain``), on accumulated data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from paper_checks._claim import Assumption, Check, Claim, Source
from paper_checks._enumerate import Enumeration
from paper_checks._licence import Variance, WholeLaw
from paper_checks._looks import Looks
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Inequality, Limit
from paper_checks._sampler_mutants import sampler_mutants

__all__ = ["CLAIMS", "bound", "law", "product", "variance"]

Point = Mapping[str, Any]
NAMES = ("g", "c")
LOOKS = Looks(first=4096, count=13)
POINTS: tuple[Point, ...] = (
    {"n": 10, "g": 2, "c": 0.125, "sigma": 1.0},
    {"n": 10, "g": 6, "c": 0.5, "sigma": 0.5},
    {"n": 40, "g": 5, "c": 2.0, "sigma": 1.5},
)
DOMAIN = {"g": (1, None), "c": "c > 0"}
POSITIVE = Assumption("c > 0", lambda point: point["c"] > 0)
BIBTEX = """@misc{wrightlee2025,
  author = {Wright, T\\'ea and Lee, Donghyun},
  title = {Creativity/Model Collapse},
  year = {2025}, howpublished = {Slides}
}"""


def product(point: Point) -> Fraction:
    """Return the product of 1 + c/i over i <= g, exactly.

    >>> product({"g": 3, "c": 1})
    Fraction(4, 1)
    """
    return prod((1 + Fraction(point["c"]) / i for i in range(1, point["g"] + 1)), start=Fraction(1))


def bound(point: Point) -> Fraction:
    """Return the printed bound 1 + c H_g, exactly.

    >>> bound({"g": 2, "c": 1})
    Fraction(5, 2)
    """
    return 1 + Fraction(point["c"]) * sum((Fraction(1, i) for i in range(1, point["g"] + 1)), Fraction(0))


def variance(point: Point) -> float:
    """Return the variance of the estimate, v_k = v_{k-1} (1 + c/k)^2 + sigma^2/(n k^2) from v_0 = 0.

    >>> variance({"n": 4, "g": 2, "c": 0.0, "sigma": 1.0})
    0.3125
    """
    v = 0.0
    for k in range(1, point["g"] + 1):
        v = v * (1 + point["c"] / k) ** 2 + point["sigma"] ** 2 / (point["n"] * k**2)
    return v


def law(point: Point) -> Callable[[np.ndarray], np.ndarray]:
    """Return the distribution function of the estimate, which is normal.

    >>> float(law({"n": 4, "g": 2, "c": 1.0, "sigma": 1.0})(np.array(3.0)))
    0.5
    """
    from scipy import special

    mean, scale = float(product(point)), variance(point) ** 0.5
    return lambda x: special.ndtr((x - mean) / scale)


def symbols() -> tuple[Any, ...]:
    """Return the symbols g (T in print), c and a running index."""
    import sympy

    g, i = sympy.symbols("g i", integer=True, positive=True)
    return g, sympy.Symbol("c", positive=True), i


def printed() -> Any:
    """Return the printed bound.

    >>> printed()
    c*Sum(1/i, (i, 1, g)) + 1
    """
    import sympy

    g, c, i = symbols()
    return 1 + c * sympy.Sum(1 / i, (i, 1, g))


def closed() -> Any:
    """Return the product as a ratio of gamma functions.

    >>> closed()
    gamma(c + g + 1)/(gamma(c + 1)*gamma(g + 1))
    """
    import sympy

    g, c, _ = symbols()
    return sympy.gamma(g + 1 + c) / (sympy.gamma(g + 1) * sympy.gamma(1 + c))


def _process(point: Point) -> Any:
    from paper_checks._gain import Gain

    return Gain(c=point["c"], sigma=point["sigma"])


LOOP = Loop(process=_process, workflow="accumulate", metric="estimate", n="n", at="g")


def _scaled(value: Callable[[Point], Any]) -> tuple[Mutant, ...]:
    """Return the mutants of a product by 2 %, a step, and the order of its factors' terms."""

    def moved(step: int) -> Mutant:
        return Mutant(name=f"g {step:+d}", value=lambda p: float(value({**p, "g": p["g"] + step})))

    return (
        *(Mutant(name=f"x {f:g}", value=lambda p, f=f: f * float(value(p))) for f in (1.02, 0.98)),
        moved(1),
        moved(-1),
        Mutant(name="the bound in its place", value=lambda p: float(bound(p))),
        Mutant(name="1 + c/i^2", value=lambda p: float(np.prod(1 + p["c"] / np.arange(1, p["g"] + 1) ** 2))),
    )


def _bound_slips() -> tuple[Mutant, ...]:
    return (
        Mutant(name="1 + c T", value=lambda p: 1 + p["c"] * p["g"]),
        Mutant(name="(1 + c)^T", value=lambda p: (1 + p["c"]) ** p["g"]),
        Mutant(name="exp(c H_T)", value=lambda p: float(np.exp(float(bound(p)) - 1))),
        Mutant(name="1 + c H_{T+1}", value=lambda p: float(bound({**p, "g": p["g"] + 1}))),
        Mutant(name="x 0.9", value=lambda p: 0.9 * float(bound(p))),
    )


def checks() -> tuple[Check, ...]:
    """Return the check of the bound, of the product that it bounds, and of the whole law."""
    spread = Variance(of=variance, because="a linear recursion in independent normal noise")
    shared = {"sampler": LOOP.sampler(), "points": POINTS, "looks": LOOKS, "budget": 2**20}
    lower = Check(
        id="bound",
        estimand="E theta_T under a gain 1 + c on accumulated data, from theta_0 = 1, is at least 1 + c H_T",
        licence=spread,
        value=lambda p: float(bound(p)),
        truth=lambda p: float(product(p)),
        side="lower",
        mutants=_bound_slips,
        delta=0.004,
        blind={"spread": "law", "a looser bound": "product"},
        **shared,
    )
    equal = Check(
        id="product",
        estimand="E theta_T under a gain 1 + c on accumulated data, from theta_0 = 1",
        licence=spread,
        value=lambda p: float(product(p)),
        mutants=lambda: _scaled(product),
        of="exact",
        delta=0.01,
        blind={"spread": "law"},
        **shared,
    )
    whole = Check(
        id="law",
        estimand="the law of theta_T",
        licence=WholeLaw(),
        value=law,
        mutants=lambda: (
            Mutant(name="c x 1.02", value=lambda p: law({**p, "c": 1.02 * p["c"]})),
            Mutant(name="n + 2", value=lambda p: law({**p, "n": p["n"] + 2})),
            *sampler_mutants(LOOP, without=("estimator swapped",)),
        ),
        of="exact",
        gap=0.02,
        **shared,
    )
    return lower, equal, whole


def _step() -> tuple[Any, ...]:
    """Return (1 + c h)(1 + c/(g+1)) - (1 + c (h + 1/(g+1))), h = H_g >= 1: the step of the induction."""
    import sympy

    g, c, _ = symbols()
    h = sympy.Symbol("h", positive=True)
    return (1 + c * h) * (1 + c / (g + 1)) - (1 + c * (h + 1 / (g + 1))), {g: 1, h: 1}


def _first() -> tuple[Any, ...]:
    import sympy

    g, c, _ = symbols()
    return printed().subs(g, sympy.Integer(1)).doit(), 1 + c


def _gammas() -> tuple[Any, ...]:
    g, c, _ = symbols()
    return closed(), g, lambda v, g: v * (1 + c / g), 1 + c


def _half() -> tuple[Any, ...]:
    """Return 1/(t + j) - 1/(2 t) for j <= t, t = j + m: t such terms are at least one half."""
    import sympy

    j, m = sympy.Symbol("j", integer=True, positive=True), sympy.Symbol("m", integer=True, nonnegative=True)
    t = j + m
    return 1 / (t + j) - 1 / (2 * t), {j: 1, m: 0}


def _unbounded() -> tuple[Any, ...]:
    """Return 1/(1 + c (1 + m/2)), its variable m, and 0."""
    import sympy

    _, c, _ = symbols()
    m = sympy.Symbol("m", positive=True)
    return 1 / (1 + c * (1 + m / 2)), m, sympy.Integer(0)


def _mean() -> tuple[Any, ...]:
    """Return both sides of the step of the accumulated mean: g - 1 old blocks and one of mean (1 + c) w."""
    import sympy

    g, c, _ = symbols()
    w, noise = sympy.symbols("w noise")
    return ((g - 1) * w + (1 + c) * w + noise) / g, (1 + c / g) * w + noise / g


def _by_numbers() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield whether the product reaches the bound: equal at T = 1, above it later."""
    for c in (Fraction(1, 100), Fraction(1, 3), Fraction(1), Fraction(7, 2)):
        for g in (1, 2, 3, 10, 60):
            point = {"g": g, "c": c}
            yield (
                f"c = {c}, T = {g}",
                (product(point) > bound(point)) - (product(point) < bound(point)),
                Fraction(g > 1),
            )


CLAIMS = (
    Claim(
        id="wrightlee2025.product",
        title="Errors that are multiplied grow without bound, even where the shift decreases like 1/i",
        source=Source(document="slides-wright-lee", where="Toy theoretical analysis, second bullet"),
        says=r"\prod_{i=1}^T \left(1 + \frac{c}{i}\right) \geq 1 + c \underbrace{\sum_{i=1}^T \frac{1}{i}}_{H_T} "
        r"\rightarrow \infty \text{ as } T \rightarrow \infty",
        relation="lower",
        formula=printed,
        exact=closed,
        domain=DOMAIN,
        assumptions=(POSITIVE,),
        checks=checks(),
        proofs=(
            Identity(statement="at T = 1 both sides are 1 + c", sides=_first),
            Inequality(statement="(1 + c H_T)(1 + c/(T+1)) >= 1 + c H_{T+1}", parts=_step, strict=False),
            Inequality(statement="1/(t + j) >= 1/(2 t) for j <= t, so H_{2t} >= H_t + 1/2", parts=_half, strict=False),
            Limit(statement="1/(1 + c H_T) <= 1/(1 + c (1 + m/2)) -> 0 along T = 2^m", parts=_unbounded),
            Identity(statement="w_g = (1 + c/g) w_{g-1} + noise_g/g on accumulated data", sides=_mean, of="exact"),
            Induction(statement="prod (1 + c/i) = G(T+1+c)/(G(T+1) G(1+c))", parts=_gammas, of="exact"),
        ),
        enumerations=(Enumeration(statement="sign of product - bound: 0 at T = 1, 1 later", cases=_by_numbers),),
        tags=("bound", "accumulate"),
        bibtex=BIBTEX,
        expected="BOUND HOLDS",
    ),
)
