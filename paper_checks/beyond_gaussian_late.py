r"""What no document prints about late generations of a refitted Gaussian: when spread survives, where the centre rests.

**Spread.** :math:`E\sigma_g = \sigma \prod_j c_4(n_j)` and :math:`1 - 1/(2(n-1)) < c_4(n)^2 < e^{-1/(2n)}`: the ratio
of both sides to c4^2 changes in steps of two in one direction, and tends to 1. So the product has a limit above 0
exactly if :math:`\sum 1/n_j` converges (Kakutani's dichotomy for the martingale sigma_g^2, which then keeps spread).

**Centre.** Given the scales the error of the centre is normal with variance :math:`\sigma^2 V`, V = 1/n + S V'. Over
n steps S is 1 plus noise of variance 2/(n-1), so with time in units of n generations V solves dV = dt + sqrt(2) V dB;
its law at rest has the density :math:`v^{-2} e^{-1/v}`, and a normal law with that variance is Student's t with two
degrees of freedom, whatever n was. For the MLE E S = 1 - 1/n adds a drift -V dt, and t with four comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from paper_checks._claim import Assumption, Check, Claim, Source
from paper_checks._licence import Variance, WholeLaw
from paper_checks._looks import Looks
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Inequality
from paper_checks._simulated import paths
from paper_checks.suresh2024_spread import width_steps

__all__ = ["CLAIMS", "lower", "resting_law"]

Point = Mapping[str, Any]
LOOKS = Looks(first=4096, count=12)

#: Sizes n g^2: the sum of 1/n_g converges.
GROWING: tuple[Point, ...] = ({"n": 4, "g": 2}, {"n": 4, "g": 6})
LATE: tuple[Point, ...] = ({"n": 20, "g": 400, "estimator": "unbiased"}, {"n": 20, "g": 400, "estimator": "mle"})
DERIVED = Source(document="tailfade", where="derived here")


def sizes(point: Point) -> list[int]:
    """Return the sizes n g^2 of the generations.

    >>> sizes({"n": 4, "g": 3})
    [4, 16, 36]
    """
    return [point["n"] * k**2 for k in range(1, point["g"] + 1)]


def lower(point: Point) -> float:
    """Return prod_j sqrt(1 - 1/(2 (n_j - 1))), the bound of E sigma_g that stays above 0.

    >>> round(lower({"n": 4, "g": 1}), 6)
    0.912871
    """
    return float(np.prod([1 - 1 / (2 * (n - 1)) for n in sizes(point)])) ** 0.5


def exact(point: Point) -> float:
    """Return E sigma_g at sigma = 1, the product of the c4."""
    from theory.gaussian import sd_mean

    return sd_mean(sizes(point), point["g"])


def _spread(point: Point) -> float:
    """Return Var sigma_g: E sigma_g^2 = 1."""
    return 1 - exact(point) ** 2


_sd = paths("gaussian", "schedule(replace, power=2)", "sd", n="n", generations=6, at="g")
_constant = paths("gaussian", "replace", "sd", n="n", generations=6, at="g")


def _falls() -> tuple[Any, ...]:
    """Return 1 less the ratio over two steps of c4(n)^2/(1 - 1/(2(n-1))), which is positive from n = 2 on."""
    import sympy

    n = sympy.Symbol("n", integer=True, positive=True)

    def bound(m: Any) -> Any:
        return 1 - 1 / (2 * (m - 1))

    return 1 - n**2 / (n**2 - 1) * bound(n) / bound(n + 2), {n: 2}


def _logarithm() -> tuple[Any, ...]:
    """Return x/(1 - x) - x, above 0 for 0 < x < 1 with x = 1/(1 + y): ln(1 - x) > -x/(1 - x), a convergent sum too."""
    import sympy

    y = sympy.Symbol("y", positive=True)
    x = 1 / (1 + y)
    return x / (1 - x) - x, {}


def _product() -> tuple[Any, ...]:
    """Return E sigma_g by induction where a fit multiplies it by c, whatever c is that generation."""
    import sympy

    g = sympy.Symbol("g", integer=True, positive=True)
    c = sympy.Symbol("c", positive=True)
    return c**g, g, lambda v, g: v * c, c


# The law at rest.


def resting_law(point: Point, estimator: str = "") -> Callable[[np.ndarray], np.ndarray]:
    """Return the limit of the distribution function of |mu_g - mu|/sigma, t_2 or t_4/sqrt 2.

    >>> round(float(resting_law({"estimator": "unbiased"})(np.array(1.0))), 6)
    0.57735
    """
    from scipy import special

    kind = estimator or point["estimator"]
    dof, scale = (2, 1.0) if kind == "unbiased" else (4, 2**0.5)
    return lambda x: 2 * special.stdtr(dof, np.maximum(x, 0) * scale) - 1


_centre = paths(
    "gaussian(estimator={estimator})",
    "replace",
    "mean_square_error",
    n="n",
    generations=400,
    at="g",
    then=lambda x, p: np.sqrt(x),
)
_early = paths(
    "gaussian(estimator={estimator})",
    "replace",
    "mean_square_error",
    n="n",
    generations=400,
    at=20,
    then=lambda x, p: np.sqrt(x),
)


def _at_rest(drift: int) -> tuple[Any, ...]:
    """Return the flux of the density v^-(2+drift) e^(-1/v) under dV = (1 - drift V) dt + sqrt 2 V dB, and 0."""
    import sympy

    v = sympy.Symbol("v", positive=True)
    density = v ** -(2 + drift) * sympy.exp(-1 / v)
    return sympy.simplify(sympy.diff(v**2 * density, v) - (1 - drift * v) * density), sympy.Integer(0)


def _student(drift: int) -> tuple[Any, ...]:
    """Return the normal density mixed over the law at rest of its variance, and Student's over sqrt(1 + drift)."""
    import sympy

    # With u = 1/v the mixture is an integral over a gamma density, and no other case distinctions arise.
    y, u = sympy.symbols("y u", positive=True)
    shape = 1 + drift
    normal = sympy.sqrt(u / (2 * sympy.pi)) * sympy.exp(-(y**2) * u / 2)
    mixed = sympy.integrate(normal * u ** (shape - 1) * sympy.exp(-u) / sympy.gamma(shape), (u, 0, sympy.oo))
    dof = 2 * shape
    half = sympy.Rational(dof + 1, 2)
    t = sympy.sqrt(shape) * y
    student = sympy.gamma(half) / (sympy.sqrt(dof * sympy.pi) * sympy.gamma(sympy.Rational(dof, 2)))
    return mixed, sympy.sqrt(shape) * student * (1 + t**2 / dof) ** (-half)


