r"""Kazdan et al. 2024 on kernel density estimates of fixed bandwidth h, refitted on their own draws.

Real data N(0, 1), a Gaussian kernel, n draws a generation; model g is the estimate on its corpus. A draw has passed
through J + 1 kernels since the real data, so its law is a mixture of N(0, 1 + (J + 1) h^2).

Accumulate: J is a sum of independent coins of 1/k, k = 2, …, g, and every density is at most :math:`E\,(2\pi h^2 (J +
1))^{-1/2}`. With Jensen twice and :math:`E \frac{1}{J+1} = \int_0^1 E z^J dz \le \frac{1}{H_g - 1}`

.. math:: E\,\mathrm{NLL}_g \ge \tfrac12 \ln\big(2\pi h^2 (H_g - 1)\big) \to \infty,

for every n and every real law: a divergence like (ln ln g)/2. Replace: J = g - 1, the cloud keeps its width and its
centre walks, so the cost is at least linear:

.. math:: E\,\mathrm{NLL}_g \ge \tfrac12 \ln(2\pi h^2) + \frac{E(X - \bar x)^2/2 - (n - 1)u}{2h^2},

with :math:`E(X - \bar x)^2 = 2 + (g - 1)h^2 - (1 - 1/n)u` and u the mean unbiased variance of the points, at most
max(1, n h^2).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from paper_checks import _chance
from paper_checks._claim import Check, Claim, Source
from paper_checks._enumerate import Enumeration
from paper_checks._loop import Loop
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Inequality, Limit

__all__ = ["CLAIMS", "accumulate_bound", "replace_bound"]

Point = Mapping[str, Any]
BIBTEX = """@misc{kazdan2024,
  author = {Kazdan, Joshua and Schaeffer, Rylan and Dey, Apratim and Gerstgrasser, Matthias and others},
  title = {Collapse or Thrive? Perils and Promises of Synthetic Data in a Self-Generating World},
  year = {2024}, eprint = {2410.16713}, archivePrefix = {arXiv}
}"""
SOURCE = Source(document="schaeffer2025", where="section 4.4", second_hand="Kazdan et al. 2024")
SAYS = (
    r"\text{the negative log likelihood does diverge asymptotically, although this occurs at a rate so glacial that "
    r"it doesn't pose a practical concern}"
)
DOMAIN = {"n": (2, None), "h": "h > 0", "g": (1, None)}
#: The estimate on few points has deep valleys, so its cost is cut at CUT: what is left of a mean is below the mean.
CUT = 12.0
BUILT: tuple[Point, ...] = ({"n": 4, "h": 0.75, "g": 1}, {"n": 4, "h": 0.75, "g": 4})


def _loop(workflow: str, metric: str, **more: Any) -> Loop:
    return Loop(process="kde(h={h})", workflow=workflow, metric=metric, n="n", at="g", **more)


def _cut(x: np.ndarray, point: Point) -> np.ndarray:
    return np.minimum(x[:, -1], CUT)


def harmonic(g: int) -> Fraction:
    """Return 1 + 1/2 + … + 1/g.

    >>> harmonic(3)
    Fraction(11, 6)
    """
    return sum((Fraction(1, k) for k in range(1, g + 1)), Fraction(0))


def accumulate_bound(point: Point) -> float:
    """Return (1/2) ln(2 pi h^2 (H_g - 1)), below the mean cost of model g on accumulated data; -inf at g = 1.

    >>> round(accumulate_bound({"h": 0.3, "g": 10}), 3)
    0.043
    """
    more = float(harmonic(point["g"]) - 1)
    return math.log(2 * math.pi * point["h"] ** 2 * more) / 2 if more else -math.inf


def mixture_bound(point: Point) -> float:
    """Return the cost of the real law under E f_g, below the mean cost by Jensen; near it for large n."""
    from theory.quantity import find

    return find("kde.accumulate_nll_lower").evaluate(dict(point))


def replace_bound(point: Point) -> float:
    """Return the lower bound on the mean cost of model g on replaced data that grows by 1/4 a generation.

    >>> replace_bound({"n": 4, "h": 0.75, "g": 201}) - replace_bound({"n": 4, "h": 0.75, "g": 101})
    25.0
    """
    n, h, g = point["n"], point["h"], point["g"]
    within = max(1.0, n * h**2)
    apart = 2 + (g - 1) * h**2 - (1 - 1 / n) * within
    return math.log(2 * math.pi * h**2) / 2 + (apart / 2 - (n - 1) * within) / (2 * h**2)


def replace_density(point: Point) -> float:
    """Return E f_g(0) on replaced data, the density at 0 of N(0, 1 + g h^2).

    >>> round(replace_density({"h": 1.0, "g": 1}), 6)
    0.282095
    """
    return 1 / math.sqrt(2 * math.pi * (1 + point["g"] * point["h"] ** 2))


def accumulate_density(point: Point) -> float:
    """Return E f_g(0) on accumulated data, the mixture over the depth."""
    from theory.quantity import find

    return find("kde.accumulate_density").evaluate({**point, "x": 0.0})


def form() -> Any:
    """Return the lower bound on accumulated data, (1/2) ln(2 pi h^2 (H_g - 1))."""
    import sympy

    from theory import forms
    from theory.symbols import symbol

    k = forms.index("k")
    h = sympy.Symbol("h", positive=True)
    return sympy.log(2 * sympy.pi * h**2 * forms.add_up(1 / k, (k, 2, symbol("g")))) / 2


def replace_form() -> Any:
    """Return the lower bound on replaced data for h^2 n >= 1, where the cloud is n^(1/2) h wide."""
    import sympy

    from theory.symbols import symbol

    n, g = symbol("n"), symbol("g")
    h = sympy.Symbol("h", positive=True)
    within = n * h**2
    apart = 2 + (g - 1) * h**2 - (1 - 1 / n) * within
    return sympy.log(2 * sympy.pi * h**2) / 2 + (apart / 2 - (n - 1) * within) / (2 * h**2)


# The proofs.


def _depth_step() -> tuple[Any, ...]:
    """Return the generating function of the depth, g, its recursion and its start: a pool of g keeps the newest 1/g."""
    import sympy

    from theory.symbols import symbol

    g, z = symbol("g"), sympy.Symbol("z", positive=True)
    closed = sympy.gamma(g + z) / (sympy.gamma(g + 1) * sympy.gamma(1 + z))
    # A uniform point is old with probability (g - 1)/g, else one kernel further than a uniform point of the old pool.
    return closed, g, lambda old, g: (g - 1) / g * old + z * old / g, sympy.Integer(1)


def _integral() -> tuple[Any, ...]:
    """Return the integral of exp(-(1 - z) L) over 0 < z < 1, L = H_g - 1, and (1 - e^-L)/L, at most 1/L."""
    import sympy

    z, size = sympy.symbols("z L", positive=True)
    return sympy.integrate(sympy.exp(-(1 - z) * size), (z, 0, 1)), (1 - sympy.exp(-size)) / size


def _harmonic_half() -> tuple[Any, ...]:
    """Return 1/(t + j) - 1/(2 t) for j <= t, t = j + m."""
    import sympy

    j, m = sympy.Symbol("j", integer=True, positive=True), sympy.Symbol("m", integer=True, nonnegative=True)
    return 1 / (j + m + j) - 1 / (2 * (j + m)), {j: 1, m: 0}


def _unbounded() -> tuple[Any, ...]:
    """Return 1/(2 pi h^2 m/2), its variable m, and 0: along g = 2^m, H_g - 1 >= m/2."""
    import sympy

    m, h = sympy.symbols("m h", positive=True)
    return 1 / (2 * sympy.pi * h**2 * m / 2), m, sympy.Integer(0)


def _glacial() -> tuple[Any, ...]:
    """Return the bound on replaced data over g, its variable g, and 0."""
    import sympy

    n, g, h = sympy.symbols("n g h", positive=True)
    within = n * h**2
    apart = 2 + (g - 1) * h**2 - (1 - 1 / n) * within
    return (sympy.log(2 * sympy.pi * h**2) / 2 + (apart / 2 - (n - 1) * within) / (2 * h**2)) / g, g, sympy.Integer(0)


def _quarter() -> tuple[Any, ...]:
    expression, g, _ = _glacial()
    import sympy

    return expression, g, sympy.Rational(1, 4)


def _half_square() -> tuple[Any, ...]:
    """Return (a - b)^2 - a^2/2 + b^2 and (a - 2 b)^2/2: the nearest point is nearly as far as the centre."""
    import sympy

    a, b = sympy.symbols("a b", real=True)
    return (a - b) ** 2 - a**2 / 2 + b**2, (a - 2 * b) ** 2 / 2


def _within_step() -> tuple[Any, ...]:
    """Return the mean variance of the points of model g, g, its recursion and its start 1, in q = 1 - 1/n."""
    import sympy

    from theory.symbols import symbol

    g, h, q = symbol("g"), sympy.Symbol("h", positive=True), sympy.Symbol("q", positive=True)
    kept = q ** (g - 1)
    return kept + h**2 * (1 - kept) / (1 - q), g, lambda u, g: q * u + h**2, sympy.Integer(1)


def _centre() -> tuple[Any, ...]:
    """Return E(X - mean of the points)^2 from q = E x^2 and w = E x x', and the same from q and u = q - w."""
    import sympy

    n, q, w = sympy.symbols("n q w", positive=True)
    return 1 + q / n + (1 - 1 / n) * w, 1 + q - (1 - 1 / n) * (q - w)


