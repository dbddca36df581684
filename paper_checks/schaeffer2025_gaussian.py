r"""Schaeffer et al. 2025, section 2.1: what diverges, what vanishes and what comes to rest when a Gaussian is refitted.

With the unbiased fit, c4 = E sigma_1/sigma < 1 and P = sigma_g/sigma: :math:`E P = c_4^g \to 0` and E P^2 = 1, so

.. math:: E (\mu_g - \mu)^2 = \sigma^2 g/n, \quad E (\sigma_g - \sigma)^2 = 2\sigma^2 (1 - c_4^g), \quad
          E |\mu_{g+1} - \mu_g| = \sqrt{2/(\pi n)}\, \sigma c_4^g.

The first diverges, the second does not vanish, and by the third the means converge on almost every path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import exp, lgamma, log, pi, sqrt
from typing import Any

import numpy as np

from paper_checks import _draws, _w2
from paper_checks._claim import Check, Claim, Source
from paper_checks._licence import Binary, Variance
from paper_checks._looks import Looks
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction, Limit
from paper_checks._roots import BELOW, MLE, SCALE, SCALES, c4, moved, rate, root_mean, scale_mean
from paper_checks._simulated import paths
from paper_checks._w2_law import scale_law
from paper_checks.schaeffer2025 import BIBTEX

__all__ = ["CLAIMS", "covariance_mean", "kept_apart", "step_mean", "vanished"]

Point = Mapping[str, Any]
LOOKS = Looks(first=4096, count=13)
GENERATIONS = 12


# The covariance term.


def _covariance(expected: int) -> tuple[Any, ...]:
    """Return E (sigma_g - sigma)^2/sigma^2 = 2 - 2 e^(-r g), g, and a limit."""
    import sympy

    g, r, _ = rate()
    return 2 * (1 - sympy.exp(-r * g)), g, sympy.Integer(expected)


def _covariance_step() -> tuple[Any, ...]:
    """Return E (sigma_g - sigma)^2 by its three moments, for the recursion of E sigma_g, and the closed form."""
    n, g, sigma = _w2.symbols()
    one, k = _draws.factor_moment(1)
    root = c4()[0].subs(k, n - 1)
    return sigma**2 * one**g - 2 * sigma * scale_mean()[0] + sigma**2, 2 * sigma**2 * (1 - root**g)


def covariance_mean(point: Point) -> float:
    """Return E (sigma_g - sigma)^2.

    >>> round(covariance_mean({"n": 2, "g": 1, "sigma": 1.0}), 9)
    0.404230878
    """
    return 2 * point["sigma"] ** 2 * (1 - root_mean(point["n"]) ** point["g"])


def covariance_spread(point: Point) -> float:
    """Return the variance of (sigma_g - sigma)^2, from the moments of a product of chi-square roots.

    >>> round(covariance_spread({"n": 10, "g": 1, "sigma": 1.0}), 6)
    0.005665
    """
    k, g = point["n"] - 1, point["g"]
    m1, m2, m3, m4 = (exp(g * (j / 2 * log(2 / k) + lgamma((k + j) / 2) - lgamma(k / 2))) for j in (1, 2, 3, 4))
    return point["sigma"] ** 4 * (m4 - 4 * m3 + 6 * m2 - 4 * m1 + 1 - (m2 - 2 * m1 + 1) ** 2)


def kept_apart(point: Point, *, more: int = 0) -> float:
    """Return P((sigma_g - sigma)^2 > sigma^2/2), from the law of ln sigma_g.

    >>> round(kept_apart({"n": 4, "g": 24, "sigma": 1.0}), 4)
    0.9299
    """
    cdf, root = scale_law(point, more=more), sqrt(0.5)
    low, high = cdf(np.log(point["sigma"] * np.array([1 - root, 1 + root])))
    return float(low + 1 - high)


def _sd(then: Callable[[np.ndarray, Point], np.ndarray], process: str = "gaussian(sigma={sigma})") -> Any:
    return paths(process, "replace", "sd", n="n", generations=GENERATIONS, at="g", then=then)


def _apart(x: np.ndarray, point: Point) -> np.ndarray:
    return ((x - point["sigma"]) ** 2 > point["sigma"] ** 2 / 2).astype(float)


def _gap(x: np.ndarray, point: Point) -> np.ndarray:
    return (x - point["sigma"]) ** 2


COVARIANCE = (
    Check(
        id="mean",
        estimand="E (sigma_g - sigma)^2",
        licence=Variance(of=covariance_spread, because="moments of products of chi-square roots"),
        value=covariance_mean,
        sampler=_sd(_gap),
        points=({"n": 4, "g": 4, "sigma": 1.5},),
        mutants=lambda: (
            *moved(covariance_mean),
            Mutant(name="vanished", value=lambda p: 0.0),
            Mutant(name="sigma^2 in its place, as on a path", value=lambda p: p["sigma"] ** 2),
            Mutant(name="estimator swapped", sampler=_sd(_gap, MLE)),
        ),
        delta=0.06,
        of="exact",
        looks=LOOKS,
        budget=2**22,
        blind={"spread": SCALES},
    ),
    Check(
        id="paths",
        estimand="P((sigma_g - sigma)^2 > sigma^2/2)",
        licence=Binary(),
        value=kept_apart,
        sampler=_sd(_apart),
        points=({"n": 4, "g": 12, "sigma": 1.5},),
        mutants=lambda: (
            *moved(kept_apart),
            Mutant(name="0 in the limit", value=lambda p: 0.0),
            Mutant(name="estimator swapped", sampler=_sd(_apart, MLE)),
        ),
        delta=0.02,
        of="exact",
        looks=LOOKS,
        budget=2**22,
    ),
)


# The variance.


def vanished(point: Point, *, more: int = 0) -> float:
    """Return P(sigma_g <= sigma/10), from the law of ln sigma_g.

    >>> round(vanished({"n": 4, "g": 24, "sigma": 2.0}), 4)
    0.8142
    """
    return float(scale_law(point, more=more)(np.log(np.array([0.1 * point["sigma"]])))[0])


def _markov() -> tuple[Any, ...]:
    """Return the bound e^(-r g)/eps of P(sigma_g > eps sigma) (Markov), g and 0; its sum over g is finite."""
    import sympy

    g, r, eps = rate()
    return sympy.exp(-r * g) / eps, g, sympy.Integer(0)


def _geometric() -> tuple[Any, ...]:
    """Return the sum of the bounds c^j/eps for j = 1, …, g, its recursion and start: c (1 - c^g)/((1 - c) eps)."""
    import sympy

    g, _, eps = rate()
    c = sympy.Symbol("c", positive=True)
    return c * (1 - c**g) / ((1 - c) * eps), g, lambda v, g: v + c**g / eps, c / eps


VANISHED = Check(
    id="paths",
    estimand="P(sigma_g <= sigma/10)",
    licence=Binary(),
    value=vanished,
    sampler=_sd(lambda x, p: (x <= 0.1 * p["sigma"]).astype(float)),
    points=({"n": 4, "g": 12, "sigma": 1.5},),
    mutants=lambda: (
        *moved(vanished),
        Mutant(name="1 in the limit", value=lambda p: 1.0),
        Mutant(name="estimator swapped", sampler=_sd(lambda x, p: (x <= 0.1 * p["sigma"]).astype(float), MLE)),
    ),
    delta=0.03,
    looks=LOOKS,
    budget=2**19,
)


# The means.


def step_mean(point: Point, *, root: bool = True) -> float:
    """Return E |mu_{g+1} - mu_g| = sqrt(2/(pi n)) sigma c4^g; without the root of E sigma_g the spread never falls.

    >>> round(step_mean({"n": 8, "g": 0, "sigma": 2.0}), 9)
    0.564189584
    """
    kept = root_mean(point["n"]) ** point["g"] if root else 1.0
    return sqrt(2 / (pi * point["n"])) * point["sigma"] * kept


def _half_normal() -> tuple[Any, ...]:
    """Return both sides of E |Z| = sqrt(2/pi), integrated."""
    import sympy

    z = sympy.Symbol("z", positive=True)
    density = sympy.exp(-(z**2) / 2) / sympy.sqrt(2 * sympy.pi)
    return 2 * sympy.integrate(z * density, (z, 0, sympy.oo)), sympy.sqrt(2 / sympy.pi)


def _walked(expected: Any) -> tuple[Any, ...]:
    """Return 1/(sum of E |steps| over sigma sqrt(2/(pi n))), g, and its limit: 0 only if the means go to infinity."""
    import sympy

    g, r, _ = rate()
    whole = (1 - sympy.exp(-r * g)) / (1 - sympy.exp(-r))
    return 1 / whole, g, sympy.Integer(0) if expected == 0 else 1 - sympy.exp(-r)


def _walk() -> tuple[Any, ...]:
    """Return sum_{i<g} c^i, its recursion and its start."""
    import sympy

    g, c = _w2.symbols()[1], sympy.Symbol("c", positive=True)
    return (1 - c**g) / (1 - c), g, lambda v, g: v + c ** (g - 1), sympy.Integer(1)


def _jump(x: np.ndarray, point: Point) -> np.ndarray:
    return np.abs(_draws.step(x, point))


STEPS = Check(
    id="step",
    estimand="E |mu_{g+1} - mu_g|",
    licence=Variance(
        of=lambda p: p["sigma"] ** 2 / p["n"] - step_mean(p) ** 2, because="E (mu_{g+1} - mu_g)^2 = E sigma_g^2/n"
    ),
    value=step_mean,
    sampler=_draws.centres(_jump),
    points=({"n": 4, "g": 5, "sigma": 1.5},),
    mutants=lambda: (
        *moved(step_mean),
        Mutant(name="steps that keep their size", value=lambda p: step_mean(p, root=False)),
        Mutant(name="estimator swapped", sampler=_draws.centres(_jump, process=MLE)),
    ),
    delta=0.03,
    of="exact",
    looks=LOOKS,
    budget=2**19,
    blind={"spread": SCALES},
)


DISPLAY = Source(document="schaeffer2025", where="section 2.1, display with the two contributions")
TAGS = ("gaussian", "replace")

CLAIMS = (
    Claim(
        id="schaeffer2025.covariance-term",
        title="The covariance term does not vanish: it tends to 2 Tr Sigma in the mean, to Tr Sigma on a path (d = 1)",
        source=DISPLAY,
        says=r"\underbrace{\text{Tr}(\hat{\Sigma}^{(t)} + \Sigma^{(0)} - 2((\Sigma^{(0)})^{1/2} \hat{\Sigma}^{(t)} "
        r"(\Sigma^{(0)})^{1/2})^{1/2})}_{\rightarrow 0}",
        relation="limit",
        domain=_w2.DOMAIN,
        assumptions=(_w2.ENOUGH,),
        checks=COVARIANCE,
        proofs=(
            Limit(statement="E (sigma_g - sigma)^2/sigma^2 = 2 (1 - c4^g) -> 0", parts=lambda: _covariance(0)),
            replace(BELOW, of="exact"),
            replace(SCALE, of="exact"),
            Identity(
                statement="E (sigma_g - sigma)^2 by its three moments",
                sides=_covariance_step,
                least={"n": 2},
                of="exact",
            ),
            Limit(statement="2 (1 - c4^g) -> 2, with c4 = e^-r", parts=lambda: _covariance(2), of="exact"),
        ),
        uses=("schaeffer2025.variance-vanishes",),
        tags=TAGS,
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
    Claim(
        id="schaeffer2025.variance-vanishes",
        title="The fitted variance tends to 0 on almost every path, though its mean stays sigma^2",
        source=DISPLAY,
        says=r"\text{while the variance collapses and tails do vanish}",
        relation="limit",
        domain=_w2.DOMAIN,
        assumptions=(_w2.ENOUGH,),
        checks=(VANISHED,),
        proofs=(
            BELOW,
            SCALE,
            Limit(statement="P(sigma_g > eps sigma) <= c4^g/eps -> 0, c4 = e^-r", parts=_markov),
            Induction(statement="sum c4^j/eps is finite, so almost surely (Borel-Cantelli)", parts=_geometric),
        ),
        uses=("arulandu2024.variance-martingale",),
        tags=TAGS,
        bibtex=BIBTEX,
        expected="ASYMPTOTIC",
    ),
    Claim(
        id="schaeffer2025.mean-term",
        title="On almost every path the means come to rest at a finite point: only E |mu_g - mu|^2 diverges",
        source=DISPLAY,
        says=r"\underbrace{\|\hat{\mu}^{(t)} - \mu^{(0)}\|_2^2}_{\rightarrow \infty} \dots "
        r"\text{the sequence of means } (\hat{\mu}^{(t)})_t \text{ randomly walks away}",
        relation="limit",
        domain=_w2.DOMAIN,
        assumptions=(_w2.ENOUGH,),
        checks=(STEPS,),
        proofs=(
            Limit(
                statement="|mu_g - mu| -> infinity, so (Fatou) sum E |mu_{i+1} - mu_i| -> infinity",
                parts=lambda: _walked(0),
            ),
            Identity(statement="E |Z| = sqrt(2/pi)", sides=_half_normal, of="exact"),
            replace(BELOW, of="exact"),
            replace(SCALE, of="exact"),
            Induction(statement="sum of c4^i up to g", parts=_walk, of="exact"),
            Limit(
                statement="the path has finite length, sqrt(2/(pi n)) sigma/(1 - c4)",
                parts=lambda: _walked(1),
                of="exact",
            ),
        ),
        uses=("schaeffer2025.variance-vanishes",),
        tags=TAGS,
        bibtex=BIBTEX,
        expected="REFUTED",
    ),
)