def _noise() -> tuple[Any, ...]:
    """Return E (S - 1)^2 for S chi-square over its k degrees of freedom, by integration, and 2/k."""
    import sympy

    k, x = sympy.symbols("k x", positive=True)
    density = x ** (k / 2 - 1) * sympy.exp(-x / 2) / (2 ** (k / 2) * sympy.gamma(k / 2))
    moment = lambda p: sympy.integrate((x / k) ** p * density, (x, 0, sympy.oo), conds="none")  # noqa: E731
    return sympy.gammasimp(moment(2) - 1), 2 / k


CLAIMS = (
    Claim(
        id="beyond.spread-survives",
        title="Spread survives where the sum of 1/n_g converges, and the mean of sigma_g falls to 0 where it does not",
        source=DERIVED,
        says=r"E\sigma_g \ge \sigma \prod_{j\le g} \left(1 - \frac{1}{2(n_j-1)}\right)^{1/2},"
        r"\quad c_4(n) < e^{-1/(4n)}",
        relation="lower",
        domain={"n": (2, None), "g": (1, None)},
        assumptions=(Assumption("n >= 2", lambda point: point["n"] >= 2),),
        checks=(
            Check(
                id="growing",
                estimand="E sigma_g with sizes n g^2, above the product",
                licence=Variance(of=_spread, because="E sigma_g^2 = 1 at every generation"),
                value=lower,
                sampler=_sd,
                points=GROWING,
                mutants=(
                    Mutant(name="no square root", value=lambda p: 1.0),
                    Mutant(name="the upper bound", value=lambda p: float(np.exp(-sum(1 / (4 * n) for n in sizes(p))))),
                    Mutant(name="x 1.05", value=lambda p: 1.05 * lower(p)),
                    Mutant(name="sizes that stay", sampler=_constant),
                ),
                side="lower",
                truth=exact,
                delta=0.01,
                looks=LOOKS,
                budget=2**21,
                blind={"spread": "arulandu2024.variance-martingale/law"},
            ),
            Check(
                id="mean",
                estimand="E sigma_g with sizes n g^2",
                licence=Variance(of=_spread, because="E sigma_g^2 = 1 at every generation"),
                value=exact,
                sampler=_sd,
                points=GROWING,
                mutants=(
                    Mutant(name="the lower bound", value=lower),
                    Mutant(name="one generation", value=lambda p: exact({**p, "g": 1})),
                    Mutant(name="sizes that stay", sampler=_constant),
                ),
                of="exact",
                delta=0.005,
                looks=LOOKS,
                budget=2**21,
                blind={"spread": "arulandu2024.variance-martingale/law"},
            ),
        ),
        proofs=(
            *width_steps(0),
            Inequality(
                statement="c4(n)^2/(1 - 1/(2(n-1))) falls in steps of two, to 1: so it is above 1", parts=_falls
            ),
            Induction(statement="E sigma_g is the product of the c4, one a generation", parts=_product),
            Inequality(statement="x < x/(1-x), 0 < x < 1: sums of 1/(n-1) and 1/n converge together", parts=_logarithm),
        ),
        tags=("gaussian", "replace", "schedule"),
        expected="BOUND HOLDS",
    ),
    Claim(
        id="beyond.resting-law",
        title="At n = 20 the centre rests, within a CDF gap of 0.03, by Student's t: t_2, or t_4/sqrt 2 for the MLE",
        source=DERIVED,
        says=r"\frac{\mu_\infty - \mu}{\sigma} \approx t_2 \text{ (unbiased)}, \quad t_4/\sqrt 2 \text{ (MLE)}",
        relation="law",
        domain={"n": (2, None), "g": (1, None), "estimator": {"unbiased", "mle"}},
        checks=(
            Check(
                id="law",
                estimand="the law of |mu_g - mu| at g = 20 n, within 0.03 of the limit in n",
                licence=WholeLaw(),
                value=resting_law,
                sampler=_centre,
                points=LATE,
                mutants=(
                    Mutant(
                        name="the other estimator",
                        value=lambda p: resting_law(p, "mle" if p["estimator"] == "unbiased" else "unbiased"),
                    ),
                    Mutant(name="x 1.1", value=lambda p: lambda x: resting_law(p)(1.1 * x)),
                    Mutant(name="after n generations", sampler=_early),
                ),
                gap=0.03,
                looks=LOOKS,
                budget=2**17,
            ),
        ),
        uses=("beyond.resting-diffusion",),
        tags=("gaussian", "replace", "heavy-tail"),
        expected="HOLDS",
    ),
    Claim(
        id="beyond.resting-diffusion",
        title="In units of n generations the variance of the centre is a diffusion; at rest it makes t_2, t_4",
        source=DERIVED,
        says=r"dV = dt + \sqrt 2\, V\, dB \Rightarrow V \sim 1/\mathrm{Exp}(1), \; N(0, V) = t_2",
        relation="equal",
        domain={"estimator": {"unbiased", "mle"}},
        proofs=(
            Identity(statement="Var S = 2/(n - 1): the noise of V over n steps", sides=_noise),
            Identity(statement="v^-2 e^(-1/v) is at rest under dV = dt + sqrt 2 V dB", sides=lambda: _at_rest(0)),
            Identity(statement="v^-3 e^(-1/v) is at rest with the drift -V of the MLE", sides=lambda: _at_rest(1)),
            Identity(statement="a normal law with such a variance is t_2", sides=lambda: _student(0)),
            Identity(statement="and with the second is t_4 over sqrt 2", sides=lambda: _student(1)),
        ),
        tags=("gaussian", "replace", "heavy-tail"),
        expected="EXACT",
    ),
)
