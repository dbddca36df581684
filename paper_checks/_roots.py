r"""The mean root of a chi-square, c4 = E sigma_1/sigma, by which fitted scales fall: values and proofs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import exp, lgamma, log
from typing import Any

from paper_checks import _draws, _w2
from paper_checks._mutants import Mutant
from paper_checks._proof import Identity, Induction

__all__ = ["BELOW", "MLE", "SCALE", "SCALES", "below_one", "c4", "moved", "rate", "root_mean", "scale_mean"]

Point = Mapping[str, Any]

#: The check that watches the law of the scales.
SCALES = "arulandu2024.variance-martingale/law"
MLE = "gaussian(sigma={sigma}, estimator=mle)"


def root_mean(n: int, estimator: str = "unbiased") -> float:
    """Return E sigma_1/sigma: c4(n) for the unbiased fit, b(n) for the mle.

    >>> round(root_mean(2), 9), round(root_mean(2, "mle"), 9)
    (0.797884561, 0.564189584)
    """
    divisor = n - 1 if estimator == "unbiased" else n
    return exp(log(2 / divisor) / 2 + lgamma(n / 2) - lgamma((n - 1) / 2))


def c4() -> tuple[Any, Any]:
    """Return E sqrt(S) for S = chi2_k/k, integrated, and k."""
    import sympy

    return _draws.factor_moment(sympy.Rational(1, 2))


def below_one() -> tuple[Any, ...]:
    """Return both sides of E (1 - sqrt S)^2 = 2 (1 - c4)."""
    import sympy

    one, k = _draws.factor_moment(1)
    closed = sympy.sqrt(2 / k) * sympy.gamma((k + 1) / 2) / sympy.gamma(k / 2)
    return 1 - 2 * c4()[0] + one, 2 * (1 - closed)


def scale_mean() -> tuple[Any, ...]:
    n, g, sigma = _w2.symbols()
    mean, k = c4()
    root = mean.subs(k, n - 1)
    return sigma * root**g, g, lambda v, g: v * root, sigma * root


def rate() -> tuple[Any, Any, Any]:
    """Return g, the rate r > 0 in c4 = e^-r, and a size eps."""
    import sympy

    return _w2.symbols()[1], sympy.Symbol("r", positive=True), sympy.Symbol("eps", positive=True)


BELOW = Identity(statement="0 < E (1 - sqrt S)^2 = 2 (1 - c4): c4 < 1", sides=below_one, least={"k": 1})
SCALE = Induction(statement="E sigma_g = sigma c4^g", parts=scale_mean, least={"n": 2})


def moved(value: Callable[[Point], float]) -> tuple[Mutant, ...]:
    """Return the slips of a value by one generation, one sample and 5 %."""

    def at(name: str, step: int) -> Mutant:
        return Mutant(name=f"{name} {step:+d}", value=lambda p: value({**p, name: p[name] + step}))

    scaled = tuple(Mutant(name=f"x {f:g}", value=lambda p, f=f: f * value(p)) for f in (1.05, 0.95))
    return (*(at(name, step) for name in ("g", "n") for step in (1, -1)), *scaled)