def _depths() -> Iterator[tuple[str, Any, Fraction]]:
    """Yield the density at 0 of theory against the mixture with the depths counted one coin after the other."""
    from theory.quantity import find

    for g in (1, 2, 5, 9):
        chances = [Fraction(1)]
        for k in range(2, g + 1):
            old = [*chances, Fraction(0)]
            new = [Fraction(0), *chances]
            chances = [(1 - Fraction(1, k)) * a + Fraction(1, k) * b for a, b in zip(old, new, strict=True)]
        # Variances 1 + (j + 1) h^2 that are squares times 3 + j: h^2 = 1 gives N(0; 0, j + 2), taken as floats below.
        exact = sum(
            (chance * Fraction(1 / math.sqrt(2 * math.pi * (j + 2))) for j, chance in enumerate(chances)), Fraction(0)
        )
        at = {"n": 3, "h": 1.0, "g": g, "x": 0.0}
        yield f"g = {g}", find("kde.accumulate_density").evaluate(at), exact


# The checks.


def _height(workflow: str, value: Any) -> Check:
    return _chance.bounded(
        "density",
        f"E f_g(0), {workflow}",
        _loop(workflow, "density"),
        value,
        BUILT,
        ends=lambda p: (0.0, 1 / (p["h"] * math.sqrt(2 * math.pi)) * (1 + 1e-12)),
        because="a mixture of kernels is no higher than a kernel",
        delta=0.04,
        steps=("g",),
        planted=("generation off by one", "workflow swapped"),
    )


