"""Estimands whose value, spread and law are known exactly: what the verdict engine is calibrated on.

A light tail, a heavy one under its closed-form tilt, a probability and a whole law. Each gives the claims to try at an
error probability: the true one, and two that are off by exactly the resolution printed for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
from scipy import optimize

from paper_checks._catoni import mean_test
from paper_checks._enumerate import binomial_law, law_after
from paper_checks._law import law_test
from paper_checks._looks import Looks
from paper_checks._proportion import proportion_test
from paper_checks._stream import SampledTest
from paper_checks._w2_law import central, moment

__all__ = ["ESTIMANDS", "HEAVY", "Estimand", "Sample", "Scene", "fixation", "plain_variance", "tilted_variance"]

#: Outcomes of so many independent paths.
Sample = Callable[[np.random.Generator, int], np.ndarray]


@dataclass(frozen=True)
class Scene:
    """A claim and the process it is held against; ``label`` is truth, above or below."""

    label: str
    test: SampledTest
    sample: Sample


@dataclass(frozen=True, kw_only=True)
class Estimand:
    """A quantity with everything known about it.

    ``paths`` is the design look: the run ends there, at the least budget for which the resolution is promised.
    ``scenes`` gives the claims at an error probability. ``value``, ``variance`` and ``plain`` (the outcome without
    a tilt) serve the fixed-N tests that stand beside the engine; a whole law has none.
    """

    name: str
    says: str
    paths: int
    scenes: Callable[[float], tuple[Scene, ...]]
    value: float | None = None
    variance: float | None = None
    plain: Sample | None = None


LOOKS = Looks(first=256, count=6)
A = {"n": 20, "g": 5, "sigma": 1.0}
B_N, B_G = 50, 250
C_M, C_START, C_G = 40, 4, 60


def distance(random: np.random.Generator, paths: int) -> np.ndarray:
    """Return mu_g^2 + (sigma_g - 1)^2: the variance moves by chi-squares, the centre is normal given them."""
    n, g = A["n"], A["g"]
    ratios = random.chisquare(n - 1, size=(g, paths)) / (n - 1)
    variances = np.cumprod(ratios, axis=0)
    spread = (1 + variances[:-1].sum(axis=0)) / n
    return random.standard_normal(paths) ** 2 * spread + (np.sqrt(variances[-1]) - 1) ** 2


def variance_at_end(random: np.random.Generator, paths: int) -> np.ndarray:
    """Return sigma_g^2 as the process has it."""
    return (random.chisquare(B_N - 1, size=(B_G, paths)) / (B_N - 1)).prod(axis=0)


def tilted_variance_at_end(random: np.random.Generator, paths: int) -> np.ndarray:
    """Return sigma_g^2 from chi-squares times c = (k+2)/k, weighted back: the mean is as before."""
    k = B_N - 1
    c = (k + 2) / k
    ratios = c / k * random.chisquare(k, size=(B_G, paths))
    return np.exp(B_G * k / 2 * math.log(c) - (1 - 1 / c) * k / 2 * ratios.sum(axis=0)) * ratios.prod(axis=0)


def plain_variance() -> float:
    """Return Var sigma_g^2 = (1 + 2/k)^g - 1."""
    return math.expm1(B_G * math.log1p(2 / (B_N - 1)))


def tilted_variance() -> float:
    """Return the variance of the weighted outcome, {((k+2)/k)^(k/2+1) ((k+2)/(k+4))^(k/2+2)}^g - 1."""
    k = B_N - 1
    return math.expm1(B_G * ((k / 2 + 1) * math.log1p(2 / k) + (k / 2 + 2) * math.log((k + 2) / (k + 4))))


@lru_cache(maxsize=1)
def fixation() -> Fraction:
    """Return P(fixed by generation g) of the two-type chain, an exact rational."""
    return law_after({C_START: Fraction(1)}, lambda i: binomial_law(C_M, Fraction(i, C_M)), C_G)[C_M]


def coin(p: float) -> Sample:
    """Return 0/1 outcomes of probability p: a probability is the whole law of what it is the probability of."""
    return lambda random, paths: (random.random(paths) < p) * 1.0


def exponential(random: np.random.Generator, paths: int) -> np.ndarray:
    """Return sigma_1^2 after one refit of three samples: a chi-square of two degrees of freedom over two."""
    return random.chisquare(2, size=paths) / 2


def stretched(factor: float) -> Callable[[np.ndarray], np.ndarray]:
    """Return the distribution function of the exponential law of the given mean."""
    return lambda x: -np.expm1(-x / factor)


def stretch(gap: float) -> float:
    """Return s > 1 at which exponential laws of means 1 and s, and so of means 1/s and 1, are ``gap`` apart."""

    def apart(s: float) -> float:
        x = s * math.log(s) / (s - 1)
        return math.exp(-x / s) - math.exp(-x) - gap

    return float(optimize.root_scalar(apart, bracket=(1 + 1e-9, 1e6)).root)


def _sized(make: Callable[[float], SampledTest], paths: int) -> SampledTest:
    """Return the test whose design look has so many paths: it asks for just what they resolve."""
    return make(make(1.0).resolution(paths))


def _mean(value: float, variance: float, paths: int, sample: Sample) -> Callable[[float], tuple[Scene, ...]]:
    """Return the scenes of a mean: the claim is moved."""

    def scenes(alpha: float) -> tuple[Scene, ...]:
        truth = _sized(lambda gap: mean_test(value, variance, alpha=alpha, gap=gap, looks=LOOKS), paths)
        gap = truth.design.gap
        off = {
            label: mean_test(value + move, variance, alpha=alpha, gap=gap, looks=LOOKS)
            for label, move in (("truth", 0.0), ("above", gap), ("below", -gap))
        }
        return tuple(Scene(label, test, sample) for label, test in off.items())

    return scenes


def _probability(alpha: float) -> tuple[Scene, ...]:
    """Return the scenes of the probability: the process is moved, as the spread moves with the value."""
    p = float(fixation())
    test = _sized(lambda gap: proportion_test(p, alpha=alpha, gap=gap, looks=LOOKS), 4096)
    moves = {"truth": 0.0, "above": test.design.gap, "below": -test.design.gap}
    return tuple(Scene(label, test, coin(p + move)) for label, move in moves.items())


def _law(alpha: float) -> tuple[Scene, ...]:
    """Return the scenes of the law: the claimed law is stretched and shrunk until it is the gap away."""

    def claim(factor: float, gap: float) -> SampledTest:
        return law_test(stretched(factor), alpha=alpha, gap=gap, looks=LOOKS)

    truth = _sized(lambda gap: claim(1.0, gap), 1024)
    gap = truth.design.gap
    factors = {"truth": 1.0, "above": stretch(gap), "below": 1 / stretch(gap)}
    return tuple(Scene(label, claim(factor, gap), exponential) for label, factor in factors.items())


def _known() -> tuple[Estimand, ...]:
    light, spread = moment(A, 1), central(A, 2)
    p = float(fixation())
    return (
        Estimand(
            name="light tail",
            says="E W2^2 of the refitted Gaussian, n = 20, g = 5",
            paths=4096,
            scenes=_mean(light, spread, 4096, distance),
            value=light,
            variance=spread,
            plain=distance,
        ),
        Estimand(
            name="heavy tail",
            says="E sigma_g^2 of the refitted Gaussian, n = 50, g = 250; the engine samples it tilted",
            paths=2048,
            scenes=_mean(1.0, tilted_variance(), 2048, tilted_variance_at_end),
            value=1.0,
            variance=plain_variance(),
            plain=variance_at_end,
        ),
        Estimand(
            name="probability",
            says="fixation of a two-type chain, M = 40, start 4, by generation 60",
            paths=4096,
            scenes=_probability,
            value=p,
            variance=p * (1 - p),
            plain=coin(p),
        ),
        Estimand(name="whole law", says="sigma_1^2 of the refitted Gaussian, n = 3", paths=1024, scenes=_law),
    )


ESTIMANDS = {estimand.name: estimand for estimand in _known()}
HEAVY = ESTIMANDS["heavy tail"]
