"""The Gaussian fitted on all samples so far: independent factors, one per generation.

With batches n_k, pools N_k = n_1 + … + n_k and c = 1 or 0 (unbiased, mle), sd_k^2 = sd_{k-1}^2 F_k with
independent F_k = [N_{k-1} - c + chi2_{n_k - 1} + (N_{k-1}/N_k) chi2_1] / (N_k - c): the new batch adds
its own scatter and the squared distance of its mean from the pool's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np

from theory.gaussian._fit import ddof, power_mean
from theory.numerics import mp
from theory.recursion import advance


def second_moments(n: int | Sequence[int], g: int, estimator: str) -> tuple[float, float]:
    """Return E (mu_g - mu)^2 and E sd_g^2 - 1 at sigma = 1."""
    c, first = ddof(estimator), n if isinstance(n, int) else n[0]
    excess = 0.0 if c else -1 / first
    if isinstance(n, int):

        def step(k: np.ndarray) -> np.ndarray:
            pool, matrix = n * (k + 1), np.zeros((len(k), 3, 3))
            matrix[:, 0, 1] = matrix[:, 0, 2] = n / pool**2
            matrix[:, 1, 1] = matrix[:, 1, 2] = -(n / pool) / (pool - c)
            return matrix

        mean, excess, _ = advance(step, np.array([1 / first, excess, 1.0]), 1, g)
        return float(mean), float(excess)
    mean = 1 / first
    for batch, pool in list(zip(n, accumulate(n), strict=True))[1:]:
        mean += (1 + excess) * batch / pool**2
        excess -= (1 + excess) * (batch / pool) / (pool - c)
    return mean, excess


def log_sd(n: int | Sequence[int], g: int, estimator: str) -> float:
    """Return ln(E sd_g/sigma)."""
    return _log_products(n, g, estimator, 1, _log_root_mean)


def log_variance_square(n: int | Sequence[int], g: int, estimator: str) -> float:
    """Return ln(E sd_g^4/sigma^4)."""
    return _log_products(n, g, estimator, 4, _log_square_mean)


def _log_products(n: int | Sequence[int], g: int, estimator: str, power: int, log_factor) -> float:
    first = power_mean(n if isinstance(n, int) else n[0], power, estimator)
    if first == 0:
        return -math.inf
    start = float(mp().log(first))
    c = ddof(estimator)
    if isinstance(n, int):

        def step(k: np.ndarray) -> np.ndarray:
            matrix = np.zeros((len(k), 2, 2))
            matrix[:, 0, 1] = log_factor(n * k, np.full(len(k), float(n)), c)
            return matrix

        return float(advance(step, np.array([start, 1.0]), 1, g)[0])
    if g == 1:
        return start
    pools = np.array(list(pairwise(accumulate(n))), dtype=np.float64)
    return start + math.fsum(log_factor(pools[:, 0], pools[:, 1] - pools[:, 0], c))


def _log_square_mean(before: np.ndarray, batch: np.ndarray, c: int) -> np.ndarray:
    """Return ln E F^2 = ln[(E F)^2 + Var F]."""
    pool, divisor = before + batch, before + batch - c
    loss = (batch / pool) / divisor
    variance = (2 * (batch - 1) + 2 * (before / pool) ** 2) / divisor**2
    return np.log1p(variance - 2 * loss + loss**2)


def _log_root_mean(before: np.ndarray, batch: np.ndarray, c: int) -> np.ndarray:
    r"""Return ln E sqrt(F), one per generation, for the factors F = X/(N_k - c).

    With M = E X, sqrt(M) - E sqrt(X) = (4 pi)^(-1/2) ∫ (E e^{-tX} - e^{-tM}) t^{-3/2} dt over t > 0. The
    integrand is positive (Jensen), so nothing cancels; in y = ln t it decays doubly exponentially to the
    right and like e^{3y/2} to the left, where the trapezoid rule is accurate to the last digit.
    """
    pool = before + batch
    fixed, share = before - c, before / pool
    mean = fixed + (batch - 1) + share
    loss = (batch / pool) / (pool - c)
    left, right = np.log(1 / mean) - 27, np.log(800 / fixed)
    points = math.ceil(float(np.max(right - left)) / 0.18)
    y = left[:, None] + (right - left)[:, None] * np.linspace(0, 1, points + 1)
    t = np.exp(y)
    jensen = -0.5 * (batch - 1)[:, None] * _log1p_less(2 * t) - 0.5 * _log1p_less(2 * t * share[:, None])
    level = -t * mean[:, None]
    gap = np.where(jensen < 1, np.exp(level) * np.expm1(np.minimum(jensen, 1)), np.exp(level + jensen) - np.exp(level))
    integral = (gap * np.exp(-y / 2)).sum(axis=1) * (right - left) / points
    return 0.5 * np.log1p(-loss) + np.log1p(-integral / (2 * np.sqrt(math.pi * mean)))


def _log1p_less(x: np.ndarray) -> np.ndarray:
    """Return ln(1 + x) - x without the cancellation at small x."""
    small = np.minimum(x, 0.1)
    series = np.zeros_like(x)
    for order in range(18, 1, -1):
        series = small * series + (-1) ** (order + 1) / order
    return np.where(x < 0.1, small**2 * series, np.log1p(x) - x)