def _cost(workflow: str, value: Any, *slips: Mutant) -> Check:
    return _chance.bounded(
        "cost",
        f"the mean negative log-likelihood of N(0, 1) under f_g, cut at {CUT:g}, {workflow}",
        _loop(workflow, "negative_log_likelihood", outcome=_cut),
        value,
        BUILT[1:],
        ends=lambda p: (math.log(2 * math.pi * p["h"] ** 2) / 2 - 1e-9, CUT),
        because="no density is higher than a kernel, and the cost is cut above",
        side="lower",
        # A value that the mean is above for certain: a bound below it is true.
        truth=mixture_bound,
        gap=0.12,
        planted=(),
        steps=(),
        slips=slips,
    )


CLAIMS = (
    Claim(
        id="kazdan2024.kde-accumulate",
        title="On accumulated data the cost diverges, glacially: at least like (ln ln g)/2",
        source=SOURCE,
        says=SAYS,
        relation="lower",
        formula=form,
        domain=DOMAIN,
        checks=(
            _cost(
                "accumulate",
                accumulate_bound,
                Mutant(name="ln for (ln)/2", value=lambda p: 4 + 2 * accumulate_bound(p)),
                Mutant(name="the bound on replaced data of g = 40", value=lambda p: replace_bound({**p, "g": 60})),
            ),
            _height("accumulate", accumulate_density),
        ),
        proofs=(
            Induction(statement="E z^J = G(g+z)/(g! G(1+z)), the depth in a pool of g", parts=_depth_step),
            Identity(statement="int_0^1 exp(-(1-z)(H_g-1)) dz <= 1/(H_g-1), which E 1/(J+1) is below", sides=_integral),
            Inequality(
                statement="1/(t + j) >= 1/(2 t) for j <= t, so H_{2t} >= H_t + 1/2", parts=_harmonic_half, strict=False
            ),
            Limit(statement="exp(-2 bound) -> 0 along g = 2^m: the bound has no bound", parts=_unbounded),
        ),
        enumerations=(Enumeration(statement="kde.accumulate_density, coin by coin", cases=_depths),),
        tags=("kde", "accumulate", "timescale"),
        bibtex=BIBTEX,
        expected="BOUND HOLDS",
    ),
    Claim(
        id="kazdan2024.kde-replace",
        title="Read for replaced data the rate is not glacial: the cost grows linearly",
        source=SOURCE,
        says=SAYS,
        relation="lower",
        exact=replace_form,
        domain=DOMAIN,
        checks=(_height("replace", replace_density),),
        proofs=(
            Limit(statement="the bound below over g, which the cost over g is above, vanishes", parts=_glacial),
            Identity(statement="(a - b)^2 >= a^2/2 - b^2, by (a - 2b)^2/2", sides=_half_square, of="exact"),
            Identity(statement="E(X - mean)^2 = 1 + q - (1 - 1/n) u", sides=_centre, of="exact"),
            Induction(statement="u = q^(g-1) + n h^2 (1 - q^(g-1)), q = 1 - 1/n", parts=_within_step, of="exact"),
            Limit(statement="the bound over g -> 1/4", parts=_quarter, of="exact"),
        ),
        tags=("kde", "replace", "timescale"),
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
)
