"""Real data kept or added in every generation: what bounds the risk of a mean, and what even lowers it."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.numerics import mp
from theory.quantity import quantity
from theory.recursion import advance
from theory.symbols import domain, symbol

__all__ = [
    "accumulate_fresh_mse",
    "fixed_real_mse",
    "fixed_real_ratio_limit",
    "fresh_real_ratio_limit",
    "gain_mse",
    "optimal_schedule_mse",
    "optimal_weight",
]

_SYNTHETIC = {"n_syn": domain("n_syn", low=1)}


def _fixed_real_mse() -> Any:
    real, synthetic, g = symbol("n_real"), symbol("n_syn"), symbol("g")
    kept = (synthetic / (real + synthetic)) ** 2
    return 1 / real + kept * (1 - kept ** (g - 1)) / (synthetic * (1 - kept))


@quantity(formula=_fixed_real_mse, source="derived here", domains=_SYNTHETIC)
def fixed_real_mse(n_real: int, n_syn: int, g: int) -> Any:
    """Return E theta_g^2 when the same real block is kept and the synthetic block is replaced, a float.

    1/n_real + (q/n_syn)(1 - q^(g-1))/(1 - q), q = (n_syn/(n_real + n_syn))^2; g = 1 is the real-only
    fit.

    >>> fixed_real_mse(2, 2, 2)
    0.625
    """
    kept = (mp().mpf(n_syn) / (n_real + n_syn)) ** 2
    return mp().mpf(1) / n_real + kept / n_syn * (1 - kept ** (g - 1)) / (1 - kept)


def _fixed_real_ratio_limit() -> Any:
    return (3 - 2 * symbol("p")) / (2 - symbol("p"))


@quantity(
    formula=_fixed_real_ratio_limit,
    source="derived here",
    domains={"p": domain("p", open_low=True, reason="without real data the risk grows without bound")},
)
def fixed_real_ratio_limit(p: float) -> Any:
    """Return the limit of `fixed_real_mse` over the real-only fit at real share p, (3 - 2p)/(2 - p), a float.

    >>> fixed_real_ratio_limit(1)
    1.0
    """
    return (3 - 2 * p) / (2 - p)


def _fresh_real_ratio_limit() -> Any:
    real, synthetic = symbol("n_real"), symbol("n_syn")
    return 1 / (2 - real / (real + synthetic))


@quantity(formula=_fresh_real_ratio_limit, source="derived here")
def fresh_real_ratio_limit(n_real: int, n_syn: int) -> Any:
    """Return the limit risk over the real-only risk, n_real fresh real points in every fit, a float.

    1/(2 - p) at real share p under natural weights: below 1, because synthetic data carry memory.

    >>> round(fresh_real_ratio_limit(5, 5), 12)
    0.666666666667
    """
    return 1 / (2 - mp().mpf(n_real) / (n_real + n_syn))


def _optimal_weight() -> Any:
    import sympy

    ratio = symbol("n_syn") / symbol("n_real")
    return (sympy.sqrt(1 + 4 * ratio) - 1) / (2 * ratio)


@quantity(
    formula=_optimal_weight,
    source="He, Xu and Cheng 2025 (ratio 1); all ratios derived here",
    domains=_SYNTHETIC,
)
def optimal_weight(n_real: int, n_syn: int) -> Any:
    """Return the best constant weight on the fresh real mean, a float.

    (sqrt(1 + 4k) - 1)/(2k), k = n_syn/n_real: the golden ratio at k = 1, and equal to n_real times the
    risk.

    >>> round(optimal_weight(7, 7), 12)
    0.61803398875
    """
    ctx = mp()
    ratio = ctx.mpf(n_syn) / n_real
    return 2 / (ctx.sqrt(1 + 4 * ratio) + 1)


def _optimal_schedule_mse() -> Any:
    import sympy

    g = symbol("g")
    return sympy.fibonacci(2 * g + 1) / sympy.fibonacci(2 * g + 2)


@quantity(
    formula=_optimal_schedule_mse,
    source="derived here",
    domains={"n": domain("n", kind="integer"), "g": domain("g", low=0)},
)
def optimal_schedule_mse(n: int, g: int) -> Any:
    """Return n times the risk after g synthetic generations under the best time-varying weights, a float.

    Equal blocks of n fresh real and n synthetic points: F(2g + 1)/F(2g + 2) in Fibonacci numbers.

    >>> optimal_schedule_mse(5, 1)
    0.6666666666666666
    """
    ctx = mp()
    golden = (1 + ctx.sqrt(5)) / 2
    # F(m) = golden^m (1 - (-1/golden^2)^m)/sqrt 5
    small = golden ** (-2)
    return (1 + small ** (2 * g + 1)) / (1 - small ** (2 * g + 2)) / golden


def _affine(drift: float, scale: float, start: float, g: int) -> float:
    """Return v_g of v_k = v_{k-1} (1 + drift/k)^2 + scale/k^2."""

    def step(k: np.ndarray) -> np.ndarray:
        matrix = np.zeros((len(k), 2, 2))
        matrix[:, 0, 0] = (2 + drift / (k + 1)) * drift / (k + 1)
        matrix[:, 0, 1] = scale / (k + 1) ** 2
        return matrix

    return float(advance(step, np.array([start, 1.0]), 1, g, exponent=2 * drift)[0])


@quantity(
    formula=lambda: (
        r"v_g,\quad v_k = v_{k-1}(1 - p/k)^2 + \frac{1}{Nk^2},\; v_1 = \frac1N,\; N = n_r + n_s,\; p = n_r/N"
    ),
    source="derived here",
)
def accumulate_fresh_mse(n_real: int, n_syn: int, g: int) -> Any:
    """Return E theta_g^2 when every generation adds n_real real and n_syn synthetic points, a float.

    v_k = v_{k-1}(1 - p/k)^2 + 1/(N k^2), N = n_real + n_syn, p = n_real/N; all N points of generation 1
    are real. The risk falls like g^-min(1, 2p).

    >>> accumulate_fresh_mse(1, 1, 2)
    0.40625
    """
    size = n_real + n_syn
    return _affine(-n_real / size, 1 / size, 1 / size, g)


@quantity(
    formula=lambda: r"v_g,\quad v_k = v_{k-1}\Big(1 + \frac{L-1}{k}\Big)^2 + \frac{1}{k^2},\quad v_1 = 1",
    source="derived here; the case L > 1 is the divergence that the slides of Wright and Lee describe",
)
def gain_mse(L: float, g: int) -> Any:
    """Return n E theta_g^2 when all data accumulate and a fit-then-generate map has derivative L, a float.

    v_k = v_{k-1}(1 + (L - 1)/k)^2 + 1/k^2: L = 1 tends to pi^2/6, L > 1 diverges like g^(2(L-1)), L < 1
    vanishes.

    >>> gain_mse(1, 2), gain_mse(0, 2)
    (1.25, 0.5)
    """
    return _affine(L - 1, 1.0, 1.0, g)
